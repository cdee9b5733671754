package io.ppipe.cli;

import io.ppipe.model.Certificate;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Scenario;
import io.ppipe.plan.Explanation;
import io.ppipe.plan.ModelExplanation;
import io.ppipe.plan.ModelExplanation.Cause;
import io.ppipe.plan.ModelExplanation.Fastest;
import io.ppipe.plan.ModelExplanation.MemoryLimit;
import io.ppipe.plan.ModelExplanation.StageOn;
import io.ppipe.plan.ModelExplanation.WholeModel;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.Sensitivity;
import io.ppipe.plan.Sensitivity.Gain;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An explanation as people read it. */
final class ExplanationText {
    private static final double MIB = 1 << 20;

    private final PrintWriter out;
    private final Scenario scenario;
    private final ObjectiveText objective;

    ExplanationText(PrintWriter out, Scenario scenario, Goal goal) {
        this.out = out;
        this.scenario = scenario;
        this.objective = ObjectiveText.of(scenario, goal);
    }

    void print(Explanation explanation) {
        for (int k = 0; k < explanation.models().size(); k++) {
            model(explanation.models().get(k), k);
            if (!explanation.choices().isEmpty()) {
                choice(explanation.choices().get(k));
            }
            out.println();
        }
        explanation
                .demandServed()
                .ifPresent(served ->
                        out.printf("Demand: the cluster can serve at most %s of it.%n", Numbers.percent(served)));
        if (!explanation.reason().isEmpty()) {
            out.println("No plan: " + explanation.reason());
        }
        Labels.print(out, scenario);
    }

    private void model(ModelExplanation model, int k) {
        out.printf(
                "%s: %s%n",
                model.model(),
                switch (model.cause()) {
                    case NONE -> "feasible";
                    case SLO -> "no feasible pipeline, because of its SLO";
                    case MARGIN -> "no feasible pipeline, because of the margin";
                    case MEMORY -> "no feasible pipeline, because of GPU memory";
                });
        out.printf(
                "  SLO %s ms; a margin of %s leaves %s ms.%n",
                Numbers.millis(model.sloMicros()),
                Numbers.percent(model.rules().margin()),
                Numbers.millis(model.leftMicros()));
        model.fastest().ifPresent(f -> out.printf("  Fastest pipeline: %s%n", fastest(f)));
        if (model.fastest().isEmpty()) {
            out.println("  No pipeline of at most %d stage(s) fits into the memory.".formatted(model.maxStages()));
        }
        if (model.cause() == Cause.MEMORY) {
            out.printf("  If memory did not count: %s%n", fastest(model.fastestWithAnyMemory()));
        }
        model.feasibleMargin()
                .ifPresent(margin -> out.printf(
                        "  Feasible with this SLO up to a margin of %s.%n",
                        Numbers.percent(Math.floor(margin * 1000 + 1e-6) / 1000)));
        model.feasibleSloMillis()
                .ifPresent(ms -> out.printf(
                        "  Feasible with this margin from slo_ms: %s on.%n", String.format(Locale.ROOT, "%.3f", ms)));
        out.print(wholeModel(model));
        int blocks = scenario.models().get(k).profile().blockCount();
        model.memoryLimits().forEach(limit -> memory(limit, blocks));
    }

    private static String fastest(Fastest fastest) {
        return "%s ms, batch %d: %s"
                .formatted(Numbers.millis(fastest.latencyMicros()), fastest.batchSize(), stages(fastest.stages()));
    }

    private static String stages(List<StageOn> stages) {
        return stages.stream()
                .map(s -> "%s on %s%s (%s ms)"
                        .formatted(
                                s.endBlock() - s.firstBlock() == 1
                                        ? "block " + s.firstBlock()
                                        : "blocks %d..%d".formatted(s.firstBlock(), s.endBlock() - 1),
                                part(s.sharesPerGpu()),
                                s.gpuClass(),
                                Numbers.millis(s.latencyMicros())))
                .collect(Collectors.joining(", then "));
    }

    private static String part(int shares) {
        return shares == 1 ? "" : "1/%d ".formatted(shares);
    }

    private TextTable wholeModel(ModelExplanation model) {
        var table = new TextTable("whole model on", ">fastest ms", "in time", "one GPU serves");
        for (WholeModel on : model.wholeModel()) {
            GpuClass gpuClass = scenario.cluster().gpuClass(on.gpuClass()).orElseThrow();
            table.row(
                    Labels.gpuClass(gpuClass),
                    on.fastestMicros().map(Numbers::millis).orElse("-"),
                    inTime(on, model.leftMicros()),
                    on.inTime()
                            ? "%s/s, batch %d%s"
                                    .formatted(
                                            Numbers.rate(on.requestsPerGpu()),
                                            on.batchSize(),
                                            shared(on.sharesPerGpu()))
                            : "-");
        }
        return table;
    }

    private static String inTime(WholeModel on, double leftMicros) {
        if (on.inTime()) {
            return "yes";
        }
        return on.fastestMicros()
                .map(micros -> "no: %s ms too slow".formatted(Numbers.millis(micros - leftMicros)))
                .orElse("no: memory");
    }

    private static String shared(int shares) {
        return shares == 1 ? "" : " on each 1/%d".formatted(shares);
    }

    private void memory(MemoryLimit limit, int blocks) {
        out.printf(
                Locale.ROOT,
                "  Memory: the whole model needs %.0f MiB, %s%s has %.0f MiB: at most %d of %d blocks in a stage.%n",
                limit.neededBytes() / MIB,
                part(limit.sharesPerGpu()),
                limit.gpuClass(),
                limit.hasBytes() / MIB,
                limit.mostBlocks(),
                blocks);
    }

    private void choice(Explanation.Choice choice) {
        out.printf(
                "  Feasible pipelines: %s%d. Cheapest at the LP's prices:%n    batch %d: %s%n",
                choice.countIsAll() ? "" : "at least ", choice.count(), choice.batchSize(), stages(choice.stages()));
        List<GpuClass> classes = scenario.cluster().classes();
        String gpus = IntStream.range(0, classes.size())
                .filter(g -> choice.gpusPerRequest().get(g) > 0)
                .mapToObj(g -> "%s %s"
                        .formatted(
                                Numbers.significant(
                                        100 * choice.gpusPerRequest().get(g)),
                                classes.get(g).name()))
                .collect(Collectors.joining(" and "));
        out.printf("    100 requests/s through it take %s.%n", gpus);
    }

    /** Prints why nothing was planned although every model has a pipeline. */
    void print(PlanOutcome outcome) {
        out.println(
                switch (outcome) {
                    case PlanOutcome.Infeasible(String reason) -> "No plan: " + reason;
                    case PlanOutcome.OutOfTime _ -> "No plan was found in time: what more would bring is not known.";
                    case PlanOutcome.Planned _ -> "";
                });
    }

    void print(Sensitivity sensitivity, Certificate certificate) {
        out.printf(
                "Plan: %s, proven bound %s, gap %s. The bound of the LP: %s.%n%n",
                objective.amount(certificate.objective()),
                objective.amount(certificate.bound()),
                Numbers.gap(certificate.gap()),
                objective.amount(sensitivity.bound()));
        var perGpu = new TextTable("one more GPU of", ">dual", ">LP re-solved", ">planned again");
        for (Gain gain : sensitivity.perGpu()) {
            perGpu.row(
                    gain.name(),
                    amount(gain.dual().orElseThrow(), sensitivity),
                    amount(gain.resolved(), sensitivity),
                    planned(gain, sensitivity));
        }
        out.print(perGpu);
        out.println();
        var perSlo = new TextTable("1 ms more SLO for", ">LP re-solved", ">planned again");
        for (Gain gain : sensitivity.perSloMillisecond()) {
            perSlo.row(gain.name(), amount(gain.resolved(), sensitivity), planned(gain, sensitivity));
        }
        out.print(perSlo);
        out.println("Planned again is exact to --gap. Whole GPUs can gain less than the LP, or more");
        out.println("where they had left a gap to its bound.");
    }

    private String planned(Gain gain, Sensitivity sensitivity) {
        if (gain.planned().isEmpty()) {
            return "stopped";
        }
        double planned = gain.planned().getAsDouble();
        return nothing(planned, sensitivity) ? "0" : objective.gain(planned, sensitivity.objective());
    }

    private String amount(double gain, Sensitivity sensitivity) {
        return nothing(gain, sensitivity) ? "0" : objective.change(gain);
    }

    private static boolean nothing(double gain, Sensitivity sensitivity) {
        return gain <= ObjectiveText.NOTHING * sensitivity.bound();
    }
}
