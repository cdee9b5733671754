package io.ppipe.model;

/**
 * The rules of latency under which a plan was made (see {@code docs/ARCHITECTURE.md}, "The path of a plan").
 *
 * @param margin fraction of the SLO kept for queueing, in [0, 1); the paper uses 0.4
 * @param batchBuildingFactor f: collecting a batch of n at rate λ is expected to take f · (n − 1) ÷ λ; the paper uses 1.3
 * @param maxStages most stages of a pipeline; at least 1. 1 = no partitioning
 */
public record PlanRules(double margin, double batchBuildingFactor, int maxStages) {
    public PlanRules {
        if (!(margin >= 0 && margin < 1)) {
            throw new IllegalArgumentException(
                    "Margin (%s) must be in [0, 1). Maybe it was given in percent.".formatted(margin));
        }
        Checks.notNegative("Batch-building factor", batchBuildingFactor);
        Checks.atLeast("Maximum number of stages", maxStages, 1);
    }
}
