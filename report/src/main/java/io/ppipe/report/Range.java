package io.ppipe.report;

import java.util.stream.DoubleStream;

/**
 * The part of an axis that is shown.
 *
 * @param max above {@code min}
 */
record Range(double min, double max) {
    /** What is left free before the first value and after the last, as a share of what is between them. */
    private static final double MARGIN = 0.04;

    /** Narrower than that, the library's tick labels are all the same. */
    private static final double NARROWEST = 1e-3;

    /** From 0 to the highest bar, or from the lowest one if it goes down. Not-a-numbers are left out. */
    static Range ofBars(DoubleStream values) {
        var found = values.filter(value -> !Double.isNaN(value)).summaryStatistics();
        double low = found.getCount() == 0 ? 0 : Math.min(0, found.getMin());
        double high = found.getCount() == 0 ? 1 : Math.max(0, found.getMax());
        double margin = Math.max(2 * MARGIN * (high - low), NARROWEST);
        return new Range(low < 0 ? low - margin : 0, high > 0 || low == 0 ? high + margin : 0);
    }

    /** Around all values, unless the axis says where to begin or end. */
    static Range of(Axis axis, DoubleStream values) {
        var found = values.summaryStatistics();
        double low = axis.min().orElse(Math.min(found.getMin(), axis.max().orElse(Double.MAX_VALUE)));
        double high = axis.max().orElse(Math.max(found.getMax(), low));
        double margin = Math.max(MARGIN * (high - low), NARROWEST * Math.max(1, Math.abs(high)));
        return new Range(axis.min().isPresent() ? low : low - margin, axis.max().isPresent() ? high : high + margin);
    }

    /** Returns how far along the axis a value lies: 0 at its begin, 1 at its end. */
    double share(double value) {
        return (value - min) / (max - min);
    }
}
