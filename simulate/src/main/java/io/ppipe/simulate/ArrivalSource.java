package io.ppipe.simulate;

import io.ppipe.model.Slo;

/**
 * One model's demand in a simulated run.
 *
 * @param ratePerSecond mean number of requests per second; 0 = none
 * @param slo gives every request its deadline
 */
public record ArrivalSource(double ratePerSecond, Slo slo) {
    public ArrivalSource {
        if (!(ratePerSecond >= 0 && ratePerSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "Arrival rate (%s per second) must be finite and at least 0.".formatted(ratePerSecond));
        }
    }
}
