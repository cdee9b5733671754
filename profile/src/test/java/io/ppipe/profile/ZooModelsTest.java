package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.TensorSpec;
import io.ppipe.zoo.Weights;
import io.ppipe.zoo.Zoo;
import io.ppipe.zoo.ZooModel;
import io.ppipe.zoo.ZooModel.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every model of the zoo, small, as ONNX Runtime sees it, whole and in stages. */
class ZooModelsTest {
    private static final long SEED = 7;

    /** Relative to an output's largest value. */
    private static final double FUSION_TOLERANCE = 1e-4;

    @TempDir
    private Path directory = Path.of(".");

    static Stream<ZooModel> models() {
        return Zoo.models().stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void answersAreFiniteAndDependOnTheImage(ZooModel model) throws Exception {
        ModelGraph graph = ModelGraph.read(small(model, SEED));
        assertThat(graph.dynamicBatch()).isTrue();
        assertThat(graph.note()).isEmpty();

        Map<String, Tensor> one = Runs.whole(graph.file(), OptLevel.NO_OPT, images(graph, 1, 1));
        Map<String, Tensor> another = Runs.whole(graph.file(), OptLevel.NO_OPT, images(graph, 1, 2));

        for (TensorSpec output : graph.outputs()) {
            Tensor tensor = Runs.named(output.name(), one);
            assertThat(tensor.shape()).isEqualTo(Tensor.withBatch(output.shape(), 1));
            if (tensor.type() == OnnxJavaType.FLOAT) {
                for (float value : tensor.floats()) {
                    assertThat(value).as(output.name()).isFinite();
                }
            }
        }
        assertThat(one.entrySet().stream()
                        .allMatch(output -> output.getValue().sameBits(Runs.named(output.getKey(), another))))
                .as("same answers for different images")
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("models")
    void sameSeedGivesTheSameBytes(ZooModel model) throws Exception {
        byte[] first = Files.readAllBytes(small(model, SEED));

        assertThat(Files.readAllBytes(small(model, SEED))).isEqualTo(first);
        assertThat(Files.readAllBytes(small(model, SEED + 1))).isNotEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("models")
    void randomCutsGiveTheSameBits(ZooModel model) throws Exception {
        long seed = new Random().nextLong();
        System.out.printf("%s: cuts and images from seed %d%n", model.name(), seed);
        var random = new Random(seed);
        ModelGraph graph = ModelGraph.read(small(model, SEED));
        Map<String, Tensor> images = images(graph, 2, seed);
        Map<String, Tensor> whole = Runs.whole(graph.file(), OptLevel.NO_OPT, images);
        CutModel cut = Runs.everyCut(graph, BoundaryType.UNCHANGED);
        int blocks = cut.blocks().size();

        for (int stages : List.of(2, 2, 3, 3)) {
            List<Integer> ends = Stream.concat(
                            random.ints(1, blocks)
                                    .distinct()
                                    .limit(stages - 1)
                                    .sorted()
                                    .boxed(),
                            Stream.of(blocks))
                    .toList();
            Runs.assertSameBits(
                    Runs.inStages(cut, ends, directory, OptLevel.NO_OPT, images),
                    whole,
                    "%s cut behind blocks %s, seed %d".formatted(model.name(), ends, seed));
        }
    }

    /** What is fused differs across a cut, so results differ in the last bits. */
    @ParameterizedTest
    @MethodSource("models")
    void randomCutsGiveAlmostTheSameWithAllOptimisations(ZooModel model) throws Exception {
        long seed = new Random().nextLong();
        ModelGraph graph = ModelGraph.read(small(model, SEED));
        Map<String, Tensor> images = images(graph, 2, seed);
        Map<String, Tensor> whole = Runs.whole(graph.file(), OptLevel.ALL_OPT, images);
        CutModel cut = Runs.everyCut(graph, BoundaryType.UNCHANGED);
        int blocks = cut.blocks().size();
        int middle = 1 + new Random(seed).nextInt(blocks - 1);
        double largest = 0;
        for (List<Integer> ends : List.of(List.of(middle, blocks), Runs.everyBlock(cut))) {
            Map<String, Tensor> stages = Runs.inStages(cut, ends, directory, OptLevel.ALL_OPT, images);
            for (var output : whole.entrySet()) {
                Tensor inStages = Runs.named(output.getKey(), stages);
                if (inStages.type() == OnnxJavaType.FLOAT) {
                    largest = Math.max(largest, output.getValue().differenceTo(inStages));
                }
            }
        }
        System.out.printf(
                "%s: in stages, with all optimisations, off by at most %.1e (seed %d)%n", model.name(), largest, seed);
        assertThat(largest).as("seed %d", seed).isLessThan(FUSION_TOLERANCE);
    }

    /** ONNX Runtime loads the full model twice, for batches of two and three, and says every tensor's shape. */
    @ParameterizedTest
    @MethodSource("models")
    void fullModelsLoadAndAllTheirShapesAreKnown(ZooModel model) {
        Path file = directory.resolve("full.onnx");
        model.write(file, Variant.FULL, Weights.EVEN, SEED);

        ModelGraph graph = ModelGraph.read(file);

        assertThat(graph.dynamicBatch()).isTrue();
        assertThat(graph.note()).isEmpty();
        assertThat(graph.layers())
                .as("as `model list` says")
                .hasSize(model.size(Variant.FULL).layers());
        assertThat(LayerCost.of(graph, 1)).allMatch(LayerCost::complete);
    }

    /** What the variants differ in is size: weights that are made when loading change nothing else. */
    @ParameterizedTest
    @MethodSource("models")
    void evenWeightsLeaveLayersAndCutsAsTheyAre(ZooModel model) {
        ModelGraph seeded = ModelGraph.read(small(model, SEED));
        Path file = directory.resolve("even.onnx");
        model.write(file, Variant.SMALL, Weights.EVEN, SEED);
        ModelGraph even = ModelGraph.read(file);

        assertThat(even.layers()).isEqualTo(seeded.layers());
        assertThat(even.cutPoints(BoundaryType.FLOAT16)).isEqualTo(seeded.cutPoints(BoundaryType.FLOAT16));
    }

    private Path small(ZooModel model, long seed) {
        Path file = directory.resolve("model.onnx");
        model.write(file, Variant.SMALL, Weights.SEEDED, seed);
        return file;
    }

    private static Map<String, Tensor> images(ModelGraph graph, int batch, long seed) {
        TensorSpec input = graph.inputs().getFirst();
        return Map.of(input.name(), Tensor.random(Tensor.withBatch(input.shape(), batch), new Random(seed)));
    }
}
