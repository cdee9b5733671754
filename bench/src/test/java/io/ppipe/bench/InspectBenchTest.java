package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectBenchTest {
    @TempDir
    private Path directory;

    @Test
    void tellsTimeAndMemoryOfEveryRun() throws Exception {
        Path json = directory.resolve("rows.json");

        Ended ended =
                Ended.of(List.of("inspect", "--nodes", "150", "--weights-mb", "40", "--runs", "1", "--json=" + json));

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("synthetic CNN", "÷ file", "Median");
        assertThat(Files.readString(json)).contains("\"layers\": 120", "peak_bytes", "\"complete\": true");
    }

    @Test
    void refusesWhatCannotBe() {
        Ended ended = Ended.of(List.of("inspect", "--runs", "0"));

        assertThat(ended.err()).contains("--runs (0)");
        assertThat(ended.code()).isEqualTo(1);
    }
}
