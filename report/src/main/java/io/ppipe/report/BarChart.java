package io.ppipe.report;

import java.util.HashSet;
import java.util.List;

/**
 * A grouped bar chart: for each category one bar per series, such as the load factor of each system on each instance.
 *
 * @param title what stands above it
 * @param categoryTitle title of the horizontal axis; may be empty
 * @param valueTitle title of the vertical axis, with the unit
 * @param categories different names, from left to right; 1 to {@value #MAX_CATEGORIES}
 * @param series one colour each, 1 to {@link Chart#MAX_SERIES}
 * @param targets horizontal lines; may be empty
 */
public record BarChart(
        String title,
        String categoryTitle,
        String valueTitle,
        List<String> categories,
        List<Series> series,
        List<Target> targets)
        implements Chart {
    /** More bars than that are thinner than they can be seen on a page. */
    public static final int MAX_CATEGORIES = 200;

    public BarChart {
        categories = List.copyOf(categories);
        series = List.copyOf(series);
        targets = List.copyOf(targets);
        if (categories.isEmpty() || categories.size() > MAX_CATEGORIES) {
            throw new IllegalArgumentException(
                    "Bar chart has %d categories, not 1 to %d.".formatted(categories.size(), MAX_CATEGORIES));
        }
        if (new HashSet<>(categories).size() < categories.size()) {
            throw new IllegalArgumentException("Bar chart has two categories of one name: " + categories);
        }
        SeriesNames.check(series.stream().map(Series::name).toList());
        for (Series one : series) {
            if (one.values().size() != categories.size()) {
                throw new IllegalArgumentException("Series %s has %d values for %d categories."
                        .formatted(one.name(), one.values().size(), categories.size()));
            }
        }
    }

    /**
     * The bars of one colour.
     *
     * @param name what the legend calls it
     * @param values one per category; {@link Double#NaN} where there is none
     * @param errors how sure each value is; empty where nothing is said of it
     */
    public record Series(String name, List<Double> values, List<ErrorBar> errors) {
        /** Bars without error bars. */
        public Series(String name, List<Double> values) {
            this(name, values, List.of());
        }

        public Series {
            values = List.copyOf(values);
            errors = List.copyOf(errors);
            if (!errors.isEmpty() && errors.size() != values.size()) {
                throw new IllegalArgumentException(
                        "Series %s has %d error bars for %d values.".formatted(name, errors.size(), values.size()));
            }
            for (double value : values) {
                if (!Double.isNaN(value)) {
                    Numbers.requireDrawable(value, "Value of series " + name);
                }
            }
        }
    }

    /**
     * The range in which a value is taken to lie. Not drawn where both ends are the same, or the value is not there.
     *
     * @param low lower end; at most {@code high}
     * @param high upper end
     */
    public record ErrorBar(double low, double high) {
        public ErrorBar {
            Numbers.requireDrawable(low, "Lower end of the error bar");
            Numbers.requireDrawable(high, "Upper end of the error bar");
            if (!(low <= high)) {
                throw new IllegalArgumentException(
                        "Error bar must not begin at %s and end at %s.".formatted(low, high));
            }
        }
    }
}
