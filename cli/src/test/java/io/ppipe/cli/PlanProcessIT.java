package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.PlanFile;
import io.ppipe.model.Certificate.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals while {@code ppipe plan} searches, in a process of its own. */
class PlanProcessIT {
    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void aScenarioThatTakesLong() throws IOException {
        LongPlanning.make(folder, 1);
    }

    private static Path planFile() {
        return folder.resolve("plan.json");
    }

    private static CommandProcess start(String... options) throws IOException {
        Files.deleteIfExists(planFile());
        var command = new ArrayList<>(List.of("plan", "-d", folder.toString(), "--gap", "0", "--time-limit", "600"));
        command.addAll(Arrays.asList(options));
        return new CommandProcess(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource({"INT,Ctrl-C", "TERM,SIGTERM"})
    void theFirstSignalKeepsTheBestPlan(String signal, String name) throws Exception {
        try (var process = start()) {
            process.awaitLine("planning: best");

            process.signal(signal);

            assertThat(process.exitCode()).as("%s", process.output()).isZero();
            process.awaitLine("Plan: ");
            assertThat(process.output())
                    .anyMatch(line -> line.startsWith("stopped by %s: best plan so far, gap ".formatted(name)));
        }
        assertThat(PlanFile.read(planFile()).certificate().ended()).isEqualTo(Ended.INTERRUPT);
        assertThat(SampleFolder.assertOk("plan", "check", "-d", folder.toString())
                        .out())
                .contains("keeps every rule");
    }

    @Test
    void theSecondSignalEndsAtOnce() throws Exception {
        try (var process = start("--n-plus-one", "--max-stages", "4")) {
            process.awaitLine("  5 s");

            process.signal("INT");
            process.signal("INT");

            assertThat(process.exitCode()).as("%s", process.output()).isEqualTo(Main.INTERRUPTED);
        }
        assertThat(planFile()).doesNotExist();
    }

    @Test
    void beforeThereIsAPlanNothingIsWritten() throws Exception {
        try (var process = start("--n-plus-one", "--max-stages", "4")) {
            process.awaitLine("  5 s");

            process.signal("INT");

            assertThat(process.exitCode()).as("%s", process.output()).isEqualTo(Main.INTERRUPTED);
            process.awaitLine("ppipe: stopped by Ctrl-C before there was a plan");
        }
        assertThat(planFile()).doesNotExist();
    }
}
