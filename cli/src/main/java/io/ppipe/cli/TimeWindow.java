package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Scenario;
import io.ppipe.simulate.Fault;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A part of a simulated run, half-open.
 *
 * @param startMicros in microseconds since the start of the run
 * @param endMicros after the start
 */
record TimeWindow(long startMicros, long endMicros) {
    static final String GRAMMAR = "FROM..TO";

    /** As much as a timeline shows well. */
    private static final int SLOS_SHOWN = 2;

    /** Round numbers are easier to read on an axis. */
    private static final long STEP_MICROS = 1_000;

    TimeWindow {
        if (startMicros < 0 || endMicros <= startMicros) {
            throw new IllegalArgumentException(
                    "window must end (%d us) after it begins (%d us)".formatted(endMicros, startMicros));
        }
    }

    /** Reads {@code 1s..1.2s}. */
    static final class Converter implements ITypeConverter<TimeWindow> {
        @Override
        public TimeWindow convert(String text) {
            String[] ends = text.split("\\.\\.", -1);
            if (ends.length != 2) {
                throw new TypeConversionException("'%s' is not %s, such as 1s..1.2s".formatted(text, GRAMMAR));
            }
            try {
                return new TimeWindow(RunTime.micros(ends[0]), RunTime.micros(ends[1]));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'%s': %s".formatted(text, e.getMessage()));
            }
        }
    }

    /**
     * Returns what is worth seeing of a run: what happens around the first fault; else some of its middle, when queues are
     * as they usually are.
     */
    static TimeWindow of(Scenario scenario, List<Fault> faults, double seconds) {
        long longestSlo = scenario.models().stream()
                .mapToLong(model -> model.slo().latencyMicros())
                .max()
                .orElseThrow();
        long runMicros = Math.max(STEP_MICROS, (long) (seconds * 1e6));
        long length = Math.min(runMicros, roundedUp(SLOS_SHOWN * longestSlo));
        long middle = faults.stream()
                .mapToLong(Fault::atMicros)
                .filter(at -> at < runMicros)
                .min()
                .orElse(runMicros / 2);
        long start = Math.clamp(middle - length / 2, 0, runMicros - length) / STEP_MICROS * STEP_MICROS;
        return new TimeWindow(start, start + length);
    }

    private static long roundedUp(long micros) {
        return Math.ceilDiv(micros, STEP_MICROS) * STEP_MICROS;
    }

    /**
     * Refuses a window in which nothing can happen.
     *
     * @param seconds length of the time in which requests arrive
     */
    void requireWithin(double seconds) {
        if (startMicros >= seconds * 1e6) {
            throw new BadInputException("--window begins at %s s, and requests arrive for %s s."
                    .formatted(Numbers.plain(startMicros / 1e6), Numbers.plain(seconds)));
        }
    }

    /** Returns whether any of the time from {@code start} to {@code end} is in it. */
    boolean overlaps(long start, long end) {
        return start < endMicros && end > startMicros;
    }

    boolean contains(long micros) {
        return startMicros <= micros && micros < endMicros;
    }

    /** Returns the same up to another end. */
    TimeWindow until(long end) {
        return new TimeWindow(startMicros, end);
    }

    /** Returns it in words. */
    String text() {
        return "%s ms to %s ms".formatted(Numbers.plain(startMicros / 1e3), Numbers.plain(endMicros / 1e3));
    }
}
