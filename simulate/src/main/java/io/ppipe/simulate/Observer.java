package io.ppipe.simulate;

import io.ppipe.model.Plan;
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

    /** A batch has been dispatched to vGPUs of the current plan. Ids ascend. */
    default void dispatched(Batch batch, long nowMicros) {}

    /** From now on batches are dispatched to vGPUs of another plan; those under way end on the old one's. */
    default void planChanged(Plan plan, long nowMicros) {}

    /** A vGPU of the current plan has been lost. */
    default void lost(int vgpu, long nowMicros) {}

    /** A vGPU of the current plan is back. */
    default void returned(int vgpu, long nowMicros) {}

    /**
     * A vGPU has run a stage of a batch. What a loss interrupts is not seen.
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
