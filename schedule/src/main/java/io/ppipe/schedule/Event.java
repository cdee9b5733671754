package io.ppipe.schedule;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;

/** What happened. */
public sealed interface Event {
    /** A request has been received whole and is valid. */
    record Arrived(Request request) implements Event {}

    /** The client of a request left, or its answer is of no use any more. */
    record Cancelled(long requestId, int model) implements Event {}

    /**
     * A vGPU really ran a stage of a batch during {@code [startMicros, endMicros)}. Comes as feedback: the tables follow
     * what happened, not what was planned.
     *
     * @param stage position of the stage in {@link Batch#stages}
     */
    record StageFinished(long batch, int stage, long startMicros, long endMicros) implements Event {}

    /**
     * The boundary tensors behind a stage really travelled during {@code [startMicros, endMicros)}.
     *
     * @param stage position of the sending stage in {@link Batch#stages}
     */
    record TransferFinished(long batch, int stage, long startMicros, long endMicros) implements Event {}

    /** Nothing further of this batch will happen: it failed, or all its requests are gone. Frees what it holds. */
    record BatchEnded(long batch) implements Event {}

    /**
     * A vGPU doesn't run any more, and what it ran or held is gone.
     *
     * @param vgpu index in the current plan
     */
    record VgpuLost(int vgpu) implements Event {}

    /** A lost vGPU runs again, and is idle. */
    record VgpuReturned(int vgpu) implements Event {}

    /**
     * From now on requests run as another plan says. Its vGPUs have its weights already; batches under way end as they
     * began, and a GPU's new vGPUs are free when the old ones' stages have ended. Nothing that waits is lost.
     *
     * @param scenario with the same models in the same order and the same GPUs
     */
    record PlanChanged(Scenario scenario, Plan plan) implements Event {}

    /** The time that {@link Scheduler#nextTickMicros} asked for has come. */
    record Tick() implements Event {}
}
