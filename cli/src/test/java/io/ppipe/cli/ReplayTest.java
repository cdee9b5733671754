package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ppipe.format.ClusterFile;
import io.ppipe.format.EventLogHeader;
import io.ppipe.format.PlanFile;
import io.ppipe.format.ProfileFile;
import io.ppipe.format.WorkloadFile;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.DeferredPart;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.Scheduler;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSource;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a scheduler was told and decided is replayed, and what was changed in it is found. */
class ReplayTest {
    @TempDir
    private static Path folder = Path.of(".");

    private static TwoModels two = new TwoModels(folder);

    @BeforeAll
    static void aPlannedWorkload() throws IOException {
        two = new TwoModels(folder);
        two.make();
        two.ok("plan", "--margin", "0.1");
    }

    /** Passes calls on to a scheduler, and to a recording. */
    private record Recorded(Scheduler scheduler, Recording recording) implements Scheduler {
        @Override
        public void on(Event event, long nowMicros, Consumer<Decision> decisions) {
            var made = new ArrayList<Decision>();
            scheduler.on(event, nowMicros, made::add);
            recording.called(nowMicros, event, made);
            made.forEach(decisions);
        }

        @Override
        public long nextTickMicros() {
            return scheduler.nextTickMicros();
        }
    }

    private static Path record(PolicyName policy, SchedulerSettings settings) {
        Path log = folder.resolve("run.jsonl");
        Scenario scenario = Scenario.of(
                ClusterFile.read(folder.resolve("cluster.yaml")),
                WorkloadFile.read(folder.resolve("workload.yaml")),
                ProfileFile.read(folder.resolve("profile.json")));
        Plan plan = PlanFile.read(folder.resolve("plan.json"));
        var sources = scenario.models().stream()
                .map(model -> new ArrivalSource(450, model.slo()))
                .toList();
        var header = EventLogHeader.of(scenario, plan, policy.text(), RecordedSettings.of(settings), true);
        try (var recording = Recording.start(log, header)) {
            var scheduler = new Recorded(policy.scheduler(scenario, plan, settings), recording);
            new Simulator(scenario, plan, scheduler, new ArrivalSpec.Poisson().arrivals(sources, 2, 1), 2).run();
        }
        return log;
    }

    @ParameterizedTest
    @EnumSource(PolicyName.class)
    void aRecordedRunReplaysIdentically(PolicyName policy) {
        var settings = new SchedulerSettings(0.05, 100, 300, List.of(DeferredPart.PACING));
        Path log = record(policy, settings);

        assertThat(two.ok("replay", log.toString()))
                .contains(log + ": ", "events give the recorded", "decisions (policy " + policy.text() + ")");
        assertThat(two.ok("simulate", "--seconds", "1", "--arrivals", "recorded:" + log))
                .contains("recorded:" + log);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"guard\": 0 | \"guard\": 0.4 | ",
                "\"pipeline\": 0 | \"pipeline\": 1 | \"pipeline\": 1",
                "\"event\": \"arrived\", \"request\": 7 | \"event\": \"arrived\", \"request\": 1000007 | 1000007",
                "\"event\": \"stage_finished\", \"batch\": 9 | \"event\": \"stage_finished\", \"batch\": 999999 | "
            })
    void aTamperedLogIsFound(String from, String to, String shown) throws IOException {
        Path log = record(PolicyName.DEFERRED, SchedulerSettings.DEFAULT);
        String text = Files.readString(log);
        assertThat(text).contains(from);
        Files.writeString(log, text.replaceFirst(Pattern.quote(from), to));

        MainTest.Ended ended = two.run("replay", log.toString());

        assertThat(ended.code()).as(ended.out()).isEqualTo(1);
        assertThat(ended.out()).containsPattern("run\\.jsonl:\\d+: at \\d+ us").contains(shown == null ? "" : shown);
        assertThat(ended.out()).contains("events before it gave the recorded decisions");
    }

    @Test
    void aDecisionThatWasRemovedIsFoundInItsLine() throws IOException {
        Path log = record(PolicyName.RESERVATION, SchedulerSettings.DEFAULT);
        var lines = new ArrayList<>(Files.readAllLines(log));
        int at = 0;
        while (!lines.get(at).contains("\"decisions\": [")) {
            at++;
        }
        lines.set(at, lines.get(at).replaceFirst(", \"decisions\": .*", "}"));
        Files.write(log, lines);

        MainTest.Ended ended = two.run("replay", log.toString());

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).contains("run.jsonl:%d: ".formatted(at + 1), "decision 1 was none, and is {");
    }

    @Test
    void whatDoesNotBelongTogetherIsSaidInOneLine() throws IOException {
        Path log = record(PolicyName.RESERVATION, SchedulerSettings.DEFAULT);
        two.ok("plan", "--max-stages", "1", "-o", two.path("other.json"));

        two.assertOneLine(two.run("replay", log.toString(), two.path("other.json")), "another plan than", "other.json");
        two.assertOneLine(two.run("replay", two.path("none.jsonl")), "none.jsonl");
        assertThat(two.run("replay").code()).isEqualTo(2);
        String text = Files.readString(log);
        Files.writeString(log, text.replace("\"reservation\"", "\"fifo\""));
        two.assertOneLine(two.run("replay", log.toString()), "policy 'fifo'");
        Files.writeString(log, text.replace("\"queue_bound\"", "\"queue_limit\""));
        two.assertOneLine(two.run("replay", log.toString()), "lacks the setting queue_bound");
        Files.writeString(log, text.replaceFirst("\"scenario_fingerprint\": \"..", "\"scenario_fingerprint\": \"zz"));
        two.assertOneLine(two.run("replay", log.toString()), "another cluster, workload or profile");
    }

    @Test
    void aFullDiskEndsTheLogAndNothingElse() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        var header = new EventLogHeader("p", "s", List.of("m"), "reservation", Map.of(), true);

        try (var recording = Recording.start(full, header)) {
            for (int i = 0; i < 100_000; i++) {
                recording.called(i, new Event.Tick(), List.of());
            }
        }
    }

    @Test
    void policiesThatNoServerRunsAreRefused() {
        two.assertOneLine(two.run("serve", "--policy", "reactive"), "batches anew before every stage", "deferred");
        two.assertOneLine(two.run("serve", "--policy", "published"), "to compare with", "deferred");
        two.assertOneLine(two.run("serve", "--record", two.path("none/run.jsonl")), "the folder does not exist");
    }
}
