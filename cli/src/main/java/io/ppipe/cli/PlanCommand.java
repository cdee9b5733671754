package io.ppipe.cli;

import io.ppipe.evaluate.Tuned;
import io.ppipe.evaluate.TunerSettings;
import io.ppipe.format.PlanFile;
import io.ppipe.format.ReportFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Certificate;
import io.ppipe.model.Cluster;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;
import io.ppipe.plan.StopSignal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code ppipe plan}: where to cut, and which pools. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        header = "Plan: where to cut every model, and which pool of vGPUs runs each stage.",
        description = {
            "Maximises the throughput ÷ weight of the worst-served model under the SLOs, by a MILP with a proven"
                    + " bound; or, with --goal cost, serves the demand at the least price.",
            "Whole-model pipelines are among the candidates. Every plan is rechecked before it is written.",
            "Ctrl-C and SIGTERM stop the search: the best plan so far is written. A second Ctrl-C ends at once."
        },
        subcommands = {PlanCommand.Check.class, PlanExplainCommand.class, PlanDiffCommand.class})
final class PlanCommand implements Callable<Integer> {
    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; DIR/plan.json by default.")
    private @Nullable Path output;

    @Mixin
    private final PlanOptions options = new PlanOptions();

    @Option(
            names = "--warm-start",
            paramLabel = "PLAN",
            description =
                    "Begin with what of this earlier plan is still feasible: it may be of another profile, cluster"
                            + " or workload.")
    private @Nullable Path warmStart;

    @Mixin
    private final TuneOptions tuning = new TuneOptions();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write a report here: what the plan says, and what it took.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        checkOptions();
        Workload workload = files.workload();
        Cluster cluster = files.cluster();
        PlanSettings settings = options.settings(files, cluster, workload);
        Scenario scenario = files.scenario(cluster, workload);
        if (tuning.wanted()) {
            List<String> models =
                    workload.models().stream().map(ModelDemand::name).toList();
            return tune(scenario, tuning.settings(settings, models));
        }
        settings = settings.withMarginalValues();
        if (warmStart != null) {
            settings = settings.startingFrom(PlanFile.read(warmStart));
        }
        var stop = new StopSignal();
        try (var interrupts = new Interrupts(stop)) {
            PlanOutcome outcome;
            try (var progress = new ConsoleProgress()) {
                outcome = MilpPlanner.plan(scenario, settings, progress, stop);
            }
            if (outcome instanceof PlanOutcome.OutOfTime && stop.requested()) {
                return nothingBefore(interrupts.signal());
            }
            PlanOutcome.Planned planned = Planning.planned(files.workloadPath().toString(), outcome);
            Plan plan = planned.plan();
            Path target = write(scenario, plan);
            sayIfInterrupted(plan, interrupts.signal());
            report(target, PlanReport.of(scenario, plan, PlanReport.effort(planned.effort())));
            return Main.OK;
        }
    }

    private void checkOptions() {
        options.check();
        tuning.check();
        if (tuning.wanted()) {
            ParseResult parsed = Objects.requireNonNull(spec).commandLine().getParseResult();
            options.checkTunable(parsed::hasMatchedOption);
        }
    }

    private Integer tune(Scenario scenario, TunerSettings settings) {
        var stop = new StopSignal();
        try (var interrupts = new Interrupts(stop)) {
            TunedPlanning done;
            try (var progress = new ConsoleProgress()) {
                done = TunedPlanning.of(scenario, settings, progress, stop);
            }
            return switch (done.tuned()) {
                case Tuned.Nothing _ when stop.requested() -> nothingBefore(interrupts.signal());
                case Tuned.Nothing(String reason) ->
                    throw new BadInputException(
                            "%s: %s `ppipe plan explain` says more.".formatted(files.workloadPath(), reason));
                case Tuned.Chosen(Plan plan, Optional<Plan> withoutPartitioning, boolean complete) -> {
                    boolean repeatable = complete && !stop.requested();
                    Path target = write(scenario, plan);
                    out().print(TuningText.of(scenario, plan, withoutPartitioning, repeatable));
                    if (stop.requested()) {
                        out().printf("stopped by %s: the best of the candidates until then%n", interrupts.signal());
                    }
                    report(target, PlanReport.of(scenario, plan, PlanReport.effort(done.seconds(), repeatable)));
                    yield Main.OK;
                }
            };
        }
    }

    private Integer nothingBefore(String signal) {
        err().printf("ppipe: stopped by %s before there was a plan; nothing was written%n", signal);
        return Main.INTERRUPTED;
    }

    private Path write(Scenario scenario, Plan plan) {
        Path target = output != null ? output : files.planPath(null);
        PlanFile.write(plan, target);
        PlanText.print(out(), scenario, plan);
        return target;
    }

    private void sayIfInterrupted(Plan plan, String signal) {
        if (plan.certificate().ended() == Certificate.Ended.INTERRUPT) {
            out().printf(
                            "stopped by %s: best plan so far, gap %s%n",
                            signal, Numbers.gap(plan.certificate().gap()));
        }
    }

    private void report(Path target, Map<String, Object> report) {
        out().println("Plan: " + target);
        if (json != null) {
            ReportFile.write(report, json);
            out().println("Report: " + json);
        }
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    private PrintWriter err() {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }

    /** {@code ppipe plan check}. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            header = "Recheck a plan against cluster, workload and profile, with code that shares nothing with the"
                    + " planner.")
    static final class Check implements Callable<Integer> {
        @Parameters(arity = "0..1", paramLabel = "PLAN", description = "The plan; DIR/plan.json by default.")
        private @Nullable Path plan;

        @Mixin
        private final ScenarioFiles files = new ScenarioFiles();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            Path path = files.planPath(plan);
            Plan read = PlanFile.read(path);
            PlanCheck check = PlanCheck.of(files.scenario(files.workload()), read);
            if (check.good()) {
                String unit = switch (read.rules().goal()) {
                    case THROUGHPUT -> "/s";
                    case COST -> " per hour";
                };
                out.printf("%s keeps every rule; its objective is %.6g%s.%n", path, check.objective(), unit);
                return Main.OK;
            }
            check.violations().forEach(violation -> out.printf("%s: %s%n", path, violation));
            return Main.FAILED;
        }
    }
}
