package io.ppipe.bench;

import io.ppipe.bench.PublishedLayers.Row;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.TensorSpec;
import io.ppipe.profile.CutPoint;
import io.ppipe.profile.Layer;
import io.ppipe.profile.ModelGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A generated model's layers beside published ones of the same names.
 *
 * @param layers of the generated model
 * @param matches layers of the same name and, where both are known, shape
 * @param misshapen names of layers that have a published name but another shape
 */
record ZooComparison(int layers, List<Match> matches, List<String> misshapen) {
    /**
     * A layer that both have.
     *
     * @param bytes per request behind it, as ours has them, boundaries as float16
     * @param published the same, as published
     * @param forShapes the published bytes that cross for their shape alone, if all of these lie behind the layer
     */
    record Match(String layer, long bytes, long published, long forShapes) {
        /** Returns how far off ours are, as a fraction of the published ones. */
        double deviation() {
            return off(published - bytes);
        }

        /** Returns the same without published bytes that cross for their shape alone: ours don't need them. */
        double deviationWithoutShapes() {
            return Math.min(deviation(), off(published - forShapes - bytes));
        }

        private double off(long difference) {
            return Math.abs(difference) / (double) Math.max(1, published);
        }
    }

    static ZooComparison of(ModelGraph graph, PublishedLayers published) {
        Map<String, Row> rows = published.byName();
        Map<Integer, CutPoint> halved = byLayer(graph, BoundaryType.FLOAT16);
        Map<Integer, CutPoint> unchanged = byLayer(graph, BoundaryType.UNCHANGED);
        var matches = new ArrayList<Match>();
        var misshapen = new ArrayList<String>();
        for (int i = 0; i < graph.layers().size(); i++) {
            Layer layer = graph.layers().get(i);
            Row row = rows.get(layer.name());
            CutPoint cut = halved.get(i);
            CutPoint whole = unchanged.get(i);
            if (row == null || row.bytesAfter().isEmpty() || cut == null || whole == null) {
                continue;
            }
            Optional<String> shape = shape(layer, whole);
            if (shape.isPresent() && !row.shapes().isEmpty() && !shape.get().equals(row.shapes())) {
                misshapen.add("%s: %s, published %s".formatted(layer.name(), shape.get(), row.shapes()));
            } else {
                matches.add(new Match(
                        layer.name(),
                        cut.bytesPerRequest(),
                        row.bytesAfter().getAsLong(),
                        published.bytesForShapes(layer.name())));
            }
        }
        return new ZooComparison(graph.layers().size(), matches, misshapen);
    }

    private static Map<Integer, CutPoint> byLayer(ModelGraph graph, BoundaryType boundary) {
        var byLayer = new HashMap<Integer, CutPoint>();
        graph.cutPoints(boundary).forEach(cut -> byLayer.put(cut.afterLayer(), cut));
        return byLayer;
    }

    /** What a layer makes crosses the cut behind it, if anything needs it. */
    private static Optional<String> shape(Layer layer, CutPoint cut) {
        return cut.tensors().stream()
                .filter(tensor -> layer.outputs().contains(tensor.name()))
                .map(TensorSpec::shape)
                .map(shape -> shape.stream().skip(1).map(String::valueOf).collect(Collectors.joining("x")))
                .findFirst();
    }

    /** Returns how far off our bytes are at each match, as fractions of the published ones. */
    List<Double> deviations() {
        return matches.stream().map(Match::deviation).toList();
    }

    /** Returns the matches that are farther off than a fraction of the published bytes. */
    List<Match> beyond(double deviation) {
        return matches.stream().filter(match -> match.deviation() > deviation).toList();
    }

    /** Returns those that are still too far off without what crosses for its shape alone. */
    List<Match> unexplained(double deviation) {
        return beyond(deviation).stream()
                .filter(match -> match.deviationWithoutShapes() > deviation)
                .toList();
    }
}
