package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.EvaluationFile;
import io.ppipe.format.PlanFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signals while {@code ppipe evaluate} and {@code ppipe plan --tune} simulate. */
class EvaluateProcessIT {
    @TempDir
    private static Path folder = Path.of(".");

    private static TwoModels two = new TwoModels(folder);

    @BeforeAll
    static void aPlannedWorkload() throws IOException {
        two = new TwoModels(folder);
        two.make();
        two.ok("plan");
    }

    private static int finished(Path file) {
        return Files.exists(file) ? EvaluationFile.read(file).rows().size() : 0;
    }

    @Test
    void whatIsFinishedIsKeptAndTheSameCommandGoesOn() throws Exception {
        Path file = folder.resolve("evaluation.json");
        String[] command = {
            "evaluate",
            "-d",
            folder.toString(),
            "--threads",
            "1",
            "--seeds",
            "12",
            "--requests",
            "20000",
            "--json",
            file.toString()
        };
        try (var process = new CommandProcess(command)) {
            process.await("finished cell", () -> finished(file) >= 1);
            process.signal("INT");

            assertThat(process.exitCode()).as("%s", process.output()).isEqualTo(Main.INTERRUPTED);
            process.awaitLine("ppipe: stopped by Ctrl-C: ");
        }
        int kept = finished(file);
        assertThat(kept).isBetween(1, 11);

        assertThat(SampleFolder.assertOk(command).out()).contains("12 cells, %d of them from".formatted(kept));
        assertThat(finished(file)).isEqualTo(12);
    }

    @Test
    void tuningThatIsStoppedChoosesFromWhatWasTried() throws Exception {
        Path plan = folder.resolve("tuned.json");
        String[] command = {"plan", "-d", folder.toString(), "--tune", "-o", plan.toString()};
        try (var process = new CommandProcess(command)) {
            process.awaitLine("tuning ppipe");
            process.signal("INT");

            assertThat(process.exitCode()).as("%s", process.output()).isZero();
            process.awaitLine("stopped by Ctrl-C: the best of the candidates until then");
            assertThat(process.output()).anyMatch(line -> line.startsWith("Not repeatable: "));
        }
        assertThat(PlanFile.read(plan).tuning()).isPresent();
    }
}
