package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @TempDir
    private Path folder = Path.of(".");

    /** What a command printed and how it ended. */
    record Ended(int code, String out, String err) {}

    static Ended run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        int code = commandLine.execute(arguments);
        return new Ended(code, out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "devices",
                "model",
                "profile",
                "plan",
                "simulate",
                "evaluate",
                "serve",
                "replay",
                "load",
                "bench"
            })
    void everyCommandExplainsItself(String command) {
        Ended ended = run(command, "--help");

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("Usage: ppipe " + command);
        assertThat(run("--help").out()).contains("  " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "explain", "diff"})
    void everyCommandOfPlanExplainsItself(String command) {
        assertThat(run("plan", command, "--help").out()).contains("Usage: ppipe plan " + command);
        assertThat(run("plan", "--help").out()).contains("  " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"import", "verify"})
    void everyCommandOfProfileExplainsItself(String command) {
        assertThat(run("profile", command, "--help").out()).contains("Usage: ppipe profile " + command);
        assertThat(run("profile", "--help").out()).contains("  " + command);
    }

    @Test
    void saysItsVersion() {
        assertThat(run("--version").out()).matches("(?s)ppipe \\d+\\.\\d+\\.\\d+.*Java 25.*");
    }

    @Test
    void wrongUsageEndsWithTwoAndAHint() {
        Ended ended = run("plan", "--margn", "0.3");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("--margn", "--margin", "Try 'ppipe plan --help'");
        assertThat(run("serv").err()).contains("serve");
        assertThat(run("plan", "--margin", "much").code()).isEqualTo(2);
    }

    @Test
    void completionIsAScript() {
        Ended ended = run("generate-completion");

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("complete", "simulate", "explain", "diff", "throughput");
    }

    @Test
    void aBenchmarkWithoutItsModuleSaysHowToGetIt() {
        assertOneLine(run("bench", "plan", "--help"), "bench", "mvn");
        assertThat(run("bench", "--help").out()).contains("plan", "scale", "prepartition");
    }

    private void assertOneLine(Ended ended, String... parts) {
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err().strip().lines().toList()).hasSize(1);
        assertThat(ended.err()).startsWith("ppipe: ").contains(parts);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private Ended inFolder(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.add("-d");
        all.add(folder.toString());
        return run(all.toArray(String[]::new));
    }

    private static final String CLUSTER = """
        format: cluster
        version: 1
        name: here
        classes:
          - name: cpu
            count: %s
            memory_gib: 4
            nic_gbps: 10
            executor: {type: cpu, threads: 1}
        """;

    private static final String WORKLOAD = """
        format: workload
        version: 1
        models:
          - name: m
            onnx: m.onnx
            slo_ms: 50
        """;

    @Test
    void aMissingFileIsNamed() {
        assertOneLine(inFolder("plan"), "workload.yaml", "no such file");
    }

    @Test
    void aWrongTypeIsNamedWithItsLine() throws IOException {
        write("cluster.yaml", CLUSTER.formatted("two"));
        write("workload.yaml", WORKLOAD);

        assertOneLine(inFolder("profile"), "cluster.yaml:6", "count", "two");
    }

    @Test
    void zeroGpusAreRefused() throws IOException {
        write("cluster.yaml", CLUSTER.formatted("0"));
        write("workload.yaml", WORKLOAD);

        assertOneLine(inFolder("profile"), "cluster.yaml:", "count (0) must be at least 1");
    }

    @Test
    void aTruncatedModelIsRefused() throws IOException {
        write("cluster.yaml", CLUSTER.formatted("1"));
        write("workload.yaml", WORKLOAD);
        Files.write(folder.resolve("m.onnx"), new byte[] {8, 7, 18, 100, 1});

        assertOneLine(inFolder("profile"), "m.onnx");
    }

    @Test
    void planningWithoutAProfileSaysWhatToRun() throws IOException {
        write("cluster.yaml", CLUSTER.formatted("1"));
        write("workload.yaml", WORKLOAD);

        assertOneLine(inFolder("plan"), "profile.json", "ppipe profile");
    }

    @Test
    void marginsInPercentAreRefused() throws IOException {
        assertOneLine(inFolder("plan", "--margin", "40"), "Margin (40.0)", "percent");
    }
}
