package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Certificate;
import io.ppipe.model.Goal;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Stage;
import io.ppipe.model.Tuning;
import io.ppipe.model.Vgpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFileTest {
    @TempDir
    Path folder;

    /** Made anew each time, so that equal plans are not the same plan. */
    private static Plan plan() {
        var pipeline = new Pipeline(
                4, 123.5, List.of(new Stage(0, 3, "slow", 1, 2, 9_000), new Stage(3, 10, "fast", 2, 1, 4_000)));
        return new Plan(
                "ppipe",
                "lab",
                10,
                "f00d",
                new PlanRules(2, Goal.THROUGHPUT, false),
                List.of(new ModelPlan(
                        "resnet", 200_000, 1, new ModelRules(0.4, 1.3, 110.25), 123.5, List.of(pipeline), "")),
                List.of(
                        new Vgpu("slow", 0, 0, 1, 0, 0, 0),
                        new Vgpu("slow", 1, 0, 1, 0, 0, 0),
                        new Vgpu("fast", 0, 1, 2, 0, 0, 1)),
                new Certificate(123.5, 130, List.of("GPUs of class slow"), "SCIP 10", Certificate.Ended.GAP),
                new MarginalValues(List.of(1.5, 0.25), List.of(0.125)));
    }

    @Test
    void readsWhatItWrote() {
        assertThat(PlanFile.read(written())).isEqualTo(plan());
    }

    @Test
    void readsTheTuningThatItWrote() throws IOException {
        var attempt = new Tuning.Attempt("np", List.of(0.4), List.of(1.3), 120, 110.5, List.of(0.92));
        Plan tuned = tuned(new Tuning("deferred", "gamma:cv2=4", -7, 109.25, List.of(attempt)));
        Path file = folder.resolve("tuned.json");

        PlanFile.write(tuned, file);

        assertThat(PlanFile.read(file)).isEqualTo(tuned);
        assertThat(Files.readString(written())).doesNotContain("tuning");
    }

    private static Plan tuned(Tuning tuning) {
        Plan plan = plan();
        return new Plan(
                plan.algorithm(),
                plan.clusterName(),
                plan.timeScale(),
                plan.profileFingerprint(),
                plan.rules(),
                plan.models(),
                plan.vgpus(),
                plan.certificate(),
                plan.marginalValues(),
                Optional.of(tuning));
    }

    @Test
    void writesEqualPlansToTheSameBytes() throws IOException {
        byte[] first = Files.readAllBytes(written());
        assertThat(Files.readAllBytes(written())).isEqualTo(first);
    }

    @Test
    void putsEachStageAndEachVgpuOnALine() throws IOException {
        assertThat(Files.readAllLines(written()))
                .contains(
                        "  \"rules\": {\"max_stages\": 2, \"goal\": \"throughput\", \"n_plus_one\": false},",
                        "    {\"gpu_class\": \"fast\", \"gpu\": 0, \"slot\": 1, \"shares_per_gpu\": 2, \"model\": 0,"
                                + " \"pipeline\": 0, \"stage\": 1}");
    }

    @Test
    void refusesVgpusOfStagesThatAreNotThere() throws IOException {
        assertProblem(
                "\"model\": 0, \"pipeline\": 0, \"stage\": 1",
                "\"model\": 1, \"pipeline\": 0, \"stage\": 1",
                "key 'model' (1) must be below 1: so many are there");
        assertProblem(
                "\"pipeline\": 0, \"stage\": 1",
                "\"pipeline\": 7, \"stage\": 1",
                "key 'pipeline' (7) must be below 1: so many are there");
        assertProblem("\"stage\": 1}", "\"stage\": 2}", "key 'stage' (2) must be below 2: so many are there");
        assertProblem("\"slot\": 1", "\"slot\": 1024", "key 'slot' (1024) must be at most 1023");
        assertProblem("\"slot\": 1", "\"slot\": -1", "key 'slot' (-1) must be at least 0");
    }

    @Test
    void refusesAPlanOfANewerVersion() throws IOException {
        assertProblem(
                "\"version\": 1",
                "\"version\": 2",
                "version is 2, written by a newer ppipe; this build reads version 1 of a plan file");
    }

    @Test
    void refusesWhatThePlanCouldNotMean() throws IOException {
        assertProblem("\"slo_us\": 200000", "\"slo_us\": 0", "key 'slo_us' (0) must be at least 1");
        assertProblem(
                "\"ended_by\": \"gap\"",
                "\"ended_by\": \"luck\"",
                "key 'ended_by' ('luck') must be one of: gap, exhausted, time_limit, interrupt");
        assertProblem(
                "\"goal\": \"throughput\"", "\"goal\": \"fun\"", "key 'goal' ('fun') must be one of: throughput, cost");
        assertProblem(
                "\"n_plus_one\": false",
                "\"n_plus_one\": 0",
                "key 'n_plus_one' must be true or false, found number '0'");
    }

    @Test
    void refusesAGapThatIsNotTheOneOfObjectiveAndBound() throws IOException {
        assertProblem(
                "\"gap\": 0.05",
                "\"gap\": 0.01",
                "key 'gap' (0.01) must be |bound − objective| ÷ bound = 0.05; maybe the file was edited: run `ppipe"
                        + " plan` again");
    }

    @Test
    void refusesRulesThatNoModelCanHave() throws IOException {
        assertModelProblem(
                "\"margin\": 0.4", "\"margin\": 40", "Margin (40.0) must be in [0, 1). Maybe it was given in percent.");
        assertModelProblem(
                "\"rate_estimate_rps\": 110.25", "\"rate_estimate_rps\": 0", "Rate estimate (0.0/s) must be above 0.");
    }

    /** What the rules of a model refuse is a problem of the whole model plan, which begins a line before its name. */
    private void assertModelProblem(String good, String bad, String problem) throws IOException {
        Path file = written();
        String text = Files.readString(file);
        assertThat(text).contains(good);
        Files.writeString(file, text.replace(good, bad));
        long line = text.substring(0, text.indexOf("\"model\"")).lines().count() - 1;
        assertThatThrownBy(() -> PlanFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage("%s:%d: %s", file, line, problem);
    }

    private Path written() {
        Path file = folder.resolve("plan.json");
        PlanFile.write(plan(), file);
        return file;
    }

    private void assertProblem(String good, String bad, String problem) throws IOException {
        Path file = written();
        String text = Files.readString(file);
        assertThat(text).contains(good);
        int line = (int) text.substring(0, text.indexOf(good) + 1).lines().count();
        Files.writeString(file, text.replace(good, bad));
        assertThatThrownBy(() -> PlanFile.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessage("%s:%d: %s", file, line, problem);
    }
}
