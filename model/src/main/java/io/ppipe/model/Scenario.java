package io.ppipe.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A cluster, a workload and a profile that belong together: what a planner plans and a scheduler schedules for.
 *
 * <p>All times, rates and bandwidths in it are wall-clock ones: the cluster's {@code time_scale} has been applied to
 * them, once, here. So nobody else needs to know of it, but for printing it.
 *
 * @param models the workload's models in order, each with its profile
 * @param profileFingerprint see {@link Profile#fingerprint}
 */
public record Scenario(Cluster cluster, List<ScenarioModel> models, String profileFingerprint) {
    public Scenario {
        models = List.copyOf(models);
    }

    /**
     * One model to be served.
     *
     * @param demand how much is asked for, on the wall clock
     */
    public record ScenarioModel(String name, Slo slo, Demand demand, ModelProfile profile) {
        /** Returns what its throughput is divided by when models are compared. */
        public double weight() {
            return demand.weight();
        }
    }

    /**
     * Joins the three and applies the time scale.
     *
     * @throws IllegalArgumentException when the profile lacks a model, a GPU class or a share that the others name
     */
    public static Scenario of(Cluster cluster, Workload workload, Profile profile) {
        var models = new ArrayList<ScenarioModel>();
        for (ModelDemand demand : workload.models()) {
            ModelProfile found = profile.model(demand.name())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "The profile has no model %s; it has %s. Maybe run `ppipe profile` for this workload."
                                    .formatted(demand.name(), names(profile))));
            var tables = new ArrayList<LatencyTable>();
            for (GpuClass gpuClass : cluster.classes()) {
                for (int shares : gpuClass.shares()) {
                    tables.add(found.latencies(gpuClass.name(), shares)
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "The profile of model %s has no latencies for GPU class %s with %d share(s) per GPU. Maybe profile it again for this cluster."
                                            .formatted(demand.name(), gpuClass.name(), shares)))
                            .scaled(cluster.timeScale()));
                }
            }
            if (found.boundary() != demand.boundary()) {
                throw new IllegalArgumentException(
                        "The profile of model %s counts boundary tensors as %s, the workload says %s. Maybe profile it again."
                                .formatted(demand.name(), found.boundary(), demand.boundary()));
            }
            models.add(new ScenarioModel(
                    demand.name(),
                    demand.slo().scaled(cluster.timeScale()),
                    demand.demand().scaled(cluster.timeScale()),
                    found.withLatencies(tables)));
        }
        var scaledClasses = cluster.classes().stream()
                .map(c -> c.scaled(cluster.timeScale()))
                .toList();
        return new Scenario(
                new Cluster(cluster.name(), scaledClasses, cluster.timeScale()), models, profile.fingerprint());
    }

    private static List<String> names(Profile profile) {
        return profile.models().stream().map(ModelProfile::model).toList();
    }
}
