package io.ppipe.simulate;

import java.util.Arrays;

/** When the requests of a trace started: microseconds, ascending, counted from any time. Immutable. */
public final class TraceTimes {
    private final long[] micros;

    private TraceTimes(long[] micros) {
        this.micros = micros;
    }

    /** @param micros in any order; copied */
    public static TraceTimes of(long... micros) {
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        return new TraceTimes(sorted);
    }

    /** Returns how many there are. */
    public int count() {
        return micros.length;
    }

    /** Returns the time of one of them, from the earliest on. */
    public long micros(int index) {
        return micros[index];
    }

    /** Returns these, counted from {@code startMicros}. */
    TraceTimes since(long startMicros) {
        return new TraceTimes(Arrays.stream(micros).map(m -> m - startMicros).toArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TraceTimes that && Arrays.equals(micros, that.micros);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(micros);
    }

    @Override
    public String toString() {
        return micros.length + " start times";
    }
}
