package io.ppipe.zoo;

import io.ppipe.model.BadInputException;
import java.nio.file.Path;

/**
 * A small residual CNN with seeded weights, for demonstrations and tests: {@code image} float32[batch][3][64][64] to
 * {@code probabilities} float32[batch][10]; any batch size, 40 layers, 0.8 MB.
 *
 * <p>It begins with pooling and arithmetic on elements at full resolution, and ends with wide convolutions at a quarter of
 * it. So the share of memory-bound work falls from block to block, and with it how well a slow GPU keeps up: the property
 * of real CNNs that cutting them lives on.
 */
public final class SampleModel {
    private SampleModel() {}

    /**
     * Writes the model; the same seed gives the same bytes.
     *
     * @throws BadInputException when the file can't be written
     */
    public static void write(Path file, long seed) {
        var net = new Network("sample");
        net.names(new LayerNames.Numbered(0));
        Value x = net.relu(net.convolution(net.input("image", 3, 64, 64), Conv.of(16, 3)));
        x = mixChannels(net, sharpen(net, sharpen(net, x)));
        x = net.relu(net.convolution(x, Conv.of(32, 3).stride(2)));
        x = residual(net, mixChannels(net, sharpen(net, x)));
        x = net.relu(net.convolution(x, Conv.of(64, 3).stride(2)));
        x = residual(net, residual(net, x));
        Value features = net.flatten(net.averagePool(x, 4, 4, 0));
        net.output("probabilities", net.softmax(net.dense(features, 10), 1));
        ModelWriter.write(file, net, Weights.SEEDED, seed);
    }

    /** Adds what sets a pixel apart from its neighbours. */
    private static Value sharpen(Network net, Value x) {
        return net.add(x, net.subtract(x, net.averagePool(x, 5, 1, 2)));
    }

    private static Value mixChannels(Network net, Value x) {
        return net.add(x, net.relu(net.convolution(x, Conv.of(x.channels(), 1))));
    }

    private static Value residual(Network net, Value x) {
        Value inner = net.relu(net.convolution(x, Conv.of(x.channels(), 3)));
        return net.relu(net.add(x, net.convolution(inner, Conv.of(x.channels(), 3))));
    }
}
