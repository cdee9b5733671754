package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ppipe plan}, {@code plan explain} and {@code plan diff} take and say. */
class PlanOutputTest {
    private static final String CLUSTER = """
        format: cluster
        version: 1
        name: here
        classes:
          - {name: fast, count: 2, memory_gib: 4, nic_gbps: 10, price_per_hour: 2, executor: {type: cpu}}
          - {name: slow, count: 4, memory_gib: 4, nic_gbps: 10, price_per_hour: 0.5, executor: {type: cpu}}
        """;

    private static final String WORKLOAD = """
        format: workload
        version: 1
        models:
          - {name: first, slo_ms: 12, demand_rps: 150}
          - {name: second, slo_ms: 20, demand_rps: 150}
        """;

    @TempDir
    private Path folder = Path.of(".");

    @BeforeEach
    void aProfiledWorkload() throws IOException {
        write("cluster.yaml", CLUSTER);
        write("workload.yaml", WORKLOAD);
        for (String model : List.of("first", "second")) {
            write(
                    "csv/block-latency-us/%s/fast-1.csv".formatted(model),
                    "block,batch1,batch2\n0,2000,3600\n1,2000,3600\n");
            write(
                    "csv/block-latency-us/%s/slow-1.csv".formatted(model),
                    "block,batch1,batch2\n0,2600,5000\n1,9000,17000\n");
            write("csv/cut-bytes/%s.csv".formatted(model), "cut_after_block,bytes_per_request\n0,100000\n");
        }
        SampleFolder.assertOk("profile", "import", path("csv"), "-o", path("profile.json"));
    }

    private void write(String file, String text) throws IOException {
        Path target = folder.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    private String path(String file) {
        return folder.resolve(file).toString();
    }

    private MainTest.Ended run(String... arguments) {
        var all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("-d", folder.toString()));
        return MainTest.run(all.toArray(String[]::new));
    }

    private String ok(String... arguments) {
        MainTest.Ended ended = run(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        return ended.out();
    }

    private void assertOneLine(MainTest.Ended ended, String... parts) {
        assertThat(ended.code()).as(ended.out()).isEqualTo(1);
        assertThat(ended.err().strip().lines().toList()).hasSize(1);
        assertThat(ended.err()).startsWith("ppipe: ").contains(parts);
    }

    @Test
    void aPlanShowsWhereTheTimeGoesAndWhatMoreWouldBring() throws IOException {
        String out = ok("plan", "--json", path("report.json"));

        assertThat(out)
                .contains("margin 40.0 %", "load", "100.0 %", "× demand", "one more GPU of", "1 ms more SLO for")
                .contains("Plan: " + path("plan.json"), "Report: " + path("report.json"));
        assertThat(out.lines().filter(line -> line.contains("|")))
                .isNotEmpty()
                .allSatisfy(bar -> assertThat(bar).matches(" +\\d+ \\|[0-9>+~.]{60}\\|"));
        assertThat(Files.readString(folder.resolve("report.json")))
                .contains("\"kind\": \"plan\"", "\"seconds\":", "\"templates\":", "\"ended_by\": \"gap\"");
    }

    @Test
    void marginsMayDifferByModel() throws IOException {
        ok("plan", "--margin", "0.3", "--margin", "second=0.5", "--batch-building-factor", "first=0");

        assertThat(Files.readString(folder.resolve("plan.json")))
                .contains("\"margin\": 0.3", "\"margin\": 0.5", "\"batch_building_factor\": 0,")
                .contains("\"batch_building_factor\": 1.3");
    }

    @Test
    void aMarginOfAModelThatIsNotThereNamesTheNearest() {
        assertOneLine(run("plan", "--margin", "secnd=0.3"), "--margin secnd=0.3", "workload.yaml", "Maybe 'second'");
        assertOneLine(run("plan", "--margin", "second=30"), "--margin second", "Margin (30.0)", "percent");
        assertThat(run("plan", "--margin", "second=much").code()).isEqualTo(2);
        assertThat(run("plan", "--margin", "=0.3").code()).isEqualTo(2);
    }

    @Test
    void costIsPlannedWithDemandAndPrices() throws IOException {
        assertThat(ok("plan", "--goal", "cost")).contains("least price", "per hour", "cheaper than");
        assertThat(Files.readString(folder.resolve("plan.json"))).contains("\"goal\": \"cost\"");
        assertThat(run("plan", "--goal", "cheap").code()).isEqualTo(2);
        assertThat(run("plan", "--goal", "cheap").err()).contains("[throughput, cost]");

        write("workload.yaml", WORKLOAD.replace("20, demand_rps: 150", "20, weight: 2"));
        assertOneLine(run("plan", "--goal", "cost"), path("workload.yaml"), "model second", "demand_rps: 30");
        write("workload.yaml", WORKLOAD);
        write("cluster.yaml", CLUSTER.replace("price_per_hour: 0.5, ", ""));
        assertOneLine(run("plan", "--goal", "cost"), path("cluster.yaml"), "class slow", "price_per_hour: 0.5");
    }

    @Test
    void nPlusOneSaysWhatIsPromisedAndWhatIsDelivered() {
        assertThat(ok("plan", "--n-plus-one")).contains("N+1", "Promised whichever server is lost", "Delivered while");
    }

    @Test
    void aWarmStartIsNoWorse() {
        ok("plan");

        assertThat(ok("plan", "--warm-start", path("plan.json"), "-o", path("again.json")))
                .contains("Objective: ");
        assertOneLine(run("plan", "--warm-start", path("none.json")), "none.json");
    }

    @Test
    void explainsWhatIsFeasibleAndWhatMoreWouldBring() {
        String out = ok("plan", "explain");

        assertThat(out)
                .contains("first: feasible", "a margin of 40.0 % leaves 7.20 ms", "Fastest pipeline: 4.00 ms")
                .contains("Feasible pipelines: ", "no: 4.40 ms too slow")
                .contains("dual", "LP re-solved", "planned again");
        assertThat(folder.resolve("plan.json")).doesNotExist();
    }

    @Test
    void explainsWhyThereIsNoPlan() throws IOException {
        write("workload.yaml", WORKLOAD.replace("slo_ms: 12", "slo_ms: 5"));

        assertThat(ok("plan", "explain"))
                .contains("first: no feasible pipeline, because of the margin")
                .contains(
                        "up to a margin of 20.0 %",
                        "from slo_ms: 6.667 on", "second: feasible", "No plan: Model first");
        assertOneLine(run("plan"), "Model first", "margin of 0.200", "`ppipe plan explain`");
    }

    @Test
    void diffSaysWhatChanged() throws IOException {
        ok("plan", "-o", path("a.json"));
        ok("plan", "--max-stages", "1", "--margin", "0.2", "-o", path("b.json"));

        assertThat(SampleFolder.assertOk("plan", "diff", path("a.json"), path("a.json"))
                        .out())
                .contains("identical");
        String out = SampleFolder.assertOk("plan", "diff", path("a.json"), path("b.json"), "--json", path("diff.json"))
                .out();
        assertThat(out).contains("objective", "bound", "GPUs of slow", "first, requests/s", "SLO, margin", "rules");
        assertThat(Files.readString(folder.resolve("diff.json"))).contains("\"kind\": \"plan_diff\"", "\"change\":");
        assertOneLine(MainTest.run("plan", "diff", path("a.json"), path("none.json")), "none.json");
        assertThat(MainTest.run("plan", "diff", path("a.json")).code()).isEqualTo(2);
    }
}
