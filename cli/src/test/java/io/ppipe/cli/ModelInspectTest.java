package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.cli.MainTest.Ended;
import io.ppipe.format.ProfileFile;
import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.ModelGraph;
import io.ppipe.zoo.SampleModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelInspectTest {
    @TempDir
    private Path folder = Path.of(".");

    private Path model = Path.of(".");

    @BeforeEach
    void writeModel() {
        model = folder.resolve("sample.onnx");
        SampleModel.write(model, 1);
    }

    @Test
    void showsInputsBlocksAndLayers() {
        Ended ended = inspect();

        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .contains("sample.onnx", "layers 40", "cut points 39", "ai.onnx=14", "made by ppipe")
                .containsPattern("input +image +FP32 +\\[batch, 3, 64, 64\\] +49152")
                .containsPattern("output +probabilities +FP32 +\\[batch, 10\\] +40")
                .containsPattern("Conv_\\d+ +Conv +convolution");
    }

    @Test
    void aBlockOfOneLayerHasOneName() {
        assertThat(Labels.layers("Conv_0", "Relu_1")).isEqualTo("Conv_0 … Relu_1");
        assertThat(inspect("--blocks", "40").out()).containsPattern("(?m)^ +0 +Conv_0 +1 ");
    }

    @Test
    void countsABatch() throws Exception {
        Path one = folder.resolve("one.json");
        Path four = folder.resolve("four.json");

        inspect("--json", one.toString());
        inspect("--json", four.toString(), "--batch", "4");

        assertThat(Files.readString(one)).contains("\"kind\": \"inspection\"", "\"batch\": 1", "\"no_cuts\"");
        assertThat(flops(four)).isEqualTo(4 * flops(one));
        assertThat(inspect("--batch", "0").err()).contains("--batch (0)");
    }

    private static long flops(Path report) throws Exception {
        String line = Files.readAllLines(report).stream()
                .filter(text -> text.startsWith("  \"flops\""))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    @Test
    void writesAPageThatNeedsNothingElse() throws Exception {
        Path page = folder.resolve("page.html");

        Ended ended = inspect("--html", page.toString());

        assertThat(ended.out()).contains("Page: " + page);
        assertThat(Files.readString(page))
                .contains("<svg", "Conv_0", "cut 0:", "Blocks", "MiB activations")
                .doesNotContain("src=\"http", "href=\"http");
    }

    @Test
    void takesBlocksAndLatenciesFromAProfile() {
        ModelGraph graph = ModelGraph.read(model);
        Path profile = folder.resolve("profile.json");
        write(graph, graph.sha256(), profile);

        Ended ended = inspect("--profile", profile.toString());

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("us on L4")
                .containsPattern("(?m)0 +.* 123$")
                .containsPattern("(?m)1 .* 456$");
    }

    @Test
    void refusesTheProfileOfAnotherModel() {
        Path profile = folder.resolve("profile.json");
        write(ModelGraph.read(model), "abc", profile);

        Ended ended = inspect("--profile", profile.toString());

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("profile.json", "no profile of", "Profile it again");
    }

    @Test
    void saysWhyAModelIsRefused() throws Exception {
        Files.write(model, new byte[] {1, 2, 3});

        Ended ended = inspect();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err().strip().lines().toList()).hasSize(1);
        assertThat(ended.err()).contains("sample.onnx", "not a whole ONNX model");
        assertThat(MainTest.run("model").err()).contains("inspect");
    }

    @Test
    void opensAFixedBatchOrSaysWhyNot() {
        Path open = folder.resolve("open.onnx");

        Ended ended = MainTest.run("model", "rebatch", model.toString(), "-o", open.toString());

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("sample.onnx takes any batch size already");
        assertThat(open).doesNotExist();
        assertThat(MainTest.run("model", "rebatch", "--help").out()).contains("Usage: ppipe model rebatch");
    }

    private static void write(ModelGraph graph, String sha256, Path file) {
        int layers = graph.layers().size();
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(20, layers - 20));
        var latencies = new LatencyTable(
                "L4",
                1,
                List.of(1),
                List.of(List.of(123L), List.of(456L)),
                new Provenance(Provenance.Kind.MEASURED, "a GPU", "a runtime", "2026-11-25"));
        List<Block> blocks = cut.blocks();
        ProfileFile.write(
                new Profile(List.of(new ModelProfile(
                        "sample",
                        sha256,
                        BoundaryType.UNCHANGED,
                        graph.inputs(),
                        graph.outputs(),
                        blocks,
                        cut.cuts(),
                        List.of(latencies),
                        ""))),
                file);
    }

    private Ended inspect(String... options) {
        var arguments = new String[options.length + 3];
        arguments[0] = "model";
        arguments[1] = "inspect";
        arguments[2] = model.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return MainTest.run(arguments);
    }
}
