package io.ppipe.schedule;

/** A part of the deferred policy that can be left out, to see what it brings. The essay above the policy explains them. */
public enum DeferredPart {
    /** Binds a batch to a vGPU only when one is free; without it, as soon as a route can be reserved. */
    LATE_BINDING,
    /** Waits for fuller batches while vGPUs are scarce and deadlines allow; without it, takes what is there. */
    WAITING,
    /** Leaves requests that a pipeline can't serve any more to faster ones; without it, begins with the most urgent one. */
    SKIPPING,
    /** Holds batches back that would only queue behind the first stage; without it, starts whenever a vGPU is free. */
    PACING
}
