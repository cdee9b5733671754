package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundTripBenchTest {
    @TempDir
    private Path directory = Path.of(".");

    @Test
    void saysWhereItCutAndThatTheBitsAreTheSame() throws Exception {
        Path json = directory.resolve("rows.json");
        List<String> arguments =
                List.of("roundtrip", "--variant=SMALL", "--model=repvgg-b3,googlenet-v3", "--seed=5", "--json=" + json);

        Ended ended = Ended.of(arguments);

        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .containsPattern("repvgg-b3 +17 +2 +/stage\\S+ +yes")
                .containsPattern("googlenet-v3 +215 +3 +\\S+, \\S+ +yes")
                .contains("4 of 4 ways to cut give the whole model's bits (seed 5,");
        assertThat(Files.readString(json)).contains("\"seed\": 5", "\"differing_outputs\": []", "\"complete\": true");
    }

    @Test
    void refusesWhatIsNotThere() {
        Ended ended = Ended.of(List.of("roundtrip", "--model=repvgg"));

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("--model repvgg: no such model", "repvgg-b3");
        assertThat(Ended.of(List.of("roundtrip", "--help")).out()).contains("Usage: ppipe bench roundtrip");
    }
}
