package io.ppipe.report;

import java.util.OptionalDouble;

/**
 * An axis of numbers.
 *
 * @param title what it measures, with the unit
 * @param scale how values are spread along it
 * @param min where it begins; empty for: a little before the data
 * @param max where it ends; empty for: a little after the data
 */
public record Axis(String title, Scale scale, OptionalDouble min, OptionalDouble max) {
    public Axis {
        min.ifPresent(value -> Numbers.requireDrawable(value, "Begin of axis " + title));
        max.ifPresent(value -> Numbers.requireDrawable(value, "End of axis " + title));
        if (min.isPresent() && max.isPresent() && min.getAsDouble() >= max.getAsDouble()) {
            throw new IllegalArgumentException("Axis %s must begin (%s) before it ends (%s)."
                    .formatted(title, min.getAsDouble(), max.getAsDouble()));
        }
        if (scale == Scale.LOGARITHMIC && min.isPresent() && min.getAsDouble() <= 0) {
            throw new IllegalArgumentException(
                    "Logarithmic axis %s must begin above 0, not at %s.".formatted(title, min.getAsDouble()));
        }
    }

    /** How values are spread along an axis. */
    public enum Scale {
        LINEAR,
        LOGARITHMIC
    }

    /** An axis that fits its data. */
    public static Axis linear(String title) {
        return new Axis(title, Scale.LINEAR, OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** An axis that fits its data, all of which are above 0. */
    public static Axis logarithmic(String title) {
        return new Axis(title, Scale.LOGARITHMIC, OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** This axis over the given range; what lies outside is cut off. */
    public Axis between(double min, double max) {
        return new Axis(title, scale, OptionalDouble.of(min), OptionalDouble.of(max));
    }

    void requireShows(double value) {
        if (scale == Scale.LOGARITHMIC && !(value > 0)) {
            throw new IllegalArgumentException(
                    "Logarithmic axis %s cannot show %s: only values above 0.".formatted(title, value));
        }
    }
}
