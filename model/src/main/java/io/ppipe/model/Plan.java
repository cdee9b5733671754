package io.ppipe.model;

import java.util.List;
import java.util.Optional;

/**
 * Pipelines, stages and pools for a cluster and a workload, with the placement of every vGPU. All times and rates are
 * wall-clock ones, {@code timeScale} applied.
 *
 * @param algorithm which planner made it: {@code ppipe} or {@code np}
 * @param clusterName the cluster it was made for
 * @param timeScale the cluster's time scale when it was made
 * @param profileFingerprint the profile it was made from
 * @param vgpus every vGPU of every pool
 * @param tuning how its margins were chosen; nothing where they were given
 */
public record Plan(
        String algorithm,
        String clusterName,
        double timeScale,
        String profileFingerprint,
        PlanRules rules,
        List<ModelPlan> models,
        List<Vgpu> vgpus,
        Certificate certificate,
        MarginalValues marginalValues,
        Optional<Tuning> tuning) {
    public Plan {
        models = List.copyOf(models);
        vgpus = List.copyOf(vgpus);
    }

    /** A plan whose margins were given. */
    public Plan(
            String algorithm,
            String clusterName,
            double timeScale,
            String profileFingerprint,
            PlanRules rules,
            List<ModelPlan> models,
            List<Vgpu> vgpus,
            Certificate certificate,
            MarginalValues marginalValues) {
        this(
                algorithm,
                clusterName,
                timeScale,
                profileFingerprint,
                rules,
                models,
                vgpus,
                certificate,
                marginalValues,
                Optional.empty());
    }
}
