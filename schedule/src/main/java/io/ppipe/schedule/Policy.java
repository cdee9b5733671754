package io.ppipe.schedule;

/**
 * Decides for one model at a time which of its waiting requests run together, on which pipeline, and which are rejected. It
 * reads the dispatcher's tables and acts by the dispatcher's methods; it keeps nothing that those don't know.
 */
interface Policy {
    /**
     * Decides what can be decided now: called when something has changed for the model.
     *
     * @return when to call again if nothing else happens, or {@link Scheduler#NEVER}
     */
    long decide(int model, long nowMicros);

    /** Makes a policy for a dispatcher; once more when its plan changes. */
    interface Maker {
        Policy of(Dispatcher dispatcher);
    }
}
