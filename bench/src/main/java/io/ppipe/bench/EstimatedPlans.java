package io.ppipe.bench;

import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Pipeline;
import io.ppipe.model.PipelineTimes;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.plan.PlanSettings;
import io.ppipe.profile.estimate.GpuCatalogue;
import io.ppipe.profile.estimate.Roofline;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Plans made from estimated latencies, judged by the published ones: every pool delivers what these say, and pipelines that
 * take too long by them count nothing.
 *
 * @param heldOut by model
 */
record EstimatedPlans(Map<String, HeldOut> heldOut) {
    private static final double GAP = 0.002;
    private static final double LIMIT_SECONDS = 9;

    /** Half a microsecond: published latencies are whole ones. */
    private static final double ROUNDING_MICROS = 0.5;

    /** What a pipeline must keep. */
    enum Rule {
        /** The SLO. What it keeps for queueing may be used up by the error. */
        SLO,
        /** The published rule: the SLO less its margin. */
        SLO_LESS_MARGIN
    }

    boolean knows(PlanTask task) {
        return heldOut.keySet().containsAll(task.modelNames());
    }

    static PlannerRun planned(PlanTask task) {
        return PlannerRun.of(task, PlanSettings.PPIPE, GAP, LIMIT_SECONDS, Progress.NONE);
    }

    /** Returns min over models of throughput ÷ weight of a plan under a task's latencies, whatever it was made from. */
    static double objective(PlanTask task, Plan plan, Rule rule) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < plan.models().size(); i++) {
            ScenarioModel model = task.scenario().models().get(i);
            double throughput = 0;
            for (Pipeline pipeline : plan.models().get(i).pipelines()) {
                throughput += delivered(task, model, plan.models().get(i), pipeline, rule);
            }
            least = Math.min(least, throughput / model.weight());
        }
        return least;
    }

    private static double delivered(
            PlanTask task, ScenarioModel model, ModelPlan planned, Pipeline pipeline, Rule rule) {
        PipelineTimes times = PipelineTimes.of(task.scenario().cluster(), model, planned.rules(), pipeline);
        double slack = times.slackMicros() + (rule == Rule.SLO ? times.marginMicros() : 0);
        return slack >= -ROUNDING_MICROS ? times.deliveredPerSecond(pipeline) : 0;
    }

    /**
     * Returns the task with latencies that were estimated without each model, in the published blocks. Blocks that can't be
     * estimated keep theirs.
     *
     * @param factor what estimates are multiplied by: above 1 to be careful
     */
    PlanTask estimated(PlanTask task, double factor) {
        Scenario measured = task.scenario();
        List<ScenarioModel> models = measured.models().stream()
                .map(model -> new ScenarioModel(
                        model.name(), model.slo(), model.demand(), estimated(model.profile(), factor)))
                .toList();
        return new PlanTask(
                task.name(),
                new Scenario(measured.cluster(), models, measured.profileFingerprint()),
                task.maxStages(),
                task.terms());
    }

    private ModelProfile estimated(ModelProfile profile, double factor) {
        HeldOut held = heldOut.get(profile.model());
        if (held == null) {
            throw new IllegalArgumentException("%s was not estimated.".formatted(profile.model()));
        }
        return profile.withLatencies(profile.latencies().stream()
                .map(table -> estimated(table, held, factor))
                .toList());
    }

    private static LatencyTable estimated(LatencyTable table, HeldOut held, double factor) {
        Roofline roofline = held.fitted().roofline(GpuCatalogue.sheet(table.gpuClass()), table.gpuClass());
        List<List<Long>> rows = IntStream.range(0, table.blockMicros().size())
                .mapToObj(block -> held.model().foreign().contains(block)
                        ? table.blockMicros().get(block)
                        : table.batchSizes().stream()
                                .map(batch -> Math.max(
                                        1,
                                        Math.round(factor
                                                * roofline.micros(
                                                        held.model().kernels().get(block),
                                                        batch,
                                                        table.sharesPerGpu()))))
                                .toList())
                .toList();
        return new LatencyTable(table.gpuClass(), table.sharesPerGpu(), table.batchSizes(), rows, table.provenance());
    }
}
