package io.ppipe.simulate;

/**
 * How a time was spread over requests, in microseconds. All 0 when nothing was counted. Computed from a histogram whose
 * buckets are at most 0.8 % wide; the mean and the largest are exact.
 *
 * @param count how many were counted
 */
public record Percentiles(long count, double mean, long p50, long p90, long p99, long p999, long max) {}
