package io.ppipe.zoo;

/**
 * Blocks in which pixels look at other pixels.
 *
 * @param x {@code float[channels][height][width]}; what each block returns is of the same shape
 */
record Attention(Network net, Value x) {
    /** Divides what is exponentiated in disentangled attention. */
    private static final double TEMPERATURE = 0.05;

    /** Embedded Gaussian, with half of the channels inside. */
    Value nonLocal() {
        int inner = x.channels() / 2;
        net.skip(3);
        Value values = perPixel(project(inner), 3);
        Value queries = perPixel(project(inner), 0);
        Value keys = flat(project(inner));
        net.skip(5);
        Value weights = net.softmax(net.binary("Div", net.matMul(queries, keys), scale(inner)), 2);
        Value seen = image(net.matMul(weights, values), 6);
        return net.add(x, branch(seen));
    }

    /**
     * What pixels have in common is taken off before they are compared, and looked at by itself, with one set of weights for
     * all.
     */
    Value disentangled() {
        int inner = x.channels() / 2;
        net.skip(3);
        Value values = perPixel(project(inner), 2);
        Value queries = perPixel(project(inner), 0);
        Value keys = flat(project(inner));
        queries = net.subtract(queries, net.reduceMean(queries, true, 1));
        keys = net.subtract(keys, net.reduceMean(keys, true, 2));
        Value pairs = net.matMul(queries, keys);
        net.skip(6);
        pairs = net.binary("Div", pairs, scale(inner));
        net.skip(1);
        Value weights = net.softmax(net.binary("Div", pairs, net.scalar(TEMPERATURE)), 2);
        Value seen = image(net.matMul(weights, values), 6);
        Value mask = project(1);
        net.skip(1);
        Value shared = net.matMul(net.softmax(net.reshape(mask, 1, pixels()), 2), values);
        shared = net.transpose(shared, 2, 1);
        net.skip(1);
        seen = net.add(seen, net.reshape(shared, inner, 1, 1));
        return net.add(branch(seen), x);
    }

    /** The pixels' weighted mean, put through a bottleneck and added to all. */
    Value globalContext() {
        int channels = x.channels();
        int inner = Math.max(1, channels / 4);
        net.skip(14);
        Value all = net.unsqueeze(net.reshape(x, channels, pixels()), 1);
        Value mask = project(1);
        net.skip(1);
        Value weights = net.unsqueeze(net.softmax(net.reshape(mask, 1, pixels()), 2), 3);
        Value context = net.matMul(all, weights);
        net.skip(1);
        context = net.reshape(context, channels, 1, 1);
        Value y = net.convolution(context, Conv.of(inner, 1).gain(Conv.LINEAR));
        y = net.relu(layerNormalisation(y));
        return net.add(x, branch(y));
    }

    /** Over all of a request's elements, which no single axis reaches: the channels are all there is here. */
    private Value layerNormalisation(Value y) {
        return net.layerNormalisation(y, 1, y.shape());
    }

    private Value project(int filters) {
        return net.convolution(x, Conv.of(filters, 1).gain(Conv.LINEAR));
    }

    private Value branch(Value y) {
        return net.convolution(y, Conv.of(x.channels(), 1).gain(Conv.BRANCH));
    }

    private int pixels() {
        return x.height() * x.width();
    }

    /** @return {@code float[channels][pixels]} */
    private Value flat(Value image) {
        return net.reshape(image, image.channels(), pixels());
    }

    /** @return {@code float[pixels][channels]} */
    private Value perPixel(Value image, int skippedBefore) {
        net.skip(skippedBefore);
        return net.transpose(flat(image), 2, 1);
    }

    private Value image(Value perPixel, int skippedBefore) {
        Value flat = net.transpose(perPixel, 2, 1);
        net.skip(skippedBefore);
        return net.reshape(flat, flat.dimension(0), x.height(), x.width());
    }

    private String scale(int channels) {
        return net.scalar(Math.sqrt(channels));
    }
}
