package io.ppipe.model;

/**
 * How far measured latencies may lie from estimated ones: nine in ten between {@code low} and {@code high} times the estimate.
 *
 * @param low 5th percentile of measured ÷ estimated, above 0
 * @param high 95th percentile, at least {@code low}
 */
public record ErrorBand(double low, double high) {
    public ErrorBand {
        if (!(low > 0 && high >= low && high < Double.POSITIVE_INFINITY)) { // written so that NaN fails
            throw new IllegalArgumentException(
                    "Error band (%s to %s times the estimate) must be above 0 and ascending.".formatted(low, high));
        }
    }
}
