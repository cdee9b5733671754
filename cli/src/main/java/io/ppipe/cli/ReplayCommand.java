package io.ppipe.cli;

import io.ppipe.format.EventLogFile;
import io.ppipe.format.EventLogHeader;
import io.ppipe.format.Fingerprint;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.PolicyName;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe replay}: whether a recorded run's scheduler would decide the same again. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        header = "Replay what `ppipe serve --record` wrote: the same events must give the same decisions.",
        description = {
            "Feeds the events to a fresh scheduler with the recorded policy and settings, and says the first line of"
                    + " the log where it decides otherwise. Ends with 0 when there is none, else with 1."
        })
final class ReplayCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "LOG", description = "The event log.")
    private @Nullable Path log;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PLAN",
            description = "The plan that was served; DIR/plan.json by default.")
    private @Nullable Path plan;

    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Spec
    private @Nullable CommandSpec spec;

    private @Nullable Replay replay;

    @Override
    public Integer call() {
        Path file = Objects.requireNonNull(log);
        Scenario scenario = files.scenario(files.workload());
        Plan checked = files.plan(plan, scenario);
        EventLogHeader header = EventLogFile.read(file, found -> {
            var begun = begin(found, scenario, checked);
            replay = begun;
            return begun::repeat;
        });
        return print(file, header, Objects.requireNonNull(replay));
    }

    private Replay begin(EventLogHeader header, Scenario scenario, Plan checked) {
        requireSame(header.scenarioFingerprint(), Fingerprint.of(scenario), "another cluster, workload or profile");
        requireSame(header.planFingerprint(), Fingerprint.of(checked), "another plan than " + files.planPath(plan));
        PolicyName policy = PolicyName.of(header.policy())
                .orElseThrow(() -> new BadInputException(
                        "%s: policy '%s' is not one of %s. Maybe it was recorded by another version."
                                .formatted(log, header.policy(), new Words.Policies())));
        var settings = RecordedSettings.read(String.valueOf(log), header.settings());
        return new Replay(policy.scheduler(scenario, checked, settings), header.decisionsRecorded());
    }

    private void requireSame(String recorded, String now, String what) {
        if (!recorded.equals(now)) {
            throw new BadInputException(
                    "%s was recorded with %s; only with the same can it be replayed.".formatted(log, what));
        }
    }

    private int print(Path file, EventLogHeader header, Replay done) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (done.difference().isPresent()) {
            Replay.Difference difference = done.difference().get();
            out.printf("%s:%d: %s%n", file, difference.line(), difference.text());
            out.printf("The %d events before it gave the recorded decisions.%n", done.events() - 1);
            return Main.FAILED;
        }
        out.printf(
                "%s: %d events give %s %d decisions (policy %s).%n",
                file,
                done.events(),
                header.decisionsRecorded() ? "the recorded" : "(none are recorded to compare with)",
                done.decisions(),
                header.policy());
        return Main.OK;
    }
}
