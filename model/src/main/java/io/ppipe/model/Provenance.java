package io.ppipe.model;

import java.util.Locale;
import java.util.Optional;

/**
 * Where latencies come from.
 *
 * @param device the device in words, e.g. the CPU's name
 * @param runtime what ran or computed them, with version
 * @param date ISO 8601 date and time, or "" when unknown
 * @param conditions what else the times depend on (clocks, driver, operating system), and how well they are known, in words;
 *     "" when unknown
 * @param band how far off estimated times may be; they always have one, and no others do
 */
public record Provenance(
        Kind kind, String device, String runtime, String date, String conditions, Optional<ErrorBand> band) {
    public Provenance {
        if (band.isPresent() != (kind == Kind.ESTIMATED)) {
            throw new IllegalArgumentException(
                    "Provenance of kind %s: estimated latencies must have an error band, and no others may."
                            .formatted(kind));
        }
    }

    /** Makes a provenance of latencies that are not estimated. */
    public Provenance(Kind kind, String device, String runtime, String date, String conditions) {
        this(kind, device, runtime, date, conditions, Optional.empty());
    }

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
        IMPORTED,
        /** Computed from a GPU's data sheet and what the model computes. */
        ESTIMATED
    }

    /** Returns what tables say beside latencies that nobody measured on the device: " (estimated)", or "". */
    public String label() {
        return switch (kind) {
            case EMULATED -> " (emulated)";
            case ESTIMATED -> " (estimated)";
            case MEASURED, IMPORTED -> "";
        };
    }

    /** Returns where estimated times come from that were multiplied by the upper end of their band: it is now 1. */
    Provenance atUpperEnd(ErrorBand of) {
        String changed = String.format(Locale.ROOT, "%s; taken at the upper end, times %.4g", conditions, of.high());
        return new Provenance(
                kind, device, runtime, date, changed, Optional.of(new ErrorBand(of.low() / of.high(), 1)));
    }

    /** Names conditions and band only where there are some: fingerprints of profiles are made of this text. */
    @Override
    public String toString() {
        return "Provenance[kind=%s, device=%s, runtime=%s, date=%s%s%s]"
                .formatted(
                        kind,
                        device,
                        runtime,
                        date,
                        conditions.isEmpty() ? "" : ", conditions=" + conditions,
                        band.map(b -> ", band=" + b).orElse(""));
    }
}
