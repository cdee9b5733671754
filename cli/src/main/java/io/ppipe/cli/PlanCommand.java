package io.ppipe.cli;

import io.ppipe.format.PlanFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Goal;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Scenario;
import io.ppipe.plan.PlanSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe plan}: where to cut, and which pools. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        header = "Plan: where to cut every model, and which pool of vGPUs runs each stage.",
        description = {
            "Maximises the throughput ÷ weight of the worst-served model under the SLOs, by a MILP with a proven"
                    + " bound.",
            "Whole-model pipelines are among the candidates. Every plan is rechecked before it is written."
        },
        subcommands = PlanCommand.Check.class)
final class PlanCommand implements Callable<Integer> {
    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; DIR/plan.json by default.")
    private @Nullable Path output;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            defaultValue = Planning.PPIPE,
            description = "ppipe (pooled pipelines) or np (no partitioning) (default: ${DEFAULT-VALUE}).")
    private String algorithm = Planning.PPIPE;

    @Option(
            names = "--margin",
            paramLabel = "FRACTION",
            defaultValue = "0.4",
            description = "Part of the SLO kept for queueing (default: ${DEFAULT-VALUE}, as in the paper).")
    private double margin;

    @Option(
            names = "--batch-building-factor",
            paramLabel = "F",
            defaultValue = "1.3",
            description = "Time to collect a batch of n is taken as F·(n−1)/rate (default: ${DEFAULT-VALUE}).")
    private double batchBuildingFactor;

    @Option(
            names = "--max-stages",
            paramLabel = "N",
            defaultValue = "2",
            description = "Most stages of a pipeline (default: ${DEFAULT-VALUE}).")
    private int maxStages;

    @Option(
            names = "--gap",
            paramLabel = "FRACTION",
            defaultValue = "0.001",
            description = "Stop when the plan is proven to be this near to the best (default: ${DEFAULT-VALUE}).")
    private double gap;

    @Option(
            names = "--time-limit",
            paramLabel = "S",
            defaultValue = "30",
            description = "Stop after this time with the best plan so far (default: ${DEFAULT-VALUE}).")
    private double limitSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PlanSettings settings;
        try {
            settings = Planning.settings(
                            algorithm, new PlanRules(maxStages, Goal.THROUGHPUT, false), margin, batchBuildingFactor)
                    .stoppingAt(gap, limitSeconds);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(e);
        }
        Scenario scenario = files.scenario(files.workload());
        Plan plan;
        try (var progress = new ConsoleProgress()) {
            plan = Planning.plan(files.workloadPath().toString(), scenario, settings, progress);
        }
        Path target = output != null ? output : files.planPath(null);
        PlanFile.write(plan, target);
        PlanText.print(out, scenario, plan);
        out.println("Plan: " + target);
        return Main.OK;
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
