package io.ppipe.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Certificate;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
                new PlanRules(0.4, 1.3, 2),
                List.of(110.25),
                List.of(new ModelPlan("resnet", 200_000, 1, 123.5, List.of(pipeline), "")),
                List.of(
                        new Vgpu("slow", 0, 0, 1, 0, 0, 0),
                        new Vgpu("slow", 1, 0, 1, 0, 0, 0),
                        new Vgpu("fast", 0, 1, 2, 0, 0, 1)),
                new Certificate(123.5, 130, List.of("GPUs of class slow"), "SCIP 10", false));
    }

    @Test
    void readsWhatItWrote() {
        assertThat(PlanFile.read(written())).isEqualTo(plan());
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
                        "  \"rules\": {\"margin\": 0.4, \"batch_building_factor\": 1.3, \"max_stages\": 2},",
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
        assertProblem("\"slot\": 1", "\"slot\": 2", "key 'slot' (2) must be below 2: so many are there");
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
        assertProblem(
                "\"margin\": 0.4", "\"margin\": 40", "Margin (40.0) must be in [0, 1). Maybe it was given in percent.");
        assertProblem("\"slo_us\": 200000", "\"slo_us\": 0", "key 'slo_us' (0) must be at least 1");
        assertProblem(
                "\"ended_by_time_limit\": false",
                "\"ended_by_time_limit\": 0",
                "key 'ended_by_time_limit' must be true or false, found number '0'");
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
