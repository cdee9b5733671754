package io.ppipe.profile;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
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
        var net = new NetworkBuilder(seed);
        String x = net.relu(net.convolution(net.input("image", 3, 64, 64), 3, 16, 3, 1));
        x = mixChannels(net, sharpen(net, sharpen(net, x)), 16);
        x = net.relu(net.convolution(x, 16, 32, 3, 2));
        x = residual(net, mixChannels(net, sharpen(net, x), 32), 32);
        x = net.relu(net.convolution(x, 32, 64, 3, 2));
        x = residual(net, residual(net, x, 64), 64);
        String features = net.flatten(net.averagePool(x, 4, 4, 0));
        x = net.probabilities(net.dense(features, 64 * 4 * 4, 10), "probabilities");
        try {
            Files.write(file, net.model(x, 10).toByteArray());
        } catch (IOException e) {
            throw OnnxFile.cannotWrite(file, e);
        }
    }

    /** Adds what sets a pixel apart from its neighbours. */
    private static String sharpen(NetworkBuilder net, String x) {
        return net.add(x, net.subtract(x, net.averagePool(x, 5, 1, 2)));
    }

    private static String mixChannels(NetworkBuilder net, String x, int channels) {
        return net.add(x, net.relu(net.convolution(x, channels, channels, 1, 1)));
    }

    private static String residual(NetworkBuilder net, String x, int channels) {
        String inner = net.relu(net.convolution(x, channels, channels, 3, 1));
        return net.relu(net.add(x, net.convolution(inner, channels, channels, 3, 1)));
    }
}
