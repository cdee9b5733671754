package io.ppipe.format;

import java.util.Arrays;

/** Millions of times, in the order in which they are added. */
final class TimeList {
    private long[] micros = new long[64];
    private int count;

    void add(long time) {
        if (count == micros.length) {
            micros = Arrays.copyOf(micros, 2 * count);
        }
        micros[count++] = time;
    }

    long[] toArray() {
        return Arrays.copyOf(micros, count);
    }
}
