package io.ppipe.model;

/**
 * Where latencies come from.
 *
 * @param device the device in words, e.g. the CPU's name
 * @param runtime what ran or computed them, with version
 * @param date ISO 8601 date and time, or "" when unknown
 * @param conditions what else the times depend on (clocks, driver, operating system), and how well they are known, in words;
 *     "" when unknown
 */
public record Provenance(Kind kind, String device, String runtime, String date, String conditions) {
    /** Makes a provenance without conditions. */
    public Provenance(Kind kind, String device, String runtime, String date) {
        this(kind, device, runtime, date, "");
    }

    /** How latencies were obtained. */
    public enum Kind {
        /** Run on the device itself. */
        MEASURED,
        /** Computed from CPU times by the factors of an {@link Executor.Emulated}. */
        EMULATED,
        /** Brought along from another tool. */
        IMPORTED
    }

    /** Names conditions only where there are some: fingerprints of profiles are made of this text. */
    @Override
    public String toString() {
        return "Provenance[kind=%s, device=%s, runtime=%s, date=%s%s]"
                .formatted(kind, device, runtime, date, conditions.isEmpty() ? "" : ", conditions=" + conditions);
    }
}
