package io.ppipe.bench;

import io.ppipe.bench.PublishedLayers.Row;
import io.ppipe.format.ProfileCsv;
import io.ppipe.model.BadInputException;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.profile.Kernel;
import io.ppipe.profile.Kernels;
import io.ppipe.profile.Layer;
import io.ppipe.profile.ModelGraph;
import io.ppipe.zoo.Weights;
import io.ppipe.zoo.Zoo;
import io.ppipe.zoo.ZooModel;
import io.ppipe.zoo.ZooModel.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A model of the zoo, in the blocks of published latencies.
 *
 * @param kernels of each block
 * @param published with its latency tables
 * @param foreign blocks in which a plugin runs that the zoo's model lacks, such as non-maximum suppression: what they take
 *     can't be estimated from it
 */
record BlockKernels(String model, List<List<Kernel>> kernels, ModelProfile published, Set<Integer> foreign) {
    /** Returns all models that the zoo has and the folder has layers and latencies of, in the zoo's order. */
    static List<BlockKernels> of(Path reference) throws IOException {
        var models = new ArrayList<BlockKernels>();
        Path folder = Files.createTempDirectory("ppipe-estimate");
        try {
            for (ZooModel model : Zoo.models()) {
                Path layers = reference.resolve("layers").resolve(model.name() + ".csv");
                if (Files.exists(layers)
                        && Files.isDirectory(
                                reference.resolve("block-latency-us").resolve(model.name()))) {
                    models.add(of(model, reference, layers, folder.resolve(model.name() + ".onnx")));
                }
            }
        } finally {
            Files.delete(folder);
        }
        if (models.size() < 2) {
            throw new BadInputException(
                    "%s: has layers/MODEL.csv and block-latency-us/MODEL of %d models of the zoo; leaving one out needs two."
                            .formatted(reference, models.size()));
        }
        return models;
    }

    private static BlockKernels of(ZooModel model, Path reference, Path layersCsv, Path onnx) throws IOException {
        ModelProfile published = ProfileCsv.read(reference, List.of(model.name()), List.of())
                .models()
                .getFirst();
        PublishedLayers layers = PublishedLayers.read(layersCsv);
        ModelGraph graph;
        try {
            model.write(onnx, Variant.FULL, Weights.EVEN, 1);
            graph = ModelGraph.read(onnx);
        } finally {
            Files.deleteIfExists(onnx);
        }
        List<Integer> perBlock = layersPerBlock(graph, layers, published.blockCount());
        return new BlockKernels(model.name(), Kernels.of(graph, perBlock), published, foreign(graph, layers));
    }

    /** A layer that has no published name is in the block of the one before it. */
    private static List<Integer> layersPerBlock(ModelGraph graph, PublishedLayers published, int blocks) {
        Map<String, Row> byName = published.byName();
        var count = new ArrayList<>(Collections.nCopies(blocks, 0));
        int block = 0;
        for (Layer layer : graph.layers()) {
            Row row = byName.get(layer.name());
            if (row != null) {
                block = Math.clamp(row.block().orElse(block), block, blocks - 1);
            }
            count.set(block, count.get(block) + 1);
        }
        return count;
    }

    private static Set<Integer> foreign(ModelGraph graph, PublishedLayers published) {
        var ours = new HashSet<String>();
        graph.layers().forEach(layer -> ours.add(layer.name()));
        var foreign = new TreeSet<Integer>();
        for (Row row : published.rows()) {
            if (row.plugin() && !ours.contains(row.name())) {
                row.block().ifPresent(foreign::add);
            }
        }
        return foreign;
    }

    /** Returns the blocks that can be estimated. */
    List<Integer> known() {
        return IntStream.range(0, kernels.size())
                .filter(block -> !foreign.contains(block))
                .boxed()
                .toList();
    }

    /** Returns the published latencies on a whole GPU. */
    LatencyTable measured(String gpu) {
        return published
                .latencies(gpu, 1)
                .orElseThrow(() ->
                        new BadInputException("block-latency-us/%s has no %s-1.csv; every model must have every class."
                                .formatted(model, gpu)));
    }
}
