package io.ppipe.schedule;

import java.util.Arrays;

/**
 * The reservations of one vGPU, uplink or downlink, ordered by start. Primitive arrays, grown by doubling; insertion and
 * removal move the tail, which is short because what has ended is removed.
 */
final class IntervalList {
    private long[] starts = new long[8];
    private long[] ends = new long[8];
    private long[] keys = new long[8];
    private int count;

    /**
     * Returns the earliest start, not before {@code from}, of a free interval of {@code duration}. May use a gap before
     * a later reservation.
     *
     * @param now an entry that should have ended before now, but was not reported to have, is busy at least until now
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
            at--;
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(ends, at, ends, at + 1, count - at);
        System.arraycopy(keys, at, keys, at + 1, count - at);
        starts[at] = start;
        ends[at] = end;
        keys[at] = key;
        count++;
    }

    /** Removes the entry with this key; returns whether there was one. */
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

    int size() {
        return count;
    }
}
