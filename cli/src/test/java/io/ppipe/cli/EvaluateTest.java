package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.format.Evaluation;
import io.ppipe.format.EvaluationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ppipe evaluate}: the highest load at the SLO targets, cell by cell, and going on where it was stopped. */
class EvaluateTest {
    @TempDir
    private static Path folder = Path.of(".");

    private static TwoModels two = new TwoModels(folder);

    @BeforeAll
    static void twoPlans() throws IOException {
        two = new TwoModels(folder);
        two.make();
        two.ok("plan");
        two.ok("plan", "--max-stages", "1", "--margin", "0", "-o", two.path("whole.json"));
        two.write("calls.csv", "app,func,end_timestamp,duration\na,b,3.5,0.5\na,c,2.25,0.25\na,c,2.5,0.25\n");
    }

    private Path file = Path.of(".");

    @BeforeEach
    void noFileYet(@TempDir Path empty) {
        file = empty.resolve("evaluation.json");
    }

    /** Rough, so that a test takes a second. */
    private String[] command(String... more) {
        var all = new ArrayList<>(List.of("evaluate", two.path("plan.json"), two.path("whole.json")));
        all.addAll(List.of("--requests", "1500", "--tolerance", "0.05", "--seeds", "2", "--json", file.toString()));
        all.addAll(List.of("--policy", "deferred,reservation"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void findsTheHighestLoadOfEveryPlanUnderEveryPolicy() {
        String out = two.ok(command());

        assertThat(out)
                .contains("over 2 seed(s) from 1 on", "8 cells.", "load ÷ planned", "least/weight", "fast", "slow")
                .contains("± ", "World: exact", "Report: " + file);
        assertThat(out.lines().filter(line -> line.contains("poisson"))).hasSize(4);
        Evaluation evaluation = EvaluationFile.read(file);
        assertThat(evaluation.rows()).hasSize(8).allSatisfy(row -> {
            assertThat(row.loadFactorOfPlan()).isBetween(0.2, 1.5);
            assertThat(row.minThroughputOverWeight()).isPositive();
            assertThat(row.points()).hasSizeGreaterThan(1);
            assertThat(row.models()).hasSize(2);
            assertThat(row.models())
                    .allSatisfy(model -> assertThat(model.sloAttainment()).isGreaterThan(0.95));
            assertThat(row.utilisation()).hasSize(2);
        });
    }

    @Test
    void goesOnWhereItWasStopped() throws IOException {
        two.ok(command());
        String whole = Files.readString(file);
        Evaluation evaluation = EvaluationFile.read(file);
        var rows = new ArrayList<>(evaluation.rows());
        Evaluation.Row marked = rows.get(5);
        Evaluation.Row other = rows.removeFirst();
        rows.set(4, withSimulatedSeconds(marked, 123));
        EvaluationFile.write(evaluation.with(rows), file);

        assertThat(two.ok(command())).contains("8 cells, 7 of them from " + file);

        List<Evaluation.Row> again = EvaluationFile.read(file).rows();
        assertThat(again.getFirst()).isEqualTo(other);
        assertThat(again.get(5).simulatedSeconds()).as("not computed again").isEqualTo(123);
        assertThat(two.ok(command("--restart"))).contains("8 cells.");
        assertThat(Files.readString(file)).isEqualTo(whole);
    }

    private static Evaluation.Row withSimulatedSeconds(Evaluation.Row row, double seconds) {
        return new Evaluation.Row(
                row.cell(),
                row.planFingerprint(),
                row.arrivalsFingerprint(),
                row.loadFactorOfPlan(),
                row.minThroughputOverWeight(),
                row.certain(),
                seconds,
                row.points(),
                row.models(),
                row.utilisation());
    }

    @Test
    void threadsChangeNothing() throws IOException {
        two.ok(command("--threads", "1"));
        String one = Files.readString(file);
        two.ok(command("--threads", "3", "--restart"));

        assertThat(Files.readString(file)).isEqualTo(one);
    }

    @Test
    void cellsThatAreAskedForLaterAreAdded() {
        String[] few = {
            "evaluate",
            two.path("plan.json"),
            "--requests",
            "1000",
            "--tolerance",
            "0.1",
            "--seeds",
            "1",
            "--json",
            file.toString(),
            "--arrivals"
        };
        two.ok(with(few, "poisson"));

        assertThat(two.ok(with(few, "poisson,gamma:cv2=4,mmpp:cv2=2,period=1")))
                .contains("3 cells, 1 of them", "mmpp:cv2=2,period=1");
        assertThat(two.ok(with(few, "gamma:cv2=4"))).contains("1 cells, 1 of them");
        assertThat(EvaluationFile.read(file).rows()).hasSize(3);
    }

    private static String[] with(String[] command, String last) {
        var all = new ArrayList<>(List.of(command));
        all.add(last);
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--guard 0.1 | guard was 0 when it was begun, and is 0.1 now",
                "--tolerance 0.2 | tolerance was 0.1 when it was begun, and is 0.2 now",
                "--requests 900 | fewest_requests was 1000",
                "--service-noise 0.1 | service_noise was 0",
                "--lose server:0@1s | changes were [] when it was begun",
                "--without pacing | and are [without pacing] now"
            })
    void anotherCommandIsToldFromTheFile(String options, String difference) {
        var first = List.of("evaluate", "--requests", "1000", "--tolerance", "0.1", "--seeds", "1");
        var all = new ArrayList<>(first);
        all.addAll(List.of("--json", file.toString()));
        two.ok(all.toArray(String[]::new));
        String[] other = options.split(" ");
        if (all.contains(other[0])) {
            all.set(all.indexOf(other[0]) + 1, other[1]);
        } else {
            all.addAll(List.of(other));
        }

        MainTest.Ended ended = two.run(all.toArray(String[]::new));

        two.assertOneLine(ended, file + ": ", difference, "--restart");
    }

    @Test
    void aChangedPlanOrTraceIsFound() throws IOException {
        two.ok("plan", "-o", two.path("other.json"));
        two.write("trace.csv", two.read("calls.csv"));
        String[] evaluate = {
            "evaluate",
            two.path("other.json"),
            "--requests",
            "1000",
            "--tolerance",
            "0.1",
            "--seeds",
            "1",
            "--json",
            file.toString(),
            "--arrivals",
            "azure:" + two.path("trace.csv")
        };
        two.ok(evaluate);

        two.write("trace.csv", two.read("calls.csv") + "a,b,7.5,0.5\n");
        two.assertOneLine(two.run(evaluate), "arrivals_fingerprint differs", "trace.csv", "--restart");
        two.write("trace.csv", two.read("calls.csv"));
        two.ok("plan", "--max-stages", "1", "-o", two.path("other.json"));
        two.assertOneLine(two.run(evaluate), "plan_fingerprint differs", "other.json", "--restart");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--seeds 0 | --seeds (0) must be between 1",
                "--threads 0 | --threads (0)",
                "--requests 3 | --requests (3)",
                "--tolerance 1 | Tolerance (1.0) must be in (0, 1)",
                "--restart | --json names none",
                "--arrivals poisson,gama:cv2=3 | gama",
                "--arrivals recorded:none.jsonl | none.jsonl",
                "none.json | none.json",
                "--json . | directory"
            })
    void whatIsWrongIsSaidInOneLine(String options, String message) {
        two.assertOneLine(two.run(("evaluate " + options).split(" ")), message);
    }
}
