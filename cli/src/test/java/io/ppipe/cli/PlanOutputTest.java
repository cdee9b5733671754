package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ppipe plan}, {@code plan explain} and {@code plan diff} take and say. */
class PlanOutputTest {
    @TempDir
    private Path folder = Path.of(".");

    private TwoModels two = new TwoModels(folder);

    @BeforeEach
    void aProfiledWorkload() throws IOException {
        two = new TwoModels(folder);
        two.make();
    }

    @Test
    void aPlanShowsWhereTheTimeGoesAndWhatMoreWouldBring() throws IOException {
        String out = two.ok("plan", "--json", two.path("report.json"));

        assertThat(out)
                .contains("margin 40.0 %", "load", "100.0 %", "× demand", "one more GPU of", "1 ms more SLO for")
                .contains("Plan: " + two.path("plan.json"), "Report: " + two.path("report.json"));
        assertThat(out.lines().filter(line -> line.contains("|")))
                .isNotEmpty()
                .allSatisfy(bar -> assertThat(bar).matches(" +\\d+ \\|[0-9>+~.]{60}\\|"));
        assertThat(Files.readString(folder.resolve("report.json")))
                .contains("\"kind\": \"plan\"", "\"seconds\":", "\"templates\":", "\"ended_by\": \"gap\"");
    }

    @Test
    void marginsMayDifferByModel() throws IOException {
        two.ok("plan", "--margin", "0.3", "--margin", "second=0.5", "--batch-building-factor", "first=0");

        assertThat(Files.readString(folder.resolve("plan.json")))
                .contains("\"margin\": 0.3", "\"margin\": 0.5", "\"batch_building_factor\": 0,")
                .contains("\"batch_building_factor\": 1.3");
    }

    @Test
    void aMarginOfAModelThatIsNotThereNamesTheNearest() {
        two.assertOneLine(
                two.run("plan", "--margin", "secnd=0.3"), "--margin secnd=0.3", "workload.yaml", "Maybe 'second'");
        two.assertOneLine(two.run("plan", "--margin", "second=30"), "--margin second", "Margin (30.0)", "percent");
        assertThat(two.run("plan", "--margin", "second=much").code()).isEqualTo(2);
        assertThat(two.run("plan", "--margin", "=0.3").code()).isEqualTo(2);
    }

    @Test
    void costIsPlannedWithDemandAndPrices() throws IOException {
        assertThat(two.ok("plan", "--goal", "cost")).contains("least price", "per hour", "cheaper than");
        assertThat(Files.readString(folder.resolve("plan.json"))).contains("\"goal\": \"cost\"");
        assertThat(two.run("plan", "--goal", "cheap").code()).isEqualTo(2);
        assertThat(two.run("plan", "--goal", "cheap").err()).contains("[throughput, cost]");

        two.write("workload.yaml", TwoModels.WORKLOAD.replace("20, demand_rps: 150", "20, weight: 2"));
        two.assertOneLine(
                two.run("plan", "--goal", "cost"), two.path("workload.yaml"), "model second", "demand_rps: 30");
        two.write("workload.yaml", TwoModels.WORKLOAD);
        two.write("cluster.yaml", TwoModels.CLUSTER.replace("price_per_hour: 0.5, ", ""));
        two.assertOneLine(
                two.run("plan", "--goal", "cost"), two.path("cluster.yaml"), "class slow", "price_per_hour: 0.5");
    }

    @Test
    void nPlusOneSaysWhatIsPromisedAndWhatIsDelivered() {
        assertThat(two.ok("plan", "--n-plus-one"))
                .contains("N+1", "Promised whichever server is lost", "Delivered while");
    }

    @Test
    void aWarmStartIsNoWorse() {
        two.ok("plan");

        assertThat(two.ok("plan", "--warm-start", two.path("plan.json"), "-o", two.path("again.json")))
                .contains("Objective: ");
        two.assertOneLine(two.run("plan", "--warm-start", two.path("none.json")), "none.json");
    }

    @Test
    void explainsWhatIsFeasibleAndWhatMoreWouldBring() {
        String out = two.ok("plan", "explain");

        assertThat(out)
                .contains("first: feasible", "a margin of 40.0 % leaves 7.20 ms", "Fastest pipeline: 4.00 ms")
                .contains("Feasible pipelines: ", "no: 4.40 ms too slow")
                .contains("dual", "LP re-solved", "planned again");
        assertThat(folder.resolve("plan.json")).doesNotExist();
    }

    @Test
    void explainsWhyThereIsNoPlan() throws IOException {
        two.write("workload.yaml", TwoModels.WORKLOAD.replace("slo_ms: 12", "slo_ms: 5"));

        assertThat(two.ok("plan", "explain"))
                .contains("first: no feasible pipeline, because of the margin")
                .contains(
                        "up to a margin of 20.0 %",
                        "from slo_ms: 6.667 on", "second: feasible", "No plan: Model first");
        two.assertOneLine(two.run("plan"), "Model first", "margin of 0.200", "`ppipe plan explain`");
    }

    @Test
    void diffSaysWhatChanged() throws IOException {
        two.ok("plan", "-o", two.path("a.json"));
        two.ok("plan", "--max-stages", "1", "--margin", "0.2", "-o", two.path("b.json"));

        assertThat(SampleFolder.assertOk("plan", "diff", two.path("a.json"), two.path("a.json"))
                        .out())
                .contains("identical");
        String out = SampleFolder.assertOk(
                        "plan", "diff", two.path("a.json"), two.path("b.json"), "--json", two.path("diff.json"))
                .out();
        assertThat(out).contains("objective", "bound", "GPUs of slow", "first, requests/s", "SLO, margin", "rules");
        assertThat(Files.readString(folder.resolve("diff.json"))).contains("\"kind\": \"plan_diff\"", "\"change\":");
        two.assertOneLine(MainTest.run("plan", "diff", two.path("a.json"), two.path("none.json")), "none.json");
        assertThat(MainTest.run("plan", "diff", two.path("a.json")).code()).isEqualTo(2);
    }
}
