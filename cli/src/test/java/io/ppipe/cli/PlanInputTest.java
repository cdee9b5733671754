package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with the files that a plan is made from, or served from, is said in one line. */
class PlanInputTest {
    private static final String CLUSTER = """
        format: cluster
        version: 1
        name: here
        classes:
          - {name: fast, count: 1, memory_gib: 4, shares: [1], nic_gbps: 10, executor: {type: cpu}}
          - {name: slow, count: 2, memory_gib: 4, shares: [1], nic_gbps: 10, executor: {type: cpu}}
        """;

    private static final String WORKLOAD = """
        format: workload
        version: 1
        models:
          - name: m
            slo_ms: 50
            demand_rps: 30
        """;

    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void aProfiledWorkload() throws IOException {
        write("cluster.yaml", CLUSTER);
        write("workload.yaml", WORKLOAD);
        write("csv/block-latency-us/m/fast-1.csv", "block,batch1,batch2\n0,1500,2700\n1,2500,4300\n");
        write("csv/block-latency-us/m/slow-1.csv", "block,batch1,batch2\n0,2000,3900\n1,9000,17000\n");
        write("csv/cut-bytes/m.csv", "cut_after_block,bytes_per_request\n0,4096\n");
        importCsv();
    }

    private MainTest.Ended importCsv() {
        return SampleFolder.assertOk("profile", "import", path("csv"), "-o", path("profile.json"));
    }

    private void write(String file, String text) throws IOException {
        Path target = folder.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    private String path(String file) {
        return folder.resolve(file).toString();
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(from);
        write(file, text.replace(from, to));
    }

    private MainTest.Ended run(String command) {
        return MainTest.run(command, "-d", folder.toString());
    }

    private static void assertOneLine(MainTest.Ended ended, String... parts) {
        assertThat(ended.code()).as(ended.out()).isEqualTo(1);
        assertThat(ended.err().strip().lines().toList()).hasSize(1);
        assertThat(ended.err()).startsWith("ppipe: ").contains(parts);
    }

    @Test
    void importedLatenciesArePlannedAndSimulated() {
        assertThat(importCsv().out())
                .contains("m: 2 blocks; latencies on fast, slow", "Profile: " + path("profile.json"));
        assertThat(run("plan").code()).isZero();
        assertThat(SampleFolder.assertOk("plan", "check", "-d", folder.toString())
                        .out())
                .contains("keeps every rule");
        assertThat(run("simulate").code()).isZero();
    }

    @Test
    void onlyTheModelsAndClassesAskedForAreImported() throws IOException {
        write("csv/block-latency-us/unwanted/fast-1.csv", "block,batch1\n0,5\n");
        SampleFolder.assertOk(
                "profile",
                "import",
                path("csv"),
                "--model",
                "m",
                "--class",
                "fast",
                "slow",
                "-o",
                path("profile.json"));
        assertThat(Files.readString(folder.resolve("profile.json"))).doesNotContain("unwanted");

        assertOneLine(
                MainTest.run("profile", "import", path("csv"), "--model", "mm"), "block-latency-us", "'mm'", "'m'");
        assertOneLine(MainTest.run("profile", "import", path("none")), path("none") + ": there is no such folder");
        write("csv/cut-bytes/m.csv", "cut_after_block,bytes_per_request\n0,much\n");
        assertOneLine(MainTest.run("profile", "import", path("csv")), path("csv/cut-bytes/m.csv") + ":2:", "'much'");
    }

    @Test
    void aClassThatTheProfileLacksIsNamed() throws IOException {
        edit("cluster.yaml", "name: slow", "name: slower");

        assertOneLine(run("plan"), path("profile.json"), "model m", "GPU class slower", "profile it again");
    }

    @Test
    void aShareThatTheProfileLacksIsNamed() throws IOException {
        edit(
                "cluster.yaml",
                "name: slow, count: 2, memory_gib: 4, shares: [1]",
                "name: slow, count: 2, memory_gib: 4, shares: [1, 3]");

        assertOneLine(run("plan"), path("profile.json"), "model m", "GPU class slow with 3 share(s)");
    }

    @Test
    void aBatchSizeThatTheProfileLacksIsNamed() throws IOException {
        edit("profile.json", "[1500, 2700]", "[1500]");

        assertOneLine(run("plan"), path("profile.json") + ":", "fast, block 0: 1 latencies for 2 batch sizes");
    }

    @Test
    void aPlanWithABatchSizeThatTheProfileLacksIsRefused() throws IOException {
        assertThat(run("plan").code()).isZero();
        Path plan = folder.resolve("plan.json");
        write("plan.json", Files.readString(plan).replaceAll("\"batch_size\": \\d+", "\"batch_size\": 64"));

        assertOneLine(run("simulate"), path("plan.json"), "no latency of a batch of 64");
    }

    @Test
    void latenciesThatAreNoTimesAreRefused() throws IOException {
        edit("profile.json", "2700", "-2700");
        assertOneLine(run("plan"), path("profile.json") + ":", "(-2700) must be at least 1");

        importCsv();
        edit("profile.json", "2700", "NaN");
        assertOneLine(run("plan"), path("profile.json") + ":", "NaN");

        importCsv();
        edit("profile.json", "2700", "0");
        assertOneLine(run("plan"), path("profile.json") + ":", "(0) must be at least 1");

        importCsv();
        edit("profile.json", "2700", "2700.5");
        assertOneLine(run("plan"), path("profile.json") + ":", "'2700.5'", "whole number");
    }

    @Test
    void latenciesThatAreNotMonotoneArePlanned() throws IOException {
        write("csv/block-latency-us/m/fast-1.csv", "block,batch1,batch2\n0,1500,900\n1,2500,2400\n");
        importCsv();

        assertThat(run("plan").code()).isZero();
        assertThat(run("simulate").code()).isZero();
    }

    @Test
    void anSloThatNothingCanKeepIsNamed() throws IOException {
        edit("workload.yaml", "slo_ms: 50", "slo_ms: 1.5");

        assertOneLine(run("plan"), path("workload.yaml"), "Model m", "1.500 ms", "raise the SLO");
    }

    @Test
    void noDemandIsRefused() throws IOException {
        edit("workload.yaml", "demand_rps: 30", "demand_rps: 0");
        assertOneLine(run("plan"), path("workload.yaml") + ":4:", "Demand (0.0)", "above 0");

        edit("workload.yaml", "demand_rps: 0", "weight: -1");
        assertOneLine(run("plan"), path("workload.yaml") + ":4:", "Weight (-1.0)", "above 0");
    }

    @Test
    void namesThatAreThereTwiceAreRefused() throws IOException {
        write("workload.yaml", WORKLOAD + "  - {name: m, slo_ms: 20}\n");
        assertOneLine(run("plan"), path("workload.yaml") + ":", "Model m is there twice");

        write("workload.yaml", WORKLOAD);
        edit("cluster.yaml", "name: slow", "name: fast");
        assertOneLine(run("plan"), path("cluster.yaml") + ":", "GPU class fast is there twice");
    }

    @Test
    void modelsOrTablesThatAreTwiceInTheProfileAreRefused() throws IOException {
        edit("profile.json", "\"gpu_class\": \"slow\"", "\"gpu_class\": \"fast\"");
        assertOneLine(run("plan"), path("profile.json") + ":", "latency table of fast with 1 shares is there twice");

        write("csv/block-latency-us/n/fast-1.csv", "block,batch1\n0,5\n");
        importCsv();
        edit("profile.json", "\"model\": \"n\"", "\"model\": \"m\"");
        assertOneLine(run("plan"), path("profile.json") + ":", "model m is there twice");
    }

    @Test
    void aPlanForAnotherProfileIsRefused() throws IOException {
        assertThat(run("plan").code()).isZero();
        edit("profile.json", "2700", "2701");

        assertOneLine(run("simulate"), path("plan.json"), "another profile", "Run `ppipe plan` again");
    }

    @Test
    void aPlanOfANewerVersionIsRefused() throws IOException {
        assertThat(run("plan").code()).isZero();
        edit("plan.json", "\"version\": 1", "\"version\": 2");

        assertOneLine(run("simulate"), path("plan.json") + ":3", "version is 2", "this build reads version 1");
    }

    @Test
    void aPlanWhoseGapIsNotThatOfItsBoundIsRefused() throws IOException {
        assertThat(run("plan").code()).isZero();
        String text = Files.readString(folder.resolve("plan.json"));
        write("plan.json", text.replaceFirst("\"gap\": [^,]+,", "\"gap\": 0.5,"));

        assertOneLine(run("simulate"), path("plan.json") + ":", "key 'gap' (0.5)");
    }
}
