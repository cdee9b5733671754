package io.ppipe.zoo;

import java.util.ArrayList;
import java.util.List;

/**
 * EfficientNet (Tan and Le, ICML 2019) with the padding of TensorFlow, a layer of its own: MMPretrain's and timm's tf_
 * models are like this. Batch normalisation is folded into the convolutions.
 *
 * @param stem channels of the first convolution
 * @param stages in order
 * @param padding whether even padding is a layer of its own as well; odd padding always is
 */
record EfficientNet(int stem, List<Stage> stages, boolean padding) {
    /**
     * @param expansion how many times wider blocks are inside
     * @param size of the depthwise convolutions
     */
    record Stage(int repeats, int filters, int expansion, int size, int stride) {}

    /** Width × 2.2, depth × 3.6. */
    static final EfficientNet B8 = new EfficientNet(
            72,
            List.of(
                    new Stage(4, 32, 1, 3, 1),
                    new Stage(8, 56, 6, 3, 2),
                    new Stage(8, 88, 6, 5, 2),
                    new Stage(11, 176, 6, 3, 2),
                    new Stage(11, 248, 6, 5, 1),
                    new Stage(15, 424, 6, 5, 2),
                    new Stage(4, 704, 6, 3, 1)),
            true);

    /** Width × 1, depth × 1.1. */
    static final EfficientNet B1 = new EfficientNet(
            32,
            List.of(
                    new Stage(2, 16, 1, 3, 1),
                    new Stage(3, 24, 6, 3, 2),
                    new Stage(3, 40, 6, 5, 2),
                    new Stage(4, 80, 6, 3, 2),
                    new Stage(4, 112, 6, 5, 1),
                    new Stage(5, 192, 6, 5, 2),
                    new Stage(2, 320, 6, 3, 1)),
            false);

    /** All stages, but few channels, and one block where there were fewer than three. */
    static final EfficientNet SMALL = new EfficientNet(
            8,
            List.of(
                    new Stage(1, 8, 1, 3, 1),
                    new Stage(2, 8, 6, 3, 2),
                    new Stage(1, 12, 6, 5, 2),
                    new Stage(1, 16, 6, 3, 2),
                    new Stage(1, 16, 6, 5, 1),
                    new Stage(1, 24, 6, 5, 2),
                    new Stage(1, 32, 6, 3, 1)),
            true);

    /** Returns what each stage makes. */
    List<Value> build(Network net, Value image) {
        var pads = new Padding(padding);
        Value x = net.silu(pads.convolution(net, image, Conv.of(stem, 3).stride(2)));
        var outputs = new ArrayList<Value>();
        for (Stage stage : stages) {
            for (int block = 0; block < stage.repeats(); block++) {
                x = block(net, pads, x, stage, block == 0 ? stage.stride() : 1);
            }
            outputs.add(x);
        }
        return outputs;
    }

    /** Ends the network as a classifier: {@code probabilities} float32[batch][1000]. */
    void classify(Network net, Value x, int features) {
        Value y = net.silu(net.convolution(x, Conv.of(features, 1).gain(Conv.SILU)));
        y = net.dense(net.flatten(net.globalAveragePool(y)), 1000);
        net.output("probabilities", net.softmax(y, 1));
    }

    private static Value block(Network net, Padding pads, Value x, Stage stage, int stride) {
        int inner = stage.expansion() * x.channels();
        Value y = stage.expansion() == 1
                ? x
                : net.silu(net.convolution(x, Conv.of(inner, 1).gain(Conv.SILU)));
        y = pads.convolution(net, y, Conv.of(inner, stage.size()).stride(stride).groups(inner));
        y = excite(net, net.silu(y), Math.max(1, x.channels() / 4));
        boolean residual = stride == 1 && x.channels() == stage.filters();
        // Gates halve what they let through.
        y = net.convolution(y, Conv.of(stage.filters(), 1).gain(residual ? Conv.BRANCH : 4));
        return residual ? net.add(y, x) : y;
    }

    /** Squeeze and excitation (Hu et al., CVPR 2018). */
    private static Value excite(Network net, Value x, int squeezed) {
        Value gate = net.silu(
                net.convolution(net.globalAveragePool(x), Conv.of(squeezed, 1).gain(Conv.SILU)));
        gate = net.sigmoid(net.convolution(gate, Conv.of(x.channels(), 1).gain(Conv.LINEAR)));
        return net.multiply(gate, x);
    }

    /** TensorFlow's padding: as much as the stride needs, the odd row and column at the end. */
    static final class Padding {
        private static final int NODES_OF_THE_FIRST = 38;
        private static final int NODES = 27;

        private final boolean always;
        private Conv before = Conv.of(1, 1);

        Padding(boolean always) {
            this.always = always;
        }

        /** The exporter computed the padding in nodes of its own, one more of them where kernel or stride had changed. */
        private void skip(Network net, Conv conv) {
            boolean first = before.height() == 1;
            boolean same = before.height() == conv.height() && before.stride() == conv.stride();
            net.skip(first ? NODES_OF_THE_FIRST : same ? NODES : NODES + 1);
            before = conv;
        }

        Value convolution(Network net, Value x, Conv conv) {
            int down = total(x.height(), conv.height(), conv.stride());
            int right = total(x.width(), conv.width(), conv.stride());
            if (!always && down % 2 == 0 && down == right) {
                return net.convolution(x, conv.gain(Conv.SILU));
            }
            skip(net, conv);
            Value padded = net.pad(x, down / 2, right / 2, down - down / 2, right - right / 2);
            return net.convolution(padded, conv.unpadded().gain(Conv.SILU));
        }

        private static int total(int size, int window, int stride) {
            int outputs = (size + stride - 1) / stride;
            return Math.max(0, (outputs - 1) * stride + window - size);
        }
    }
}
