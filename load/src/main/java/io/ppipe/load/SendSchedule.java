package io.ppipe.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * When each request of a run is due, computed in advance: the schedule does not depend on how the server answers, which
 * is what keeps the measured latencies free of coordinated omission. Pure; the same arguments give the same times.
 */
final class SendSchedule {
    private final long[] nanos;

    private SendSchedule(long[] nanos) {
        this.nanos = nanos;
    }

    /** Returns all send times in {@code [0, seconds)}, ascending. */
    static SendSchedule of(Arrivals arrivals, double ratePerSecond, double seconds, long seed) {
        return new SendSchedule(
                switch (arrivals) {
                    case FIXED -> fixed(ratePerSecond, seconds);
                    case POISSON -> poisson(ratePerSecond, seconds, new SplittableRandom(seed));
                });
    }

    private static long[] fixed(double ratePerSecond, double seconds) {
        // The tolerance keeps 0.1 * 30 (3.0000000000000004) from counting a request more than 3.
        int count = Math.toIntExact((long) Math.ceil(ratePerSecond * seconds - 1e-6));
        long[] nanos = new long[Math.max(1, count)];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = (long) (i / ratePerSecond * 1e9);
        }
        return nanos;
    }

    private static long[] poisson(double ratePerSecond, double seconds, SplittableRandom random) {
        double mean = ratePerSecond * seconds;
        long[] nanos = new long[(int) (mean + 4 * Math.sqrt(mean)) + 16];
        int count = 0;
        double at = gapSeconds(ratePerSecond, random);
        while (at < seconds) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count + count / 8);
            }
            nanos[count++] = (long) (at * 1e9);
            at += gapSeconds(ratePerSecond, random);
        }
        return Arrays.copyOf(nanos, count);
    }

    private static double gapSeconds(double ratePerSecond, SplittableRandom random) {
        return -Math.log1p(-random.nextDouble()) / ratePerSecond;
    }

    int count() {
        return nanos.length;
    }

    /** Returns when request {@code index} is due, in nanoseconds since the start of the run. */
    long nanosOf(int index) {
        return nanos[index];
    }
}
