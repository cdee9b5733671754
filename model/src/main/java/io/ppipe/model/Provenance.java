package io.ppipe.model;

/**
 * Where latencies come from.
 *
 * @param device the device in words, e.g. the CPU's name
 * @param runtime what ran or computed them, with version
 * @param date ISO 8601 date and time, or "" when unknown
 */
public record Provenance(Kind kind, String device, String runtime, String date) {
    /** How latencies were obtained. */
    public enum Kind {
        /** Run on the device itself. */
        MEASURED,
        /** Computed from CPU times by the factors of an {@link Executor.Emulated}. */
        EMULATED,
        /** Brought along from another tool. */
        IMPORTED
    }
}
