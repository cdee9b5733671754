package io.ppipe.simulate;

import java.util.Arrays;

/** Counts times in buckets at most 0.8 % wide; times below 256 us exactly. Allocates when a longer time than ever comes. */
final class Histogram {
    private static final int BITS = 7;

    private long[] counts = new long[4096];
    private long count;
    private long sum;
    private long max;

    void add(long micros) {
        int bucket = bucket(micros);
        if (bucket >= counts.length) {
            counts = Arrays.copyOf(counts, bucket + 1);
        }
        counts[bucket]++;
        count++;
        sum += micros;
        max = Math.max(max, micros);
    }

    private static int bucket(long micros) {
        if (micros < 1L << (BITS + 1)) {
            return (int) Math.max(0, micros);
        }
        int shift = 63 - BITS - Long.numberOfLeadingZeros(micros);
        return (shift << BITS) + (int) (micros >>> shift);
    }

    /** Returns the largest time of a bucket. */
    private static long last(int bucket) {
        if (bucket < 1 << (BITS + 1)) {
            return bucket;
        }
        int shift = (bucket >>> BITS) - 1;
        long first = (long) (bucket - (shift << BITS)) << shift;
        return first + (1L << shift) - 1;
    }

    private long percentile(double fraction) {
        long rank = Math.max(1, (long) Math.ceil(fraction * count));
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return Math.min(max, last(bucket));
            }
        }
        return max;
    }

    Percentiles percentiles() {
        return count == 0
                ? new Percentiles(0, 0, 0, 0, 0, 0, 0)
                : new Percentiles(
                        count,
                        (double) sum / count,
                        percentile(0.5),
                        percentile(0.9),
                        percentile(0.99),
                        percentile(0.999),
                        max);
    }
}
