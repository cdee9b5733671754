package io.ppipe.zoo;

import java.util.List;

/**
 * ConvNeXt (Liu et al., CVPR 2022) as torchvision has it: {@code image} to {@code scores} float32[batch][1000].
 *
 * @param depths blocks of each stage
 * @param width channels of the first stage; doubles from stage to stage
 */
record ConvNext(List<Integer> depths, int width, int height, int imageWidth) implements Architecture {
    private static final int CLASSES = 1000;

    /** What layer scale begins at would make branches vanish; trained ones are of this size. */
    private static final double LAYER_SCALE = 0.2;

    @Override
    public void build(Network net) {
        net.at("/features/features.0/features.0.0");
        Value x = net.convolution(
                net.input("image", 3, height, imageWidth),
                Conv.of(width, 4).stride(4).unpadded().gain(Conv.LINEAR));
        net.at("/features/features.0/features.0.1");
        x = channelNormalisation(net, x);
        for (int stage = 0; stage < depths.size(); stage++) {
            if (stage > 0) {
                x = down(net, x, 2 * stage, width << stage);
            }
            for (int block = 0; block < depths.get(stage); block++) {
                x = block(net, x, "/features/features.%1$d/features.%1$d.%2$d".formatted(2 * stage + 1, block));
            }
        }
        net.at("/avgpool");
        x = net.globalAveragePool(x);
        net.at("/classifier/classifier.0");
        x = channelNormalisation(net, x);
        net.at("/classifier/classifier.1");
        x = net.flatten(x);
        net.at("/classifier/classifier.2");
        net.output("scores", net.dense(x, CLASSES));
    }

    private static Value down(Network net, Value x, int feature, int filters) {
        net.at("/features/features.%1$d/features.%1$d.0".formatted(feature));
        Value normal = channelNormalisation(net, x);
        net.at("/features/features.%1$d/features.%1$d.1".formatted(feature));
        return net.convolution(normal, Conv.of(filters, 2).stride(2).unpadded().gain(Conv.LINEAR));
    }

    /** Over the channels of each pixel, which lie apart: so they are moved to the end and back. */
    private static Value channelNormalisation(Network net, Value x) {
        Value last = net.transpose(x, 2, 3, 1);
        return net.transpose(net.layerNormalisation(last, 3, List.of(x.channels())), 3, 1, 2);
    }

    private static Value block(Network net, Value x, String module) {
        int channels = x.channels();
        net.at(module + "/block/block.0");
        Value y = net.convolution(x, Conv.of(channels, 7).groups(channels).gain(Conv.LINEAR));
        net.at(module + "/block/block.1");
        y = net.transpose(y, 2, 3, 1);
        net.at(module + "/block/block.2");
        y = net.layerNormalisation(y, 3, List.of(channels));
        net.at(module + "/block/block.3");
        y = net.linear(y, 4 * channels, Conv.LINEAR);
        net.at(module + "/block/block.4");
        y = gelu(net, y);
        net.at(module + "/block/block.5");
        y = net.linear(y, channels, Conv.SILU);
        net.at(module + "/block/block.6");
        y = net.transpose(y, 3, 1, 2);
        net.at(module);
        Value scaled = net.binary("Mul", y, net.near(y.name() + ".layer_scale", LAYER_SCALE, channels, 1, 1));
        return net.add(scaled, x);
    }

    /** x · (1 + erf(x ÷ √2)) ÷ 2: five layers. */
    private static Value gelu(Network net, Value x) {
        Value erf = net.elementwise("Erf", net.binary("Div", x, net.scalar(Math.sqrt(2))));
        Value product = net.multiply(x, net.binary("Add", erf, net.scalar(1)));
        return net.binary("Mul", product, net.scalar(0.5));
    }
}
