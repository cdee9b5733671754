package io.ppipe.load;

import org.HdrHistogram.Histogram;

/**
 * Percentiles of measured times, in microseconds, to 3 digits. All 0 when {@code count} is 0.
 *
 * @param count number of times measured
 */
public record Percentiles(long count, long p50, long p90, long p95, long p99, long p999, long max) {
    static Percentiles of(Histogram histogram) {
        return new Percentiles(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(95),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
