package io.ppipe.cli;

import io.ppipe.model.Certificate;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.PipelineTimes;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.plan.PlanOutcome.Effort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The report of {@code ppipe plan}: what the plan is worth, where its time goes, and what it took to find. */
final class PlanReport {
    private PlanReport() {}

    /** @param effort what it took, by one of the methods below */
    static Map<String, Object> of(Scenario scenario, Plan plan, Map<String, Object> effort) {
        Certificate certificate = plan.certificate();
        var root = new LinkedHashMap<String, Object>();
        root.put("kind", "plan");
        root.put("algorithm", plan.algorithm());
        root.put("cluster", plan.clusterName());
        root.put("goal", PlanText.word(plan.rules().goal()));
        root.put("n_plus_one", plan.rules().surviveServerLoss());
        root.put("max_stages", plan.rules().maxStages());
        root.put("emulated", scenario.cluster().emulated());
        root.put("estimated", !Labels.estimation(scenario).isEmpty());
        root.put("time_scale", scenario.cluster().timeScale());
        root.putAll(effort);
        root.put("objective", certificate.objective());
        root.put("bound", certificate.bound());
        root.put("gap", certificate.gap());
        root.put("ended_by", PlanText.word(certificate.ended()));
        root.put("solver", certificate.solver());
        root.put("binding", certificate.binding());
        root.put("classes", classes(scenario, plan));
        root.put("models", models(scenario, plan));
        plan.tuning().ifPresent(tuning -> root.put("tuning", TuningText.json(tuning)));
        return root;
    }

    /** Returns what planning took. */
    static Map<String, Object> effort(Effort effort) {
        var row = new LinkedHashMap<String, Object>();
        row.put("seconds", effort.seconds());
        row.put("templates", effort.templates());
        return row;
    }

    /** Returns what tuning took. */
    static Map<String, Object> effort(double seconds, boolean repeatable) {
        var row = new LinkedHashMap<String, Object>();
        row.put("seconds", seconds);
        row.put("repeatable", repeatable);
        return row;
    }

    private static List<Map<String, Object>> classes(Scenario scenario, Plan plan) {
        var rows = new ArrayList<Map<String, Object>>();
        List<Double> marginal = plan.marginalValues().perGpu();
        for (int g = 0; g < scenario.cluster().classes().size(); g++) {
            GpuClass gpuClass = scenario.cluster().classes().get(g);
            int used = PlanText.gpusUsed(plan, gpuClass.name());
            var row = new LinkedHashMap<String, Object>();
            row.put("gpu_class", gpuClass.name());
            row.put("gpus", gpuClass.count());
            row.put("gpus_used", used);
            row.put("price_per_hour", gpuClass.price().perHour(used, gpuClass.gpusPerServer()));
            row.put("objective_per_gpu", marginal.isEmpty() ? null : marginal.get(g));
            rows.add(row);
        }
        return rows;
    }

    private static List<Map<String, Object>> models(Scenario scenario, Plan plan) {
        var rows = new ArrayList<Map<String, Object>>();
        List<Double> marginal = plan.marginalValues().perSloMillisecond();
        for (int k = 0; k < plan.models().size(); k++) {
            ModelPlan model = plan.models().get(k);
            List<PipelineTimes> times = PlanText.times(scenario, plan, k);
            var row = new LinkedHashMap<String, Object>();
            row.put("model", model.model());
            row.put("slo_us", model.sloMicros());
            row.put("weight", model.weight());
            row.put("margin", model.rules().margin());
            row.put("batch_building_factor", model.rules().batchBuildingFactor());
            row.put("rate_estimate_rps", model.rules().rateEstimatePerSecond());
            row.put("throughput_rps", model.throughputPerSecond());
            row.put("delivered_rps", PlanText.delivered(model, times));
            row.put("objective_per_slo_ms", marginal.isEmpty() ? null : marginal.get(k));
            var pipelines = new ArrayList<Map<String, Object>>();
            for (int p = 0; p < times.size(); p++) {
                pipelines.add(pipeline(model.pipelines().get(p), times.get(p)));
            }
            row.put("pipelines", pipelines);
            rows.add(row);
        }
        return rows;
    }

    private static Map<String, Object> pipeline(Pipeline pipeline, PipelineTimes times) {
        var row = new LinkedHashMap<String, Object>();
        row.put("batch_size", pipeline.batchSize());
        row.put("throughput_rps", pipeline.throughputPerSecond());
        row.put("delivered_rps", times.deliveredPerSecond(pipeline));
        var stages = new ArrayList<Map<String, Object>>();
        for (int s = 0; s < pipeline.stages().size(); s++) {
            Map<String, Object> at = stage(pipeline.stages().get(s));
            at.put("load", PlanText.load(pipeline, times, s));
            stages.add(at);
        }
        row.put("stages", stages);
        row.put("transfer_us", times.transferMicros());
        row.put("batch_building_us", times.batchBuildingMicros());
        row.put("margin_us", times.marginMicros());
        row.put("slack_us", times.slackMicros());
        return row;
    }

    /** Returns a stage with the keys that plans write. */
    static Map<String, Object> stage(Stage stage) {
        var row = new LinkedHashMap<String, Object>();
        row.put("first_block", stage.firstBlock());
        row.put("end_block", stage.endBlock());
        row.put("gpu_class", stage.gpuClass());
        row.put("shares_per_gpu", stage.sharesPerGpu());
        row.put("vgpu_count", stage.vgpuCount());
        row.put("latency_us", stage.latencyMicros());
        return row;
    }
}
