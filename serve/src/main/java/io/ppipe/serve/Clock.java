package io.ppipe.serve;

import java.util.function.LongSupplier;

/** The run's clock: microseconds since it was made. Never goes back. */
public final class Clock implements LongSupplier {
    private final long originNanos = System.nanoTime();

    @Override
    public long getAsLong() {
        return (System.nanoTime() - originNanos) / 1000;
    }
}
