package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ppipe bench} from the distribution as it is built: the command starts this module as a process. */
class BenchProcessIT {
    private static final Path DIST = Path.of(System.getProperty("ppipe.root", ".."), "cli/target/dist");

    @TempDir
    private Path folder = Path.of(".");

    private record Ended(int code, String text) {}

    private static Ended ppipe(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                DIST.resolve("lib") + "/*",
                "io.ppipe.cli.Main"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), text);
    }

    @Test
    void argumentsOutputAndExitCodeGoThrough() throws IOException, InterruptedException {
        SmallReference.write(folder);

        Ended ended = ppipe("bench", "prepartition", "--reference", folder.toString(), "--blocks", "3");
        assertThat(ended.code()).as(ended.text()).isZero();
        assertThat(ended.text()).contains("Each took at most");
        assertThat(ppipe("bench", "prepartition", "--help").text()).contains("Usage: ppipe bench prepartition");
        assertThat(ppipe("bench", "prepartition").code()).isEqualTo(2);
        assertThat(ppipe("bench", "prepartition", "--reference", folder + "/none")
                        .code())
                .isEqualTo(1);
    }
}
