package io.ppipe.zoo;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An architecture that can be written as an ONNX file.
 *
 * @param name as the paper's models are called
 * @param published where its configuration comes from: library and name in it
 * @param task what it is for: recognition, segmentation, detection or colorization
 * @param note what a user should know about how it differs from the original, or ""
 */
public record ZooModel(String name, String published, String task, String note, Architectures architectures) {
    /** How large a model is made. */
    public enum Variant {
        /** The published one. */
        FULL,

        /** The same kinds of layers in the same order, but few, narrow and on small images: for tests, within milliseconds. */
        SMALL
    }

    /** A model's two sizes. */
    record Architectures(Architecture full, Architecture small) {}

    /**
     * What a variant is like.
     *
     * @param input shape of the image, without the batch: {@code [channels][height][width]}
     * @param layers operators, weights not counted
     * @param parameters elements of all weights
     */
    public record Size(List<Integer> input, int layers, long parameters) {
        public Size {
            input = List.copyOf(input);
        }

        /** Returns the image's shape as text, such as 3x224x224. */
        public String inputText() {
            return input.stream().map(String::valueOf).collect(Collectors.joining("x"));
        }
    }

    /** Returns how large a variant is; builds its layers, some milliseconds. */
    public Size size(Variant variant) {
        Network net = network(variant);
        List<Integer> input = net.graph().getInput(0).getType().getTensorType().getShape().getDimList().stream()
                .skip(1)
                .map(dimension -> (int) dimension.getDimValue())
                .toList();
        return new Size(
                input,
                net.layerCount(),
                net.weights().stream().mapToLong(Weight::count).sum());
    }

    /**
     * Writes it; the same seed gives the same bytes. Needs little memory, whatever the size.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be written
     */
    public void write(Path file, Variant variant, Weights weights, long seed) {
        ModelWriter.write(file, network(variant), weights, seed);
    }

    private Network network(Variant variant) {
        var net = new Network(name);
        switch (variant) {
            case FULL -> architectures.full().build(net);
            case SMALL -> architectures.small().build(net);
        }
        return net;
    }
}
