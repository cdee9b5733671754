package io.ppipe.model;

/**
 * The rules of latency under which one model was planned.
 *
 * @param margin fraction of the SLO kept for queueing, in [0, 1); the paper uses 0.4
 * @param batchBuildingFactor f: collecting a batch of n at rate λ is expected to take f · (n − 1) ÷ λ; the paper uses 1.3
 * @param rateEstimatePerSecond λ, above 0; infinite when collecting a batch takes no time, which no file can say
 */
public record ModelRules(double margin, double batchBuildingFactor, double rateEstimatePerSecond) {
    public ModelRules {
        if (!(margin >= 0 && margin < 1)) {
            throw new IllegalArgumentException(
                    "Margin (%s) must be in [0, 1). Maybe it was given in percent.".formatted(margin));
        }
        Checks.notNegative("Batch-building factor", batchBuildingFactor);
        if (!(rateEstimatePerSecond > 0)) { // written so that NaN fails
            throw new IllegalArgumentException(
                    "Rate estimate (%s/s) must be above 0.".formatted(rateEstimatePerSecond));
        }
    }

    /** Returns how long collecting a batch is expected to take, in microseconds. */
    public double batchBuildingMicros(int batchSize) {
        return batchSize == 1 ? 0 : batchBuildingFactor * (batchSize - 1) * 1e6 / rateEstimatePerSecond;
    }
}
