package io.ppipe.schedule;

import io.ppipe.model.Request;

/** What the scheduler decided. The caller carries it out; the scheduler touches nothing. */
public sealed interface Decision {
    /** Run the batch along its route. */
    record Dispatch(Batch batch) implements Decision {}

    /** Answer the request now, without running it. */
    record Reject(Request request, Cause cause) implements Decision {}

    /** Answer the request now and run no further stage for it: it was admitted, and has become late. */
    record Expire(Request request) implements Decision {}

    /**
     * Stop the batch, because a vGPU that it needs is lost. Its requests wait again: each will be dispatched once more, or
     * rejected.
     */
    record Abort(Batch batch) implements Decision {}

    /** Why a request is rejected. */
    enum Cause {
        /** No pipeline could finish it in time, even alone. */
        DEADLINE_UNREACHABLE,
        /** The model's queue is at its bound. */
        QUEUE_FULL,
        /** The plan serves no pipeline for the model. */
        NOT_PLANNED
    }
}
