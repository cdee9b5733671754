package io.ppipe.schedule;

import java.util.function.Consumer;

/**
 * Decides which requests run together, when and where. Pure: the same calls give the same decisions, always. One
 * thread owns a scheduler; others talk to it through its owner's inbox.
 */
public interface Scheduler {
    /** The time of a tick that is not needed. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Takes note of what happened and decides what to do about it.
     *
     * @param nowMicros time of the event; never less than in the previous call
     * @param decisions receives every decision, in the order to carry them out
     */
    void on(Event event, long nowMicros, Consumer<Decision> decisions);

    /** Returns when to call with {@link Event.Tick} if nothing else happens, or {@link #NEVER}. */
    long nextTickMicros();
}
