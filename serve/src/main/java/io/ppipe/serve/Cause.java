package io.ppipe.serve;

import io.ppipe.model.Outcome;
import java.util.Locale;

/**
 * Why a request ended as it did: one for each way, so that a cause says the outcome too. Refusals have the cause that their
 * client reads, late answers the simulator's.
 */
public enum Cause {
    /** Answered by its deadline. */
    NONE(Outcome.IN_TIME),
    /** Late; most of the delay beyond its reservation came from stages that took longer than the profile says. */
    LATE_COMPUTE(Outcome.LATE),
    /** Late; most of the delay came from transfers that took longer than reserved. */
    LATE_TRANSFER(Outcome.LATE),
    /** Late; most of the delay came from waiting for a vGPU or a link, or was not reserved at all. */
    LATE_QUEUE(Outcome.LATE),
    /** Rejected: no pipeline could finish it in time. */
    DEADLINE_UNREACHABLE(Outcome.REJECTED),
    /** Rejected: a queue was at its bound. */
    OVERLOADED(Outcome.REJECTED),
    /** Rejected: the server was shutting down. */
    DRAINING(Outcome.REJECTED),
    /** Rejected: the plan has no pipeline for its model. */
    UNKNOWN_MODEL(Outcome.REJECTED),
    /** Admitted, then stopped because its deadline had passed. */
    EXPIRED(Outcome.EXPIRED),
    /** The client left. */
    CANCELLED(Outcome.CANCELLED),
    /** Something broke inside. */
    FAILED(Outcome.FAILED);

    private final Outcome outcome;

    Cause(Outcome outcome) {
        this.outcome = outcome;
    }

    /** Returns how a request with this cause ended. */
    public Outcome outcome() {
        return outcome;
    }

    /** Returns its name in metrics and logs, e.g. {@code deadline_unreachable}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the cause of a refusal.
     *
     * @throws IllegalArgumentException for invalid requests, which have no outcome
     */
    static Cause of(InferenceService.Status status) {
        return switch (status) {
            case DEADLINE_UNREACHABLE -> DEADLINE_UNREACHABLE;
            case OVERLOADED -> OVERLOADED;
            case DRAINING -> DRAINING;
            case UNKNOWN_MODEL, NOT_PLANNED -> UNKNOWN_MODEL;
            case EXPIRED -> EXPIRED;
            case CANCELLED -> CANCELLED;
            case FAILED -> FAILED;
            case INVALID, NOT_ENABLED -> throw new IllegalArgumentException("An invalid request has no outcome.");
        };
    }
}
