package io.ppipe.profile;

import java.util.Arrays;

/** The times of one stage at one batch size. */
final class Samples {
    /** Of the normal distribution, for an interval that holds in 95 of 100 cases. */
    private static final double Z = 1.96;

    /** Latencies are whole microseconds: no interval needs to be narrower than that. */
    private static final double RESOLUTION_NANOS = 1_000;

    /** Tukey's fence for what is far out, in interquartile ranges. */
    private static final double FENCE = 3;

    private long[] nanos = new long[64];
    private int count;

    void add(long oneRunNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = oneRunNanos;
    }

    int count() {
        return count;
    }

    /** Returns the median; there must be a run. */
    long medianNanos() {
        return sorted()[count / 2];
    }

    /**
     * Returns half of the median's 95 % confidence interval, which takes no distribution for granted: its ends are two of
     * the sorted times, at (n ± z √n) ÷ 2 (Conover, Practical Nonparametric Statistics, §3.2). It does take the runs for
     * independent, which neighbouring ones are not quite on a shared machine.
     */
    double halfIntervalNanos() {
        long[] sorted = sorted();
        int low = (int) Math.floor((count - Z * Math.sqrt(count)) / 2);
        int high = (int) Math.ceil(1 + (count + Z * Math.sqrt(count)) / 2);
        return (sorted[Math.min(high, count) - 1] - sorted[Math.max(low, 1) - 1]) / 2.0;
    }

    /** Returns whether the median is known to a fraction of it. */
    boolean narrow(double precision) {
        return halfIntervalNanos() <= Math.max(precision * medianNanos(), RESOLUTION_NANOS);
    }

    /** Returns how many runs took longer than three interquartile ranges above the upper quartile. */
    int outliers() {
        long[] sorted = sorted();
        double quarter = sorted[count / 4];
        double threeQuarters = sorted[3 * count / 4];
        double fence = threeQuarters + FENCE * (threeQuarters - quarter);
        return (int) Arrays.stream(sorted).filter(one -> one > fence).count();
    }

    /** Returns the longest run as a multiple of the median. */
    double worst() {
        return (double) sorted()[count - 1] / medianNanos();
    }

    private long[] sorted() {
        if (count == 0) {
            throw new IllegalStateException("Nothing was measured.");
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
