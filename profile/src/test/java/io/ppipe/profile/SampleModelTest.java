package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.ppipe.model.BoundaryType;
import io.ppipe.zoo.SampleModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleModelTest {
    /** Relative to the largest output: what is fused differs across a cut. */
    private static final double FUSION_TOLERANCE = 1e-5;

    /** Relative to the largest output: every boundary rounds to 11 bits. */
    private static final double HALF_TOLERANCE = 5e-3;

    @TempDir
    private Path directory;

    private ModelGraph graph;

    @BeforeEach
    void writeModel() {
        Path file = directory.resolve("sample.onnx");
        SampleModel.write(file, 1);
        graph = ModelGraph.read(file);
    }

    @Test
    void sameSeedGivesTheSameBytes() throws Exception {
        Path again = directory.resolve("again.onnx");
        Path other = directory.resolve("other.onnx");
        SampleModel.write(again, 1);
        SampleModel.write(other, 2);

        assertThat(again).hasSameBinaryContentAs(graph.file());
        assertThat(Files.readAllBytes(other)).isNotEqualTo(Files.readAllBytes(again));
    }

    @Test
    void isASmallNetworkOfAnyBatchThatCanBeCutEverywhere() {
        assertThat(graph.dynamicBatch()).isTrue();
        assertThat(graph.inputs().getFirst().shape()).containsExactly(-1L, 3L, 64L, 64L);
        assertThat(graph.outputs().getFirst().shape()).containsExactly(-1L, 10L);
        assertThat(graph.layers()).hasSizeBetween(20, 60);
        assertThat(graph.cutPoints(BoundaryType.UNCHANGED))
                .hasSize(graph.layers().size() - 1);
    }

    @Test
    void answersDifferFromImageToImageAndStayUndecided() throws Exception {
        float[] probabilities = probabilities(whole(OptLevel.NO_OPT, images(8))).floats();

        float[] best = new float[8];
        for (int image = 0; image < 8; image++) {
            for (int i = 0; i < 10; i++) {
                best[image] = Math.max(best[image], probabilities[image * 10 + i]);
            }
            assertThat(best[image]).isBetween(0.11f, 0.95f);
        }
        assertThat(best).doesNotHaveDuplicates();
    }

    @Test
    void givesTheSameBitsCutAsWhole() throws Exception {
        for (int batch : List.of(1, 4)) {
            Runs.assertSameBitsCutAnywhere(graph, directory, images(batch));
        }
    }

    @Test
    void givesNearlyTheSameCutAsWholeWithOptimisation() throws Exception {
        CutModel cut = Runs.everyCut(graph, BoundaryType.UNCHANGED);
        assertThat(largestDifference(cut, OptLevel.ALL_OPT)).isLessThan(FUSION_TOLERANCE);
    }

    @Test
    void givesNearlyTheSameWithFloat16Boundaries() throws Exception {
        CutModel cut = Runs.everyCut(graph, BoundaryType.FLOAT16);
        assertThat(cut.cuts().get(3).bytesPerRequest())
                .isLessThan(graph.cutPoints(BoundaryType.UNCHANGED).get(3).bytesPerRequest());
        assertThat(largestDifference(cut, OptLevel.NO_OPT)).isPositive().isLessThan(HALF_TOLERANCE);
    }

    /** Over single cuts and the cut everywhere, for batches of 1 and 4. */
    private double largestDifference(CutModel cut, OptLevel level) throws Exception {
        double largest = 0;
        int blocks = cut.blocks().size();
        for (int batch : List.of(1, 4)) {
            Map<String, Tensor> inputs = images(batch);
            Tensor expected = probabilities(whole(level, inputs));
            for (int end = 1; end <= blocks; end++) {
                List<Integer> ends = end < blocks ? List.of(end, blocks) : Runs.everyBlock(cut);
                Tensor actual = probabilities(Runs.inStages(cut, ends, directory, level, inputs));
                largest = Math.max(largest, expected.differenceTo(actual));
            }
        }
        System.out.printf("Sample model, %s boundaries, %s: largest difference %.1e%n", cut.boundary(), level, largest);
        return largest;
    }

    private Map<String, Tensor> whole(OptLevel level, Map<String, Tensor> inputs) throws Exception {
        return Runs.whole(graph.file(), level, inputs);
    }

    private static Tensor probabilities(Map<String, Tensor> outputs) {
        return Runs.named("probabilities", outputs);
    }

    private static Map<String, Tensor> images(int batch) {
        return Map.of("image", Tensor.random(List.of((long) batch, 3L, 64L, 64L), new Random(batch)));
    }
}
