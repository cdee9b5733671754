package io.ppipe.schedule;

import java.util.Arrays;

/**
 * The vGPUs of one pool, ordered by the end of their last promise, and the gaps before later promises, ordered by start. So
 * the vGPU that is free first is found without looking at the others. An update finds its place by bisection and moves
 * what lies between: one block move of at most a pool's size.
 *
 * <p>A gap too short for the pool's shortest stage is no gap. The time before a vGPU's first promise is one.
 */
final class PoolIndex {
    /** Since when a vGPU without any promise has been free. */
    static final long ALWAYS = Long.MIN_VALUE;

    private final long shortestMicros;
    private final int[] order;
    private final long[] tails;
    private int count;

    private long[] gapStarts = new long[8];
    private long[] gapEnds = new long[8];
    private int[] gapVgpus = new int[8];
    private int gapCount;

    /**
     * @param vgpus of the pool, none with a promise
     * @param shortestMicros the shortest time that a batch of any size takes on one of them
     */
    PoolIndex(int[] vgpus, long shortestMicros) {
        this.shortestMicros = shortestMicros;
        this.order = vgpus.clone();
        this.tails = new long[vgpus.length];
        Arrays.fill(tails, ALWAYS);
        this.count = vgpus.length;
    }

    /** Returns how many vGPUs are not lost. */
    int count() {
        return count;
    }

    /** Returns the vGPU at a place of the order: that with the earliest end of its last promise first. */
    int vgpu(int place) {
        return order[place];
    }

    /** Returns the end of the last promise of the vGPU at a place of the order. */
    long tailMicros(int place) {
        return tails[place];
    }

    /** Returns whether more than one in {@code part} vGPUs have no promise at all. */
    boolean idle(int part) {
        return count > 0 && tails[count / part] == ALWAYS;
    }

    int gapCount() {
        return gapCount;
    }

    long gapStartMicros(int gap) {
        return gapStarts[gap];
    }

    long gapEndMicros(int gap) {
        return gapEnds[gap];
    }

    int gapVgpu(int gap) {
        return gapVgpus[gap];
    }

    /** Takes note that the promises of a vGPU have changed. */
    void update(int vgpu, IntervalList promises) {
        int place = placeOf(vgpu);
        if (place >= 0) {
            move(place, promises.isEmpty() ? ALWAYS : promises.lastEndMicros());
            removeGaps(vgpu);
            addGaps(vgpu, promises);
        }
    }

    /** Takes a vGPU out. */
    void lose(int vgpu) {
        int place = placeOf(vgpu);
        if (place >= 0) {
            System.arraycopy(order, place + 1, order, place, count - place - 1);
            System.arraycopy(tails, place + 1, tails, place, count - place - 1);
            count--;
            removeGaps(vgpu);
        }
    }

    /** Takes a vGPU back, idle. */
    void regain(int vgpu) {
        if (placeOf(vgpu) < 0) {
            System.arraycopy(order, 0, order, 1, count);
            System.arraycopy(tails, 0, tails, 1, count);
            order[0] = vgpu;
            tails[0] = ALWAYS;
            count++;
        }
    }

    private int placeOf(int vgpu) {
        for (int i = 0; i < count; i++) {
            if (order[i] == vgpu) {
                return i;
            }
        }
        return -1;
    }

    private void move(int from, long tail) {
        int vgpu = order[from];
        int low = 0;
        int high = count;
        while (low < high) { // the first place whose tail is later
            int middle = (low + high) >>> 1;
            if (tails[middle] <= tail) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int to = low > from ? low - 1 : low;
        if (to > from) {
            System.arraycopy(order, from + 1, order, from, to - from);
            System.arraycopy(tails, from + 1, tails, from, to - from);
        } else {
            System.arraycopy(order, to, order, to + 1, from - to);
            System.arraycopy(tails, to, tails, to + 1, from - to);
        }
        order[to] = vgpu;
        tails[to] = tail;
    }

    private void removeGaps(int vgpu) {
        int kept = 0;
        for (int i = 0; i < gapCount; i++) {
            if (gapVgpus[i] != vgpu) {
                if (kept != i) {
                    gapStarts[kept] = gapStarts[i];
                    gapEnds[kept] = gapEnds[i];
                    gapVgpus[kept] = gapVgpus[i];
                }
                kept++;
            }
        }
        gapCount = kept;
    }

    private void addGaps(int vgpu, IntervalList promises) {
        long freeFrom = ALWAYS;
        for (int i = 0; i < promises.size(); i++) {
            long freeUntil = promises.startMicros(i);
            if (freeFrom == ALWAYS || freeUntil - freeFrom >= shortestMicros) {
                addGap(vgpu, freeFrom, freeUntil);
            }
            freeFrom = Math.max(freeFrom, promises.endMicros(i));
        }
    }

    private void addGap(int vgpu, long start, long end) {
        if (gapCount == gapStarts.length) {
            gapStarts = Arrays.copyOf(gapStarts, 2 * gapCount);
            gapEnds = Arrays.copyOf(gapEnds, 2 * gapCount);
            gapVgpus = Arrays.copyOf(gapVgpus, 2 * gapCount);
        }
        int at = gapCount;
        while (at > 0 && gapStarts[at - 1] > start) {
            gapStarts[at] = gapStarts[at - 1];
            gapEnds[at] = gapEnds[at - 1];
            gapVgpus[at] = gapVgpus[at - 1];
            at--;
        }
        gapStarts[at] = start;
        gapEnds[at] = end;
        gapVgpus[at] = vgpu;
        gapCount++;
    }
}
