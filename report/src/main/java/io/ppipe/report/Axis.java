package io.ppipe.report;

import java.util.OptionalDouble;

/**
 * An axis of numbers.
 *
 * @param title what it measures, with the unit
 * @param min where it begins; empty for: a little before the data
 * @param max where it ends; empty for: a little after the data
 */
public record Axis(String title, OptionalDouble min, OptionalDouble max) {
    public Axis {
        min.ifPresent(value -> Numbers.requireDrawable(value, "Begin of axis " + title));
        max.ifPresent(value -> Numbers.requireDrawable(value, "End of axis " + title));
        if (min.isPresent() && max.isPresent() && min.getAsDouble() >= max.getAsDouble()) {
            throw new IllegalArgumentException("Axis %s must begin (%s) before it ends (%s)."
                    .formatted(title, min.getAsDouble(), max.getAsDouble()));
        }
    }

    /** An axis that fits its data. */
    public static Axis linear(String title) {
        return new Axis(title, OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** This axis over the given range; what lies outside is cut off. */
    public Axis between(double min, double max) {
        return new Axis(title, OptionalDouble.of(min), OptionalDouble.of(max));
    }
}
