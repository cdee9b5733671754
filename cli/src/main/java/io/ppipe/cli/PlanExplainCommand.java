package io.ppipe.cli;

import io.ppipe.model.Cluster;
import io.ppipe.model.Scenario;
import io.ppipe.model.Workload;
import io.ppipe.plan.Explanation;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;
import io.ppipe.plan.Sensitivity;
import io.ppipe.plan.StopSignal;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ppipe plan explain}: why there is a plan or none, and what more GPUs or time would bring. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        header = "Explain what rules pipelines out, what there is to choose from, and what a little more would bring.",
        description = {
            "Model by model: the SLO and what the margin leaves of it, the fastest pipeline, the whole model on each"
                    + " class, what memory rules out, and which margin or SLO would help.",
            "Where a plan is possible, plans again with one more GPU of each class and 1 ms more of each SLO; each time"
                    + " within --time-limit. Ctrl-C ends that early. No file is written.",
            "Ends with 0 also when there can be no plan: that is explained."
        })
final class PlanExplainCommand implements Callable<Integer> {
    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Mixin
    private final PlanOptions options = new PlanOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        options.check();
        Workload workload = files.workload();
        Cluster cluster = files.cluster();
        PlanSettings settings = options.settings(files, cluster, workload);
        Scenario scenario = files.scenario(cluster, workload);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        var stop = new StopSignal();
        try (var _ = new Interrupts(stop);
                var progress = new ConsoleProgress()) {
            progress.report("looking at pipelines", 0, 0);
            Explanation explanation = Explanation.of(scenario, settings);
            progress.pause();
            var text = new ExplanationText(out, scenario, settings.rules().goal());
            text.print(explanation);
            out.flush();
            if (!explanation.reason().isEmpty()) {
                return Main.OK;
            }
            PlanSettings same = settings.withModelRules(explanation.modelRules());
            PlanOutcome outcome = MilpPlanner.plan(scenario, same, progress, stop);
            if (outcome instanceof PlanOutcome.Planned planned) {
                Sensitivity sensitivity = Sensitivity.of(scenario, same, planned.plan(), progress, stop);
                progress.pause();
                text.print(sensitivity, planned.plan().certificate());
            } else {
                progress.pause();
                text.print(outcome);
            }
        }
        return Main.OK;
    }
}
