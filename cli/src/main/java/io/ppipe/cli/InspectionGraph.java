package io.ppipe.cli;

import io.ppipe.cli.InspectedModel.BlockCost;
import io.ppipe.profile.Activation;
import io.ppipe.profile.Layer;
import io.ppipe.profile.LayerCost;
import io.ppipe.report.Block;
import io.ppipe.report.GraphChart;
import java.util.ArrayList;
import java.util.List;

/** A model's graph as pictures: one for a small model, several in a row for a large one. */
final class InspectionGraph {
    /** Pages with more layers drawn open slowly. */
    private static final int LAYERS_SHOWN_AT_ONCE = 200;

    private final InspectedModel model;
    private final List<Activation> activations;

    private InspectionGraph(InspectedModel model) {
        this.model = model;
        activations = model.graph().activations();
    }

    static List<Block> of(InspectedModel model) {
        var graph = new InspectionGraph(model);
        int layers = model.graph().layers().size();
        if (layers <= LAYERS_SHOWN_AT_ONCE) {
            return List.of(graph.picture(0, layers));
        }
        var blocks = new ArrayList<Block>();
        for (int first = 0; first < layers; first += GraphChart.MAX_STEPS) {
            int end = Math.min(layers, first + GraphChart.MAX_STEPS);
            blocks.add(
                    new Block.Details("layers %d to %d".formatted(first, end - 1), List.of(graph.picture(first, end))));
        }
        return blocks;
    }

    private Block picture(int first, int end) {
        var steps = new ArrayList<GraphChart.Step>();
        for (int i = first; i < end; i++) {
            Layer layer = model.graph().layers().get(i);
            LayerCost cost = model.costs().get(i);
            steps.add(new GraphChart.Step(
                    "%s (%s)".formatted(layer.name(), layer.operator()),
                    Words.of(cost.kind()),
                    cost.flops(),
                    "%s, %s".formatted(Sizes.operations(cost.flops()), Sizes.bytes(InspectedModel.movedBytes(cost)))));
        }
        var flows = new ArrayList<GraphChart.Flow>();
        activations.forEach(activation -> flow(activation, first, end, flows));
        return new Block.Picture(
                new GraphChart(
                        "Layers %d to %d".formatted(first, end - 1),
                        "operations, bytes moved",
                        steps,
                        flows,
                        cuts(first, end)),
                "");
    }

    private void flow(Activation activation, int first, int end, List<GraphChart.Flow> flows) {
        int layers = model.graph().layers().size();
        var to = new ArrayList<Integer>();
        for (int reader : activation.readers()) {
            if (reader >= first && reader < end) {
                to.add(reader - first);
            }
        }
        boolean goesOn = activation.output() || activation.readers().stream().anyMatch(reader -> reader >= end);
        boolean endsHere = activation.output() && end == layers;
        if (goesOn && (end < layers || endsHere)) {
            to.add(end - first);
        }
        if (activation.maker() < end && !to.isEmpty()) {
            flows.add(new GraphChart.Flow(activation.name(), Math.max(-1, activation.maker() - first), to));
        }
    }

    private List<GraphChart.Cut> cuts(int first, int end) {
        var cuts = new ArrayList<GraphChart.Cut>();
        List<BlockCost> blocks = model.blocks();
        for (int b = 0; b < model.cuts().size(); b++) {
            int after = blocks.get(b + 1).firstLayer() - 1;
            if (after >= first && after < end) {
                cuts.add(new GraphChart.Cut(
                        after - first,
                        "cut %d: %s"
                                .formatted(b, Sizes.bytes(model.cuts().get(b).bytesPerRequest()))));
            }
        }
        return cuts;
    }
}
