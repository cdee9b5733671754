package io.ppipe.model;

/** Told how far long work has come. Calls come from the thread that does the work. */
@FunctionalInterface
public interface Progress {
    /** Listens to nothing. */
    Progress NONE = (what, done, total) -> {};

    /**
     * Says that {@code done} of {@code total} steps are finished.
     *
     * @param what the work in a few words; a new text begins a new piece of work
     * @param total number of steps, or 0 when it is not known
     */
    void report(String what, long done, long total);
}
