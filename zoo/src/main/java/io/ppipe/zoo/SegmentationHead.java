package io.ppipe.zoo;

import java.util.List;

/**
 * Heads of MMSegmentation (2020) that class every pixel: {@code classes} int64[batch][1][height][width]. Auxiliary heads only
 * serve training.
 *
 * @param channels width of the head; the originals have 512
 * @param height of the image
 * @param width of the image
 */
record SegmentationHead(int channels, int height, int width) {
    private static final int CLASSES = 19;

    /** Fully convolutional (Long et al., CVPR 2015): two 3×3 convolutions. */
    void fcn(Network net, Value features, int dilation) {
        Value x = convolution(net, features, Conv.of(channels, 3).dilation(dilation));
        joined(net, features, convolution(net, x, Conv.of(channels, 3).dilation(dilation)));
    }

    /** Between the two convolutions, every pixel sees every other one (Wang et al., CVPR 2018). */
    void nonLocal(Network net, Value features) {
        Value x = convolution(net, features, Conv.of(channels, 3));
        joined(net, features, convolution(net, new Attention(net, x).nonLocal(), Conv.of(channels, 3)));
    }

    /** Disentangled non-local (Yin et al., ECCV 2020). */
    void disentangled(Network net, Value features) {
        Value x = convolution(net, features, Conv.of(channels, 3));
        joined(net, features, convolution(net, new Attention(net, x).disentangled(), Conv.of(channels, 3)));
    }

    /** One context for all pixels (Cao et al., ICCV workshops 2019). */
    void globalContext(Network net, Value features) {
        Value x = convolution(net, features, Conv.of(channels, 3));
        joined(net, features, convolution(net, new Attention(net, x).globalContext(), Conv.of(channels, 3)));
    }

    /** Adaptive pyramid context (He et al., CVPR 2019). */
    void adaptivePyramid(Network net, Value features, List<Integer> cells) {
        var context = new PyramidContext(net, channels, features);
        Value x = net.concat(1, context.joined(cells));
        pixels(net, convolution(net, x, Conv.of(channels, 3)), 3);
    }

    /** Context encoding (Zhang et al., CVPR 2018). */
    void encoding(Network net, Value features, int codes) {
        Value x = convolution(net, features, Conv.of(channels, 3));
        pixels(net, new ContextEncoding(net, codes).of(x), 6);
    }

    /** Ends a head that looks at the backbone's features a second time. */
    private void joined(Network net, Value features, Value x) {
        Value both = net.concat(1, List.of(features, x));
        pixels(net, convolution(net, both, Conv.of(channels, 3)), 6);
    }

    private void pixels(Network net, Value x, int skippedForResize) {
        Value scores = net.convolution(x, Conv.of(CLASSES, 1).gain(Conv.LINEAR));
        net.skip(skippedForResize);
        net.output("classes", net.argMax(net.resize(scores, height, width, "linear"), 1));
    }

    static Value convolution(Network net, Value x, Conv conv) {
        return net.relu(net.convolution(x, conv));
    }
}
