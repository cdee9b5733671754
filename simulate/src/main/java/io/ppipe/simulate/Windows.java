package io.ppipe.simulate;

import java.util.Arrays;

/**
 * Arrived and missed requests by windows of their arrival. What happens in one window tells little of what happens in the
 * next when windows are several SLOs long, so their spread says how certain an attainment is (batch means).
 */
final class Windows {
    private final long micros;
    private int[] arrived = new int[64];
    private int[] missed = new int[64];

    /** @param micros length of a window */
    Windows(long micros) {
        this.micros = micros;
    }

    void arrived(long atMicros) {
        int window = (int) (atMicros / micros);
        if (window >= arrived.length) {
            arrived = Arrays.copyOf(arrived, 2 * window);
            missed = Arrays.copyOf(missed, 2 * window);
        }
        arrived[window]++;
    }

    void missed(long arrivalMicros) {
        missed[(int) (arrivalMicros / micros)]++;
    }

    /**
     * Returns the attainment over the windows that ended by a time, and how certain it is.
     *
     * @param first window that counts
     * @param untilMicros all requests that arrived before must have ended
     */
    Attainment attainment(int first, long untilMicros) {
        int end = (int) Math.min(untilMicros / micros, arrived.length);
        int count = end - first;
        double arrivals = 0;
        double misses = 0;
        for (int i = first; i < end; i++) {
            arrivals += arrived[i];
            misses += missed[i];
        }
        if (arrivals == 0) {
            return new Attainment(1, Double.POSITIVE_INFINITY);
        }
        double ratio = misses / arrivals;
        double squares = 0;
        for (int i = first; i < end; i++) { // the spread of a ratio of two sums, to first order
            double residual = missed[i] - ratio * arrived[i];
            squares += residual * residual;
        }
        double error = count < 2 ? Double.POSITIVE_INFINITY : Math.sqrt(squares * count / (count - 1)) / arrivals;
        return new Attainment(1 - ratio, error);
    }
}
