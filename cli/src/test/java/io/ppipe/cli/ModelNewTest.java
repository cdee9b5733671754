package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.cli.MainTest.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelNewTest {
    @TempDir
    private Path folder = Path.of(".");

    @Test
    void writesAModelThatTheListThenShows() {
        Ended made = small("repvgg-b3.onnx");

        assertThat(made.err()).isEmpty();
        assertThat(made.code()).isZero();
        assertThat(made.out()).contains("repvgg-b3.onnx: RepVGG-B3, as deployed, input 3x64x64,");
        assertThat(MainTest.run("model", "list", "-d", folder.toString()).out())
                .containsPattern("repvgg-b3 +recognition +3x448x448 +59 +110\\.96 +yes +RepVGG-B3")
                .containsPattern("rtmdet_x +detection .* no +MMDetection")
                .containsOnlyOnce("detection: boxes and scores, without non-maximum suppression");
    }

    @Test
    void aFileThatIsThereIsReplacedOnlyOnRequest() throws Exception {
        Path file = folder.resolve("mine.onnx");
        Files.writeString(file, "mine");

        Ended refused = small("mine.onnx");

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("mine.onnx is there already", "--overwrite", "-o FILE");
        assertThat(file).hasContent("mine");
        assertThat(small("mine.onnx", "--overwrite").code()).isZero();
        assertThat(file)
                .isNotEmptyFile()
                .satisfies(f -> assertThat(Files.size(f)).isGreaterThan(1000));
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(MainTest.run("model", "new", "convnext_larg").err()).contains("Maybe 'convnext_large'?");
        assertThat(small("a.onnx", "--seed", "x").err()).contains("--seed", "'x'");
        assertThat(small("a.onnx", "--weights", "seded").err()).contains("[seeded, even]; maybe 'seeded'");
        assertThat(small("a.onnx", "--variant", "tiny").err()).contains("[full, small]");
        assertThat(small("absent/a.onnx").err()).startsWith("ppipe: ").contains("absent");
        assertThat(folder).isEmptyDirectory();
    }

    private Ended small(String file, String... more) {
        var arguments = new ArrayList<>(List.of(
                "model",
                "new",
                "repvgg-b3",
                "--variant=small",
                "-o",
                folder.resolve(file).toString()));
        arguments.addAll(List.of(more));
        return MainTest.run(arguments.toArray(String[]::new));
    }
}
