package io.ppipe.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which kernels a compiler like TensorRT makes of a model's blocks. Element-wise layers, activations and batch normalisation
 * are fused into whatever made their latest input, within a block; views cost nothing; every other layer is a kernel.
 */
public final class Kernels {
    private static final int NONE = -1;

    private final ModelGraph graph;
    private final List<LayerCost> costs;
    private final int[] blockOf;

    /** By layer: the first layer of its kernel; {@link #NONE} for a view. */
    private final int[] kernelOf;

    private final Map<String, Integer> makers = new HashMap<>();

    private Kernels(ModelGraph graph, int[] blockOf) {
        this.graph = graph;
        this.costs = LayerCost.of(graph, 1);
        this.blockOf = blockOf;
        this.kernelOf = new int[blockOf.length];
        for (int layer = 0; layer < blockOf.length; layer++) {
            for (String made : node(layer).makes()) {
                makers.put(made, layer);
            }
        }
    }

    /**
     * Returns the kernels of every block, each in order.
     *
     * @param layersPerBlock how many layers each block has, in order; all of the model's together. A block may have none
     * @throws IllegalArgumentException when they are more or fewer than the model has
     */
    public static List<List<Kernel>> of(ModelGraph graph, List<Integer> layersPerBlock) {
        int[] blockOf = IntStream.range(0, layersPerBlock.size())
                .flatMap(block -> IntStream.generate(() -> block).limit(layersPerBlock.get(block)))
                .toArray();
        if (blockOf.length != graph.layers().size()) {
            throw new IllegalArgumentException("%s has %d layers; the blocks have %d."
                    .formatted(graph.file(), graph.layers().size(), blockOf.length));
        }
        return new Kernels(graph, blockOf).byBlock(layersPerBlock.size());
    }

    private List<List<Kernel>> byBlock(int blocks) {
        for (int layer = 0; layer < kernelOf.length; layer++) {
            kernelOf[layer] = kernel(layer);
        }
        long[] bytes = traffic();
        long[] parameters = new long[kernelOf.length];
        for (int layer = 0; layer < kernelOf.length; layer++) {
            if (kernelOf[layer] != NONE) {
                parameters[kernelOf[layer]] += costs.get(layer).parameterBytes();
            }
        }
        List<List<Kernel>> kernels = IntStream.range(0, blocks)
                .<List<Kernel>>mapToObj(_ -> new ArrayList<>())
                .toList();
        for (int layer = 0; layer < kernelOf.length; layer++) {
            if (kernelOf[layer] == layer) {
                KernelKind kind = kind(layer);
                kernels.get(blockOf[layer])
                        .add(new Kernel(
                                layer,
                                kind,
                                kind.computes() ? costs.get(layer).flops() : 0,
                                Math.max(1, outputs(layer)),
                                bytes[layer],
                                parameters[layer]));
            }
        }
        return kernels.stream().map(List::copyOf).toList();
    }

    private int kernel(int layer) {
        if (costs.get(layer).kind() == LayerKind.VIEW) {
            return NONE;
        }
        if (isFused(layer)) {
            int latest = activations(layer).stream()
                    .mapToInt(read -> makers.getOrDefault(source(read), NONE))
                    .max()
                    .orElse(NONE);
            if (latest != NONE && blockOf[latest] == blockOf[layer]) {
                return kernelOf[latest];
            }
        }
        return layer;
    }

    private boolean isFused(int layer) {
        return switch (costs.get(layer).kind()) {
            case ACTIVATION, ELEMENT_WISE -> true;
            case NORMALISATION -> graph.layers().get(layer).operator().equals("BatchNormalization");
            default -> false;
        };
    }

    /** Returns the value that a value is a view of. */
    private String source(String value) {
        String source = value;
        Integer maker = makers.get(source);
        while (maker != null && costs.get(maker).kind() == LayerKind.VIEW) {
            source = activations(maker).getFirst();
            maker = makers.get(source);
        }
        return source;
    }

    /** Returns what each kernel reads and writes: values that come from elsewhere, and those that go elsewhere, once each. */
    private long[] traffic() {
        long[] bytes = new long[kernelOf.length];
        List<Set<String>> seen = Arrays.stream(kernelOf)
                .<Set<String>>mapToObj(_ -> new HashSet<>())
                .toList();
        Set<String> written = new HashSet<>();
        graph.outputs().forEach(output -> written.add(source(output.name())));
        for (int layer = 0; layer < kernelOf.length; layer++) {
            int kernel = kernelOf[layer];
            if (kernel == NONE) {
                continue;
            }
            for (String read : activations(layer)) {
                String source = source(read);
                Integer maker = makers.get(source);
                if (maker == null || kernelOf[maker] != kernel) {
                    written.add(source);
                    if (seen.get(kernel).add(source)) {
                        bytes[kernel] += Math.min(bytes(read), costs.get(layer).readBytes());
                    }
                }
            }
        }
        for (String value : written) {
            Integer maker = makers.get(value);
            if (maker != null) {
                bytes[kernelOf[maker]] += bytes(value);
            }
        }
        return bytes;
    }

    private KernelKind kind(int layer) {
        return switch (costs.get(layer).kind()) {
            case CONVOLUTION -> convolution(layer);
            case GROUPED_CONVOLUTION -> KernelKind.GROUPED;
            case DEPTHWISE_CONVOLUTION -> KernelKind.DEPTHWISE;
            case MATRIX -> KernelKind.MATRIX;
            default -> KernelKind.MEMORY;
        };
    }

    private KernelKind convolution(int layer) {
        GraphNode node = node(layer);
        var operands = new Operands(
                node.proto(),
                node.proto().getInputList().stream()
                        .map(value -> graph.dimensions(value, 1))
                        .toList(),
                List.of());
        Dimensions weights = operands.weights();
        if (node.proto().getOpType().equals("ConvTranspose")) {
            return KernelKind.SPATIAL;
        }
        if (weights.elementsFrom(2) == 1) {
            return KernelKind.POINTWISE;
        }
        boolean square3 = weights.rank() == 4 && weights.size(2) == 3 && weights.size(3) == 3;
        return square3 && allOnes(node, "strides") && allOnes(node, "dilations")
                ? KernelKind.SQUARE3
                : KernelKind.SPATIAL;
    }

    private static boolean allOnes(GraphNode node, String attribute) {
        return node.proto().getAttributeList().stream()
                .filter(a -> a.getName().equals(attribute))
                .allMatch(a -> a.getIntsList().stream().allMatch(n -> n == 1));
    }

    private long outputs(int layer) {
        return node(layer).makes().stream()
                .mapToLong(value ->
                        graph.dimensions(value, 1).map(Dimensions::elements).orElse(0L))
                .sum();
    }

    private long bytes(String value) {
        return graph.dimensions(value, 1).map(Dimensions::bytes).orElse(0L);
    }

    private List<String> activations(int layer) {
        return node(layer).reads().stream()
                .filter(graph.dataflow()::isActivation)
                .toList();
    }

    private GraphNode node(int layer) {
        return graph.dataflow().nodes().get(graph.dataflow().node(layer));
    }
}
