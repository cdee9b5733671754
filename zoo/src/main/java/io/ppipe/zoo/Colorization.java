package io.ppipe.zoo;

/**
 * Colorful image colorization (Zhang et al., ECCV 2016): lightness {@code image} float32[batch][1][size][size] to colours
 * {@code ab} float32[batch][2][size][size].
 *
 * @param width channels of the first stage; the original has 64
 * @param bins colours to choose from; the original has 313
 */
record Colorization(int width, int bins, int size) implements Architecture {
    @Override
    public void build(Network net) {
        net.at("");
        Value x = net.binary("Sub", net.input("image", 1, size, size), net.scalar(50));
        x = net.binary("Div", x, net.scalar(100));
        x = stage(net, x, 1, 2, width, 2, 1);
        x = stage(net, x, 2, 2, 2 * width, 2, 1);
        x = stage(net, x, 3, 3, 4 * width, 2, 1);
        x = stage(net, x, 4, 3, 8 * width, 1, 1);
        x = stage(net, x, 5, 3, 8 * width, 1, 2);
        x = stage(net, x, 6, 3, 8 * width, 1, 2);
        x = stage(net, x, 7, 3, 8 * width, 1, 1);
        x = colours(net, x);
        net.at("/softmax");
        x = net.transpose(net.softmax(net.transpose(x, 2, 3, 1), 3), 3, 1, 2);
        net.at("/model_out");
        x = net.convolution(x, Conv.of(2, 1).gain(Conv.LINEAR));
        net.at("/upsample4");
        x = net.resize(x, size, size, "linear");
        net.at("");
        net.output("ab", net.binary("Mul", x, net.scalar(110)));
    }

    /** Convolutions, the last one with a stride, and batch normalisation behind the last Relu, where nothing can take it in. */
    private static Value stage(
            Network net, Value x, int number, int convolutions, int filters, int stride, int dilation) {
        Value y = x;
        int layer = 0;
        for (int i = 1; i <= convolutions; i++) {
            Conv conv = Conv.of(filters, 3).dilation(dilation);
            at(net, number, layer++);
            y = net.convolution(y, i == convolutions ? conv.stride(stride) : conv);
            at(net, number, layer++);
            y = net.relu(y);
        }
        at(net, number, layer);
        return net.batchNormalisation(y);
    }

    private Value colours(Network net, Value x) {
        int stage = 8;
        at(net, stage, 0);
        Value y = net.doubling(x, 4 * width);
        at(net, stage, 1);
        y = net.relu(y);
        for (int layer = 2; layer < 6; layer += 2) {
            at(net, stage, layer);
            y = net.convolution(y, Conv.of(4 * width, 3));
            at(net, stage, layer + 1);
            y = net.relu(y);
        }
        at(net, stage, 6);
        return net.convolution(y, Conv.of(bins, 1).gain(Conv.LINEAR));
    }

    private static void at(Network net, int stage, int layer) {
        net.at("/model%1$d/model%1$d.%2$d".formatted(stage, layer));
    }
}
