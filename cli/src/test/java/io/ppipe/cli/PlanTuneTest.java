package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.PlanFile;
import io.ppipe.model.Plan;
import io.ppipe.model.Tuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ppipe plan --tune}: a plan chosen by what it attains when it is simulated. */
class PlanTuneTest {
    @TempDir
    private Path folder = Path.of(".");

    private TwoModels two = new TwoModels(folder);

    @BeforeEach
    void aProfiledWorkload() throws IOException {
        two = new TwoModels(folder);
        two.make();
    }

    @Test
    void aTunedPlanSaysWhatItAttainsAndIsTakenByOtherCommands() throws IOException {
        String out = two.ok("plan", "--tune-quick", "--seed", "7", "--json", two.path("report.json"));

        Plan plan = PlanFile.read(folder.resolve("plan.json"));
        Tuning tuning = plan.tuning().orElseThrow();
        assertThat(tuning.seed()).isEqualTo(7);
        assertThat(tuning.policy()).isEqualTo("deferred");
        assertThat(tuning.attained()).isPositive();
        assertThat(tuning.attempts()).hasSizeGreaterThan(5);
        assertThat(out)
                .contains(
                        "policy deferred, arrivals poisson, seed 7",
                        tuning.attempts().size() + " candidates")
                .contains(
                        "Attained at the SLO targets: ", "chosen for", "epeatable: ", "Plan: " + two.path("plan.json"));
        assertThat(Files.readString(folder.resolve("report.json")))
                .contains("\"tuning\": {\"policy\": \"deferred\"", "\"repeatable\":", "\"kind\": \"plan\"");
        assertThat(two.ok("plan", "check")).contains("keeps every rule");
        assertThat(two.ok("plan", "explain")).contains("first: feasible");
        assertThat(SampleFolder.assertOk("plan", "diff", two.path("plan.json"), two.path("plan.json"))
                        .out())
                .contains("identical");
        assertThat(two.ok("simulate")).contains("first");
    }

    @ParameterizedTest
    @CsvSource({
        "--goal cost, --goal throughput",
        "--algorithm dart-r, ppipe and np",
        "--n-plus-one, --n-plus-one",
        "--margin 0.3, looks for the margins itself",
        "--margin first=0.3, looks for the margins itself",
        "--batch-building-factor first=0.3, one for all models",
        "--gap 0.01, leave --gap out",
        "--time-limit 3, leave --time-limit out",
        "--warm-start plan.json, leave --warm-start out",
        "--tune-quick, exclude each other",
        "--arrivals gama, maybe you meant 'gamma'",
        "--arrivals recorded:none.jsonl, none.jsonl"
    })
    void whatCanNotBeTunedIsSaidInOneLine(String options, String message) {
        two.assertOneLine(two.run(("plan --tune " + options).split(" ")), message);
    }

    @Test
    void conditionsWithoutTuningAreRefused() {
        two.assertOneLine(two.run("plan", "--seed", "3"), "--seed", "--tune");
        two.assertOneLine(two.run("plan", "--arrivals", "poisson"), "--arrivals", "--tune");
        assertThat(two.run("plan", "--tune", "--policy", "defered").code()).isEqualTo(2);
        assertThat(two.run("plan", "--tune", "--policy", "defered").err()).contains("maybe 'deferred'");
    }
}
