package io.ppipe.zoo;

import java.util.List;

/**
 * Pixels are compared with learnt codes; what they have in common gates the channels.
 *
 * @param codes how many
 */
record ContextEncoding(Network net, int codes) {
    /** @param x {@code float[channels][height][width]}; so is what is returned */
    Value of(Value x) {
        int channels = x.channels();
        Value gates = gates(net.relu(net.batchNormalisation(residuals(x))));
        net.skip(3);
        gates = net.reshape(gates, channels, 1, 1);
        return net.relu(net.add(x, net.multiply(x, gates)));
    }

    /** @return {@code float[codes][channels]}: sums over the pixels of their differences from each code, softly assigned */
    private Value residuals(Value x) {
        int channels = x.channels();
        Value projected = SegmentationHead.convolution(net, x, Conv.of(channels, 1));
        net.skip(5);
        Value pixels = net.transpose(net.reshape(projected, channels, x.height() * x.width()), 2, 1);
        net.skip(2);
        Value each = net.unsqueeze(pixels, 2);
        net.skip(13);
        Value repeated = net.expand(each, 2, codes);
        double spread = 1 / Math.sqrt((double) codes * channels);
        String words = net.weight(new Weight("codewords", List.of(1, 1, codes, channels), 0, spread, 0));
        Value differences = net.binary("Sub", repeated, words);
        Value distances = net.reduceSum(net.binary("Pow", differences, net.scalar(2)), 3);
        String smoothing = net.weight(new Weight("smoothing", List.of(1, 1, codes), -0.5, 0.5, -0.5));
        Value assigned = net.softmax(net.binary("Mul", distances, smoothing), 2);
        return net.reduceSum(net.multiply(net.unsqueeze(assigned, 3), differences), 1);
    }

    private Value gates(Value residuals) {
        Value mean = net.reduceMean(residuals, false, 1);
        net.skip(3);
        return net.sigmoid(net.dense(mean, mean.dimension(0), Conv.LINEAR));
    }
}
