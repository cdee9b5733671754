package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real exported graphs, cut. By default every model is cut at all its valid cuts at once, and a seeded sample of its cuts
 * one by one; {@code -Dppipe.cuts=all} does all of them one by one (minutes).
 */
class ReferenceModelsTest {
    private static final Path MODELS =
            Path.of(System.getProperty("ppipe.root")).resolveSibling("shared").resolve("reference/onnx");
    private static final long SEED = 20_251_124;
    private static final int SAMPLED_CUTS = 4;

    /** What is fused differs across a cut, so results differ in the last bits; relative to the largest output. */
    private static final double FUSION_TOLERANCE = 1e-5;

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsReferenceModels() {
        assumeTrue(Files.isDirectory(MODELS), "The reference models are not beside this checkout.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light_squeezenet", "light_shufflenet", "light_inception_v1", "light_resnet50"})
    void givesThePublishedOutputWholeAndCut(String name) throws Exception {
        ModelGraph graph = ModelGraph.read(MODELS.resolve(name + ".onnx"));
        TensorSpec input = graph.inputs().getFirst();
        Map<String, Tensor> inputs = Map.of(input.name(), Tensor.ramp(input.shape()));

        Tensor whole = only(Runs.whole(graph.file(), OptLevel.NO_OPT, inputs));
        CutModel cut = Runs.everyCut(graph, BoundaryType.UNCHANGED);
        Tensor inStages = only(Runs.inStages(cut, Runs.everyBlock(cut), directory, OptLevel.NO_OPT, inputs));

        Tensor published = published(name);
        assertThat(relativeDifference(published, whole)).isLessThan(1e-4);
        assertThat(relativeDifference(published, inStages)).isLessThan(1e-4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"light_squeezenet", "light_shufflenet", "light_inception_v1", "light_resnet50"})
    void givesTheSameBitsCutAsWhole(String name) throws Exception {
        assertSameBitsCutAsWhole(MODELS.resolve(name + ".onnx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"light_squeezenet", "light_shufflenet", "light_inception_v1", "light_resnet50"})
    void givesTheSameBitsCutAsWholeWithRandomWeights(String name) throws Exception {
        Path original = MODELS.resolve(name + ".onnx");
        Path onnx = RandomWeights.replace(original, SEED, randomInput(ModelGraph.read(original)), directory);
        assertSameBitsCutAsWhole(onnx);
    }

    private void assertSameBitsCutAsWhole(Path onnx) throws Exception {
        long start = System.nanoTime();
        ModelGraph graph = ModelGraph.read(onnx);
        long readMillis = (System.nanoTime() - start) / 1_000_000;
        CutModel cut = Runs.everyCut(graph, BoundaryType.UNCHANGED);
        int blocks = cut.blocks().size();
        var random = new Random(SEED);
        Map<String, Tensor> inputs = randomInput(graph);
        Map<String, Tensor> exact = Runs.whole(onnx, OptLevel.NO_OPT, inputs);
        Map<String, Tensor> optimised = Runs.whole(onnx, OptLevel.ALL_OPT, inputs);

        Runs.assertSameBits(
                Runs.inStages(cut, Runs.everyBlock(cut), directory, OptLevel.NO_OPT, inputs), exact, "cut everywhere");
        double largest = 0;
        List<List<Integer>> choices = choices(blocks, random);
        for (List<Integer> ends : choices) {
            Map<String, Tensor> stages = Runs.inStages(cut, ends, directory, OptLevel.NO_OPT, inputs);
            Runs.assertSameBits(stages, exact, "cut behind " + ends);
            Tensor fused = only(Runs.inStages(cut, ends, directory, OptLevel.ALL_OPT, inputs));
            largest = Math.max(largest, only(optimised).differenceTo(fused));
        }
        System.out.printf(
                "%s: %d layers, %d cuts, read in %d ms; cut everywhere and in %d ways, same bits without optimisation,"
                        + " difference at most %.1e with all (seed %d)%n",
                onnx.getFileName(),
                graph.layers().size(),
                graph.cutPoints(BoundaryType.UNCHANGED).size(),
                readMillis,
                choices.size(),
                largest,
                SEED);
        assertThat(largest).isLessThan(FUSION_TOLERANCE);
    }

    private static Map<String, Tensor> randomInput(ModelGraph graph) {
        TensorSpec input = graph.inputs().getFirst();
        return Map.of(input.name(), Tensor.random(input.shape(), new Random(SEED)));
    }

    /** Ways to cut: single cuts, and one pair. */
    private static List<List<Integer>> choices(int blocks, Random random) {
        List<Integer> single =
                new ArrayList<>(IntStream.range(1, blocks).boxed().toList());
        var choices = new ArrayList<List<Integer>>();
        if (!System.getProperty("ppipe.cuts", "").equals("all")) {
            Collections.shuffle(single, random);
            single = single.subList(0, SAMPLED_CUTS);
        }
        single.forEach(end -> choices.add(List.of(end, blocks)));
        int pairs = System.getProperty("ppipe.cuts", "").equals("all") ? 10 : 1;
        for (int i = 0; i < pairs; i++) {
            var pair = new TreeSet<Integer>(List.of(blocks));
            while (pair.size() < 3) {
                pair.add(1 + random.nextInt(blocks - 1));
            }
            choices.add(List.copyOf(pair));
        }
        return choices;
    }

    private static Tensor only(Map<String, Tensor> outputs) {
        assertThat(outputs).hasSize(1);
        return outputs.values().iterator().next();
    }

    private static Tensor published(String name) throws Exception {
        TensorProto tensor = TensorProto.parseFrom(Files.readAllBytes(MODELS.resolve(name + "_output_0.pb")));
        var raw = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[raw.remaining()];
        raw.get(values);
        assertThat(values).isNotEmpty();
        return Tensor.floats(tensor.getDimsList(), values);
    }

    /** Largest difference of an element, relative to that element. */
    private static double relativeDifference(Tensor expected, Tensor actual) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double largest = 0;
        for (int i = 0; i < expected.floats().length; i++) {
            double wanted = expected.floats()[i];
            largest = Math.max(largest, Math.abs(actual.floats()[i] - wanted) / Math.abs(wanted));
        }
        return largest;
    }
}
