package io.ppipe.profile;

import java.lang.management.ManagementFactory;

/** What a run is timed by. */
public enum Clock {
    /** Time that passes: what a request waits. */
    WALL,
    /**
     * Time that this thread computes. On a shared machine the wall clock tells of the neighbours: a run that is longer than a
     * time slice is interrupted, its parts one by one are not. Only for sessions of one thread on the CPU.
     */
    CPU_TIME;

    long nanos() {
        return switch (this) {
            case WALL -> System.nanoTime();
            case CPU_TIME -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        };
    }
}
