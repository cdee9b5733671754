package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.load.AnswerListener;
import io.ppipe.load.LoadGenerator;
import io.ppipe.load.LoadReport;
import io.ppipe.load.LoadSettings;
import io.ppipe.model.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A live server records what its scheduler is told, and the record replays. */
class RecordProcessIT {
    private static final double RATE = 60;
    private static final double SECONDS = 3;

    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void planTheSample() throws Exception {
        SampleFolder.make(folder);
    }

    private static LoadReport load(int port) {
        LoadSettings settings = SampleFolder.load(port, RATE, SECONDS);
        return LoadGenerator.run(settings, AnswerListener.NONE, Progress.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reservation", "deferred"})
    void aLiveRunReplaysIdentically(String policy) throws Exception {
        Path log = folder.resolve(policy + ".jsonl");
        long answered;
        try (var server = new ServerProcess(folder, "--policy", policy, "--record", log.toString())) {
            LoadReport report = load(server.port());
            answered = report.summary().inTime() + report.summary().late();
            server.terminate();
            assertThat(server.exitCode()).as("%s", server.output()).isZero();
        }

        assertThat(answered).isPositive();
        assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("\"arrived\"")))
                .hasSizeGreaterThanOrEqualTo((int) answered);
        assertThat(SampleFolder.assertOk("replay", log.toString(), "-d", folder.toString())
                        .out())
                .contains("events give the recorded", "policy " + policy);
    }
}
