package io.ppipe.plan;

import io.ppipe.model.ModelRules;

/**
 * What one model's SLO has to leave room for, before its rate is known.
 *
 * @param margin fraction of the SLO kept for queueing, in [0, 1)
 * @param batchBuildingFactor f: collecting a batch of n at rate λ is expected to take f · (n − 1) ÷ λ
 */
public record ModelAllowance(double margin, double batchBuildingFactor) {
    public ModelAllowance {
        new ModelRules(margin, batchBuildingFactor, 1); // refuses what is out of range
    }

    /** Returns the rules for a rate estimate λ, in 1/s. */
    ModelRules at(double rateEstimatePerSecond) {
        return new ModelRules(margin, batchBuildingFactor, rateEstimatePerSecond);
    }
}
