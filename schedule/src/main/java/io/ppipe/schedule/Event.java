package io.ppipe.schedule;

import io.ppipe.model.Request;

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
     * @param stage index of the stage in the batch's pipeline
     */
    record StageFinished(long batch, int stage, long startMicros, long endMicros) implements Event {}

    /**
     * The boundary tensors behind a stage really travelled during {@code [startMicros, endMicros)}.
     *
     * @param stage index of the sending stage
     */
    record TransferFinished(long batch, int stage, long startMicros, long endMicros) implements Event {}

    /** Nothing further of this batch will happen: it failed, or all its requests are gone. Frees what it holds. */
    record BatchEnded(long batch) implements Event {}

    /** The time that {@link Scheduler#nextTickMicros} asked for has come. */
    record Tick() implements Event {}
}
