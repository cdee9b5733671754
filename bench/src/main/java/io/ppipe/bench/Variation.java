package io.ppipe.bench;

import io.ppipe.model.Cluster;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Slo;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Instances like those of a folder, with something changed. Rates are no longer known and are estimated. */
final class Variation {
    private Variation() {}

    /** Returns the instance with SLOs so many times as long. */
    static PlanTask slo(PlanTask task, double factor) {
        var models = new ArrayList<ScenarioModel>();
        for (ScenarioModel model : task.scenario().models()) {
            long micros = Math.max(1, Math.round(model.slo().latencyMicros() * factor));
            models.add(new ScenarioModel(
                    model.name(), new Slo(micros, model.slo().target()), model.demand(), model.profile()));
        }
        Scenario scenario = task.scenario();
        return of(task, new Scenario(scenario.cluster(), models, scenario.profileFingerprint()), task.terms());
    }

    /** Returns the instance on so many GPUs of each class, in the cluster's order. */
    static PlanTask gpus(PlanTask task, List<Integer> counts) {
        Cluster cluster = task.scenario().cluster();
        var classes = new ArrayList<GpuClass>();
        for (int g = 0; g < counts.size(); g++) {
            classes.add(cluster.classes().get(g).withCount(counts.get(g)));
        }
        var changed = new Cluster(cluster.name(), classes, cluster.timeScale());
        Scenario scenario =
                new Scenario(changed, task.scenario().models(), task.scenario().profileFingerprint());
        return of(task, scenario, task.terms());
    }

    /** Returns the instance with one of its models only. */
    static PlanTask model(PlanTask task, int model) {
        Scenario scenario = task.scenario();
        var one =
                new Scenario(scenario.cluster(), List.of(scenario.models().get(model)), scenario.profileFingerprint());
        return of(task, one, List.of(task.terms().get(model)));
    }

    private static PlanTask of(PlanTask task, Scenario scenario, List<PlanTask.Terms> terms) {
        return new PlanTask(
                task.name(),
                scenario,
                task.maxStages(),
                terms.stream()
                        .map(t -> new PlanTask.Terms(t.margin(), t.batchBuildingFactor(), OptionalDouble.empty()))
                        .toList());
    }
}
