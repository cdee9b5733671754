package io.ppipe.profile;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/** What a run is timed by. */
public enum Clock {
    /** Time that passes: what a request waits. */
    WALL(System::nanoTime),
    /**
     * Time that this thread computes. On a shared machine the wall clock tells of the neighbours: a run that is longer than a
     * time slice is interrupted, its parts one by one are not. Only for sessions of one thread on the CPU.
     */
    CPU_TIME(threadTime());

    private final LongSupplier nanos;

    Clock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    private static LongSupplier threadTime() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads::getCurrentThreadCpuTime;
    }
}
