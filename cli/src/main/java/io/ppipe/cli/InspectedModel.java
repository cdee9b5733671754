package io.ppipe.cli;

import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.Layer;
import io.ppipe.profile.LayerCost;
import io.ppipe.profile.ModelGraph;
import io.ppipe.profile.Prepartition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model, its blocks and its costs, for the terminal, the page and the report.
 *
 * @param costs of the layers at {@code batch}, in order
 * @param latencies of the blocks, measured or not; empty without a profile
 * @param note what a user should know about how it was read and cut, or ""
 */
record InspectedModel(
        ModelGraph graph, CutModel cut, List<LayerCost> costs, int batch, List<LatencyTable> latencies, String note) {
    /** Blocks are even at this ratio: between those of the GPUs of today, which have peaks of some 20 to 200. */
    static final int OPERATIONS_PER_BYTE = 50;

    /** Cuts a model into blocks of even cost. */
    static InspectedModel of(ModelGraph graph, BoundaryType boundary, int blocks, int batch) {
        List<LayerCost> costs = LayerCost.of(graph, batch);
        double[] work = costs.stream()
                .mapToDouble(cost -> cost.flops() + (double) OPERATIONS_PER_BYTE * movedBytes(cost))
                .toArray();
        Prepartition chosen = Prepartition.of(new double[][] {work}, graph.cutPoints(boundary), blocks);
        CutModel cut = CutModel.of(graph, boundary, chosen.layersPerBlock());
        String note = String.join(
                " ",
                Stream.of(graph.note(), chosen.note())
                        .filter(text -> !text.isEmpty())
                        .toList());
        return new InspectedModel(graph, cut, costs, batch, List.of(), note);
    }

    /**
     * Cuts a model as its profile says.
     *
     * @throws io.ppipe.model.BadInputException when the profile is of another model
     */
    static InspectedModel of(ModelGraph graph, ModelProfile profile, int batch) {
        return new InspectedModel(
                graph,
                CutModel.of(graph, profile),
                LayerCost.of(graph, batch),
                batch,
                profile.latencies(),
                profile.note());
    }

    static long movedBytes(LayerCost cost) {
        return cost.readBytes() + cost.writtenBytes() + cost.parameterBytes();
    }

    /**
     * A block with its costs.
     *
     * @param firstLayer of the model's layers
     * @param parameterBytes each constant counted once
     * @param aliveBytes the most that its layers have in memory at once
     */
    record BlockCost(
            int firstLayer, List<Layer> layers, long flops, long movedBytes, long parameterBytes, long aliveBytes) {}

    List<BlockCost> blocks() {
        var blocks = new ArrayList<BlockCost>();
        int first = 0;
        for (int block = 0; block < cut.blocks().size(); block++) {
            List<Layer> layers = cut.layers(block);
            List<LayerCost> own = costs.subList(first, first + layers.size());
            blocks.add(new BlockCost(
                    first,
                    layers,
                    own.stream().mapToLong(LayerCost::flops).sum(),
                    own.stream().mapToLong(InspectedModel::movedBytes).sum(),
                    cut.blocks().get(block).weightBytes(),
                    own.stream().mapToLong(LayerCost::aliveBytes).max().orElse(0)));
            first += layers.size();
        }
        return blocks;
    }

    List<Cut> cuts() {
        return cut.cuts();
    }

    long flops() {
        return costs.stream().mapToLong(LayerCost::flops).sum();
    }

    long aliveBytes() {
        return costs.stream().mapToLong(LayerCost::aliveBytes).max().orElse(0);
    }

    /** Returns how many layers cost more than their figures say. */
    long incomplete() {
        return costs.stream().filter(cost -> !cost.complete()).count();
    }

    /** Returns the tables that have latencies at this batch size. */
    List<LatencyTable> latenciesHere() {
        return latencies.stream().filter(table -> batch <= table.maxBatchSize()).toList();
    }

    /** Returns what a model's facts are called and are, in the order to show them. */
    List<List<String>> facts() {
        var facts = new ArrayList<List<String>>();
        facts.add(List.of("layers", Integer.toString(graph.layers().size())));
        facts.add(List.of(
                "cut points", Integer.toString(graph.cutPoints(cut.boundary()).size())));
        facts.add(List.of("operator sets", graph.operatorSets().toString().replaceAll("[{}]", "")));
        facts.add(List.of("made by", graph.producer().isEmpty() ? "unknown" : Sizes.printable(graph.producer())));
        facts.add(List.of(
                "batch",
                graph.dynamicBatch()
                        ? "any size; figures for %d".formatted(batch)
                        : "fixed (`ppipe model rebatch` may open it)"));
        facts.add(List.of("operations", Sizes.operations(flops())));
        facts.add(List.of("parameters", Sizes.bytes(graph.parameterBytes())));
        facts.add(List.of("activations at most", Sizes.bytes(aliveBytes())));
        return facts;
    }
}
