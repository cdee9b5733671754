package io.ppipe.model;

/**
 * The promise to one model's clients.
 *
 * @param latencyMicros longest allowed time from arrival to answer, in microseconds; at least 1
 * @param target fraction of arrived requests that must be answered in time, in (0, 1]
 */
public record Slo(long latencyMicros, double target) {
    /** The attainment that the paper, and every comparison here, asks for. */
    public static final double DEFAULT_TARGET = 0.99;

    public Slo {
        if (latencyMicros < 1) {
            throw new IllegalArgumentException("SLO latency (%d us) must be at least 1 us.".formatted(latencyMicros));
        }
        if (!(target > 0 && target <= 1)) { // written so that NaN fails
            throw new IllegalArgumentException(
                    "SLO target (%s) must be in (0, 1]. Maybe it was given in percent.".formatted(target));
        }
    }

    /** Returns when a request that arrived at {@code arrivalMicros} must have been answered. */
    public long deadlineMicros(long arrivalMicros) {
        return Math.addExact(arrivalMicros, latencyMicros);
    }

    /** Returns this promise with its latency multiplied by {@code timeScale}. */
    public Slo scaled(double timeScale) {
        return new Slo(Math.max(1, Math.round(latencyMicros * timeScale)), target);
    }
}
