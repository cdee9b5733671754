package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.ppipe.model.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RebatchTest {
    private static final Path MODELS =
            Path.of(System.getProperty("ppipe.root")).resolveSibling("shared").resolve("reference/onnx");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 3})
    void opensTheBatchOfInputsAndReshapes(long batch) throws Exception {
        Path to = rebatched(net(batch));

        ModelGraph open = ModelGraph.read(to);
        assertThat(open.dynamicBatch()).isTrue();
        assertThat(open.outputs().getFirst().shape()).containsExactly(-1L, 5L);
        Runs.assertSameBitsCutAnywhere(open, directory, Map.of("x", Tensor.random(List.of(4L, 2L, 6L), new Random(1))));
    }

    @Test
    void givesTheSameBits() throws Exception {
        Path to = rebatched(net(1));
        Map<String, Tensor> inputs = Map.of("x", Tensor.random(List.of(1L, 2L, 6L), new Random(1)));

        Runs.assertSameBits(
                Runs.whole(to, OptLevel.NO_OPT, inputs),
                Runs.whole(directory.resolve("model.onnx"), OptLevel.NO_OPT, inputs),
                "rebatched");
    }

    @Test
    void refusesWhatMixesRequestsThoughTheShapesFit() throws Exception {
        TestGraph mixing = new TestGraph()
                .input("x", 2, 4)
                .node("Softmax", "y", List.of("x"), TestGraph.attribute("axis", 0))
                .output("y", 2, 4);

        refuses(mixing, "output y", "requests mix");
    }

    @Test
    void refusesShapesThatHoldTheBatchElsewhere() throws Exception {
        refuses(
                new TestGraph()
                        .input("x", 2, 4)
                        .numbers("folded", 8)
                        .node("Reshape", "y", List.of("x", "folded"))
                        .output("y", 8),
                "batch can't be opened");
        refuses(
                new TestGraph()
                        .input("x", 1, 4)
                        .weight("w", 1, 4)
                        .node("Concat", "c", List.of("x", "w"), TestGraph.attribute("axis", 1))
                        .output("c", 1, 8),
                "can't load the model for batches");
        refuses(
                new TestGraph()
                        .input("x", 1, 4)
                        .input("z", 2, 4)
                        .node("Add", "y", List.of("x", "z"))
                        .output("y", 2, 4),
                "not the same in all");
    }

    @Test
    void refusesWhatIsOpenAlready() throws Exception {
        refuses(
                new TestGraph()
                        .input("x", -1, 4)
                        .node("Relu", "y", List.of("x"))
                        .output("y", -1, 4),
                "takes any batch size already");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light_squeezenet", "light_shufflenet", "light_inception_v1", "light_resnet50"})
    void opensRealModels(String name) throws Exception {
        assumeTrue(Files.isDirectory(MODELS), "The reference models are not beside this checkout.");
        Path to = directory.resolve("open.onnx");

        Rebatch.write(MODELS.resolve(name + ".onnx"), to);

        assertThat(ModelGraph.read(to).dynamicBatch()).isTrue();
    }

    /** A dense net with the Reshapes that exporters write. */
    private static TestGraph net(long batch) {
        return new TestGraph()
                .input("x", batch, 2, 6)
                .weight("w", 12, 5)
                .numbers("flat", batch, -1)
                .numbers("grid", batch, 3, 4)
                .node("Relu", "a", List.of("x"))
                .node("Reshape", "b", List.of("a", "grid"))
                .node("Tanh", "c", List.of("b"))
                .node("Reshape", "d", List.of("c", "flat"))
                .node("MatMul", "y", List.of("d", "w"))
                .output("y", batch, 5);
    }

    private Path rebatched(TestGraph graph) throws Exception {
        Path to = directory.resolve("open.onnx");
        Rebatch.write(graph.write(directory), to);
        return to;
    }

    private void refuses(TestGraph graph, String... parts) throws Exception {
        Path file = graph.write(directory);
        assertThatThrownBy(() -> Rebatch.write(file, directory.resolve("open.onnx")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining("model.onnx");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }
}
