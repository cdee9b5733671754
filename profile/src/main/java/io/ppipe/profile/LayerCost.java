package io.ppipe.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one layer computes and moves at one batch size, from the shapes in the model: no figure of it is measured.
 *
 * @param kind what it does
 * @param flops floating-point operations that its definition takes; a multiply-add is two
 * @param readBytes activations that it reads, each once. A layer that picks elements (Gather, Slice, …) reads as much as it
 *     makes; one that only gives a tensor another shape moves nothing
 * @param writtenBytes activations that it makes
 * @param parameterBytes constants that it reads, each once; they don't grow with the batch
 * @param aliveBytes activations in memory while it runs: what it reads and makes, and what passes by on its way from an
 *     earlier layer to a later one
 * @param complete whether the shapes of all its tensors are known and no graph stands in it; otherwise what isn't known
 *     counts as nothing, and the figures are too low
 */
public record LayerCost(
        LayerKind kind,
        long flops,
        long readBytes,
        long writtenBytes,
        long parameterBytes,
        long aliveBytes,
        boolean complete) {
    /**
     * Returns the costs of all layers, in the order of {@link ModelGraph#layers}.
     *
     * @param batch requests in the batch; at least 1, and 1 where the model's batch is fixed
     * @throws IllegalArgumentException when the model can't run such a batch
     */
    public static List<LayerCost> of(ModelGraph graph, int batch) {
        if (batch < 1 || (batch > 1 && !graph.dynamicBatch())) {
            throw new IllegalArgumentException("Batch size (%d) must be at least 1%s."
                    .formatted(batch, graph.dynamicBatch() ? "" : ", and 1 where a model's batch is fixed"));
        }
        var costs = new ArrayList<LayerCost>();
        for (int layer = 0; layer < graph.layers().size(); layer++) {
            costs.add(of(graph, layer, batch));
        }
        return List.copyOf(costs);
    }

    /** Returns operations for each byte moved, parameters included: where it lies under a roofline. */
    public double intensity() {
        double bytes = (double) readBytes + writtenBytes + parameterBytes;
        return bytes == 0 ? 0 : flops / bytes;
    }

    private static LayerCost of(ModelGraph graph, int layer, int batch) {
        Dataflow dataflow = graph.dataflow();
        GraphNode node = dataflow.nodes().get(dataflow.node(layer));
        var operands = new Operands(
                node.proto(),
                sizes(graph, node.proto().getInputList(), batch),
                sizes(graph, node.proto().getOutputList(), batch));
        LayerKind kind = LayerKind.of(node.proto(), operands.weights());
        boolean moves = kind != LayerKind.VIEW;
        long written = moves ? bytes(graph, node.makes(), batch) : 0;
        List<String> activations =
                node.reads().stream().filter(dataflow::isActivation).toList();
        long read = moves ? bytes(graph, activations, batch) : 0;
        return new LayerCost(
                kind,
                OperatorFlops.of(operands, kind),
                picks(node.proto().getOpType()) ? Math.min(read, written) : read,
                written,
                graph.weightBytes(layer, layer + 1),
                bytes(graph, dataflow.alive(layer), batch),
                kind != LayerKind.CONTROL && known(graph, activations) && known(graph, node.makes()));
    }

    private static boolean picks(String operator) {
        return switch (operator) {
            case "Gather", "GatherElements", "GatherND", "Slice", "Compress" -> true;
            default -> false;
        };
    }

    private static boolean known(ModelGraph graph, List<String> values) {
        return values.stream().allMatch(value -> graph.dimensions(value, 1).isPresent());
    }

    private static long bytes(ModelGraph graph, List<String> values, int batch) {
        long bytes = 0;
        for (String value : values) {
            bytes = Saturating.sum(
                    bytes, graph.dimensions(value, batch).map(Dimensions::bytes).orElse(0L));
        }
        return bytes;
    }

    private static List<Optional<Dimensions>> sizes(ModelGraph graph, List<String> values, int batch) {
        return values.stream().map(value -> graph.dimensions(value, batch)).toList();
    }
}
