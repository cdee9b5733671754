package io.ppipe.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A small residual CNN with seeded weights, for demonstrations and tests: {@code image} float32[batch][3][64][64] to {@code
 * probabilities} float32[batch][10]; any batch size.
 *
 * <p>Its first half mixes neighbouring pixels by pooling and arithmetic on elements (after PoolFormer), its second half by
 * wide convolutions, with smooth activations between them. So the share of memory-bound work falls from block to block,
 * and with it how well a slow GPU keeps up: the property of real CNNs that cutting them lives on.
 */
public final class SampleModel {
    private SampleModel() {}

    /**
     * Writes the model; the same seed gives the same bytes.
     *
     * @throws UncheckedIOException when the file can't be written
     */
    public static void write(Path file, long seed) {
        var net = new NetworkBuilder(seed);
        String x = net.input("image", 3, 64, 64);
        x = net.relu(net.convolution(x, 3, 16, 3, 1));
        for (int i = 0; i < 2; i++) {
            x = poolMixer(net, x, 16);
        }
        x = net.relu(net.convolution(x, 16, 32, 3, 2));
        x = poolMixer(net, x, 32);
        x = residual(net, x, 32);
        x = net.relu(net.convolution(x, 32, 64, 3, 2));
        for (int i = 0; i < 2; i++) {
            x = residual(net, x, 64);
        }
        x = net.probabilities(net.dense(net.globalPool(x), 64, 10), "probabilities");
        try {
            Files.write(file, net.model(x, 10).toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("Can't write " + file, e);
        }
    }

    private static String poolMixer(NetworkBuilder net, String x, int channels) {
        String mixed = net.add(x, net.hardSwish(net.averagePool(x)));
        return net.add(mixed, net.convolution(net.relu(mixed), channels, channels, 1, 1));
    }

    private static String residual(NetworkBuilder net, String x, int channels) {
        String inner = net.relu(net.convolution(x, channels, channels, 3, 1));
        return net.relu(net.add(x, net.convolution(inner, channels, channels, 3, 1)));
    }
}
