package io.ppipe.simulate;

/** Why a request was not answered in time. */
public enum MissCause {
    /** Rejected: no pipeline could finish it in time. */
    DEADLINE_UNREACHABLE,
    /** Rejected: the model's queue was at its bound. */
    QUEUE_FULL,
    /** Rejected: the plan serves no pipeline for the model. */
    NOT_PLANNED,
    /** Stopped after admission, because it had become late. */
    EXPIRED,
    /** Late; most of the delay beyond its reservation came from stages that took longer than the profile says. */
    LATE_COMPUTE,
    /** Late; most of the delay came from transfers that took longer. */
    LATE_TRANSFER,
    /** Late; most of the delay came from waiting for a vGPU or a link that was still in use, or not reserved at all. */
    LATE_QUEUE,
    /** Its vGPU or server was lost. */
    LOST
}
