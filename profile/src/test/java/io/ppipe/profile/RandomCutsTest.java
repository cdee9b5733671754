package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any cut into 2 and 3 stages gives the whole model's bits, with optimisations off. Cuts are drawn by a fresh seed, which is
 * printed; {@code -Dppipe.seed=N} takes another, {@code -Dppipe.cases=N} draws more.
 */
class RandomCutsTest {
    private static final Path MODELS =
            Path.of(System.getProperty("ppipe.root")).resolveSibling("shared").resolve("reference/onnx");
    private static final long SEED = Long.getLong("ppipe.seed", System.nanoTime());
    private static final int CASES = Integer.getInteger("ppipe.cases", 40);
    private static final int CUTS_OF_A_REAL_MODEL = 3;

    @TempDir
    private Path directory;

    static Stream<String> realModels() throws Exception {
        assumeTrue(Files.isDirectory(MODELS), "The reference models are not beside this checkout.");
        try (Stream<Path> files = Files.list(MODELS)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".onnx"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("realModels")
    void realModels(String name) throws Exception {
        var random = new Random(SEED);
        ModelGraph graph = ModelGraph.read(MODELS.resolve(name));
        Map<String, Tensor> inputs = inputs(graph, 1, random);
        Map<String, Tensor> whole = Runs.whole(graph.file(), OptLevel.NO_OPT, inputs);
        for (int i = 0; i < CUTS_OF_A_REAL_MODEL; i++) {
            check(graph, 2, inputs, whole, random);
            check(graph, 3, inputs, whole, random);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, CASES).map(i -> SEED + i);
    }

    @Test
    void generatedGraphs() throws Exception {
        int cut = 0;
        for (long seed : seeds().toArray()) {
            var random = new Random(seed);
            ModelGraph graph = ModelGraph.read(FeatureGraphs.random(seed).write(directory));
            assertThat(graph.dynamicBatch()).as("seed %d", seed).isTrue();
            Map<String, Tensor> inputs = inputs(graph, 1 + random.nextInt(4), random);
            Map<String, Tensor> whole = Runs.whole(graph.file(), OptLevel.NO_OPT, inputs);
            for (int stages = 2; stages <= 3; stages++) {
                if (graph.cutPoints(BoundaryType.UNCHANGED).size() >= stages - 1) {
                    check(graph, stages, inputs, whole, random);
                    cut++;
                }
            }
        }
        System.out.printf("%d random graphs cut in %d ways (seed %d)%n", CASES, cut, SEED);
        assertThat(cut).isGreaterThan(CASES);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void everyOperatorSet(int version) throws Exception {
        ModelGraph graph = ModelGraph.read(new TestGraph()
                .operatorSet(version)
                .input("x", -1, 3, 8, 8)
                .weight("w", 4, 3, 3, 3)
                .weight("dense", 16, 5)
                .number("zero", 0)
                .numbers("rest", 16)
                .node("Conv", "c", List.of("x", "w"))
                .node("Relu", "r", List.of("c"))
                .node("MaxPool", "p", List.of("r"), kernel(3), strides(3))
                .node("Shape", "s", List.of("p"))
                .node("Gather", "n", List.of("s", "first"), TestGraph.attribute("axis", 0))
                .numbers("first", 0)
                .node("Concat", "target", List.of("n", "rest"), TestGraph.attribute("axis", 0))
                .node("Reshape", "f", List.of("p", "target"))
                .node("MatMul", "d", List.of("f", "dense"))
                .node("Softmax", "y", List.of("d"))
                .output("y", -1, 5)
                .output("r", -1, 4, 6, 6)
                .write(directory));

        assertThat(graph.cutPoints(BoundaryType.UNCHANGED)).hasSize(5);
        assertThat(graph.operatorSets()).containsEntry("ai.onnx", (long) version);
        Runs.assertSameBitsCutAnywhere(graph, directory, inputs(graph, 3, new Random(version)));
    }

    private static AttributeProto kernel(long size) {
        return pair("kernel_shape", size);
    }

    private static AttributeProto strides(long size) {
        return pair("strides", size);
    }

    private static AttributeProto pair(String name, long size) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(size)
                .addInts(size)
                .build();
    }

    private void check(
            ModelGraph graph, int stages, Map<String, Tensor> inputs, Map<String, Tensor> whole, Random random)
            throws Exception {
        List<CutPoint> points = graph.cutPoints(BoundaryType.UNCHANGED);
        var chosen = new TreeSet<Integer>();
        while (chosen.size() < stages - 1) {
            chosen.add(points.get(random.nextInt(points.size())).afterLayer());
        }
        var layersPerBlock = new ArrayList<Integer>();
        int first = 0;
        for (int after : chosen) {
            layersPerBlock.add(after + 1 - first);
            first = after + 1;
        }
        layersPerBlock.add(graph.layers().size() - first);
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, layersPerBlock);
        String what = "%s cut behind %s (seed %d)".formatted(graph.file().getFileName(), chosen, SEED);
        Map<String, Tensor> inStages = Runs.inStages(cut, Runs.everyBlock(cut), directory, OptLevel.NO_OPT, inputs);
        Runs.assertSameBits(inStages, whole, what);
    }

    private static Map<String, Tensor> inputs(ModelGraph graph, int batch, Random random) {
        var inputs = new HashMap<String, Tensor>();
        for (TensorSpec input : graph.inputs()) {
            inputs.put(input.name(), Tensor.random(Tensor.withBatch(input.shape(), batch), random));
        }
        return inputs;
    }
}
