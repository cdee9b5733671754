package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.PlanFile;
import io.ppipe.model.Certificate.Ended;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals while {@code ppipe plan} searches, in a process of its own. */
class PlanProcessIT {
    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    private static Path folder = Path.of(".");

    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private Process process = new ProcessBuilder("true").start();

    PlanProcessIT() throws IOException {}

    @BeforeAll
    static void aScenarioThatTakesLong() throws IOException {
        LongPlanning.make(folder, 1);
    }

    private Path planFile() {
        return folder.resolve("plan.json");
    }

    private void start(String... options) throws IOException {
        Files.deleteIfExists(planFile());
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                Main.class.getName(),
                "plan",
                "-d",
                folder.toString(),
                "--gap",
                "0",
                "--time-limit",
                "600"));
        command.addAll(Arrays.asList(options));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        process = builder.start();
        Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(output::add);
        } catch (IOException e) {
            output.add(e.toString());
        }
    }

    private void awaitLine(String part) throws InterruptedException {
        for (int i = 0; i < PATIENCE_SECONDS * 100; i++) {
            if (List.copyOf(output).stream().anyMatch(line -> line.contains(part))) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        throw new AssertionError("No line with '%s': %s".formatted(part, output));
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("%s", output)
                .isTrue();
        return process.exitValue();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @ParameterizedTest
    @CsvSource({"INT,Ctrl-C", "TERM,SIGTERM"})
    void theFirstSignalKeepsTheBestPlan(String signal, String name) throws Exception {
        start();
        awaitLine("planning: best");

        signal(signal);

        assertThat(exitCode()).as("%s", output).isZero();
        awaitLine("Plan: ");
        assertThat(output).anyMatch(line -> line.startsWith("stopped by %s: best plan so far, gap ".formatted(name)));
        assertThat(PlanFile.read(planFile()).certificate().ended()).isEqualTo(Ended.INTERRUPT);
        assertThat(SampleFolder.assertOk("plan", "check", "-d", folder.toString())
                        .out())
                .contains("keeps every rule");
    }

    @Test
    void theSecondSignalEndsAtOnce() throws Exception {
        start("--n-plus-one", "--max-stages", "4");
        awaitLine("  5 s");

        signal("INT");
        signal("INT");

        assertThat(exitCode()).as("%s", output).isEqualTo(Main.INTERRUPTED);
        assertThat(planFile()).doesNotExist();
    }

    @Test
    void beforeThereIsAPlanNothingIsWritten() throws Exception {
        start("--n-plus-one", "--max-stages", "4");
        awaitLine("  5 s");

        signal("INT");

        assertThat(exitCode()).as("%s", output).isEqualTo(Main.INTERRUPTED);
        awaitLine("ppipe: stopped by Ctrl-C before there was a plan");
        assertThat(planFile()).doesNotExist();
    }
}
