package io.ppipe.schedule;

import java.util.Arrays;

/**
 * The promises of one vGPU, uplink or downlink, ordered by start. Primitive arrays, grown by doubling. What has ended is
 * removed, so a list holds what is still to come: a handful, which is looked through.
 */
final class IntervalList {
    private long[] starts = new long[4];
    private long[] ends = new long[4];
    private long[] keys = new long[4];
    private int count;

    /**
     * Returns the earliest start, not before {@code from}, of a free interval of {@code duration}. May use a gap before
     * a later promise.
     *
     * @param now a promise that should have ended before now, but was not reported to have, is busy at least until now
     */
    long earliest(long from, long duration, long now) {
        long start = from;
        for (int i = 0; i < count; i++) {
            if (start + duration <= starts[i]) {
                return start;
            }
            start = Math.max(start, Math.max(ends[i], now));
        }
        return start;
    }

    void add(long start, long end, long key) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
            keys = Arrays.copyOf(keys, 2 * count);
        }
        int at = count;
        while (at > 0 && starts[at - 1] > start) {
            starts[at] = starts[at - 1];
            ends[at] = ends[at - 1];
            keys[at] = keys[at - 1];
            at--;
        }
        starts[at] = start;
        ends[at] = end;
        keys[at] = key;
        count++;
    }

    /** Removes the promise with this key; returns whether there was one. */
    boolean remove(long key) {
        for (int i = 0; i < count; i++) {
            if (keys[i] == key) {
                count--;
                System.arraycopy(starts, i + 1, starts, i, count - i);
                System.arraycopy(ends, i + 1, ends, i, count - i);
                System.arraycopy(keys, i + 1, keys, i, count - i);
                return true;
            }
        }
        return false;
    }

    void clear() {
        count = 0;
    }

    int size() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    long startMicros(int index) {
        return starts[index];
    }

    long endMicros(int index) {
        return ends[index];
    }

    long key(int index) {
        return keys[index];
    }

    boolean has(long key) {
        for (int i = 0; i < count; i++) {
            if (keys[i] == key) {
                return true;
            }
        }
        return false;
    }

    /** Returns the latest end of any promise; there must be one. */
    long lastEndMicros() {
        long last = ends[0];
        for (int i = 1; i < count; i++) {
            last = Math.max(last, ends[i]);
        }
        return last;
    }
}
