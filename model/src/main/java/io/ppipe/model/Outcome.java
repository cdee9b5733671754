package io.ppipe.model;

/** How a request ended: exactly one for each that arrived. */
public enum Outcome {
    IN_TIME,
    LATE,
    /** Answered at once that it will not be run. */
    REJECTED,
    /** Admitted, then stopped because it became late. */
    EXPIRED,
    /** The client left. */
    CANCELLED,
    /** Something broke: the stage's execution, for example. */
    FAILED
}
