package io.ppipe.plan;

/** A point in time at which a search has to end. */
final class Deadline {
    private final long endNanos;

    private Deadline(long endNanos) {
        this.endNanos = endNanos;
    }

    static Deadline in(double seconds) {
        return new Deadline(System.nanoTime() + (long) (Math.min(seconds, 1e9) * 1e9));
    }

    double secondsLeft() {
        return Math.max(0, (endNanos - System.nanoTime()) / 1e9);
    }

    boolean passed() {
        return endNanos - System.nanoTime() <= 0;
    }
}
