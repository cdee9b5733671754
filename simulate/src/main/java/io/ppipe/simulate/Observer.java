package io.ppipe.simulate;

import io.ppipe.model.Request;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;

/**
 * Sees what happens in a simulated run, in the order in which it ends. For timelines and charts; a run without one costs
 * nothing. Times are microseconds since the start of the run, intervals half-open.
 */
public interface Observer {
    /** Sees nothing. */
    Observer NONE = new Observer() {};

    /**
     * A vGPU has run a stage of a batch.
     *
     * @param position of the stage in {@link Batch#stages}
     */
    default void stage(Batch batch, int position, long startMicros, long endMicros) {}

    /**
     * The boundary tensors behind a stage have travelled.
     *
     * @param position of the transfer in {@link Batch#transfers}
     */
    default void transfer(Batch batch, int position, long startMicros, long endMicros) {}

    /** A request has been answered. */
    default void answered(Request request, Batch batch, long nowMicros) {}

    /** A request has been rejected. */
    default void rejected(Request request, Decision.Cause cause, long nowMicros) {}
}
