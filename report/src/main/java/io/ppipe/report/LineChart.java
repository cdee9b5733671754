package io.ppipe.report;

import java.util.List;

/**
 * Lines over a numeric axis, each with an optional error band, such as SLO attainment against load factor.
 *
 * @param title what stands above it
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series one colour and marker each, 1 to {@link Chart#MAX_SERIES}
 * @param targets horizontal lines; may be empty
 */
public record LineChart(String title, Axis x, Axis y, List<Series> series, List<Target> targets) implements Chart {
    public LineChart {
        series = List.copyOf(series);
        targets = List.copyOf(targets);
        SeriesNames.check(series.stream().map(Series::name).toList());
    }

    /**
     * One line.
     *
     * @param name what the legend calls it
     * @param points by growing {@code x}; at least one
     */
    public record Series(String name, List<Point> points) {
        public Series {
            points = List.copyOf(points);
            if (points.isEmpty()) {
                throw new IllegalArgumentException("Series %s has no points.".formatted(name));
            }
            for (int i = 1; i < points.size(); i++) {
                if (points.get(i).x() < points.get(i - 1).x()) {
                    throw new IllegalArgumentException("Series %s goes back from x = %s to %s."
                            .formatted(
                                    name, points.get(i - 1).x(), points.get(i).x()));
                }
            }
        }

        boolean hasBand() {
            return points.stream().anyMatch(p -> p.low() < p.high());
        }
    }

    /**
     * A measured value and how sure it is.
     *
     * @param x where
     * @param y the value
     * @param low lower end of the error band; at most {@code y}
     * @param high upper end of the error band; at least {@code y}
     */
    public record Point(double x, double y, double low, double high) {
        public Point {
            Numbers.requireDrawable(x, "x");
            Numbers.requireDrawable(low, "Lower end of the error band");
            Numbers.requireDrawable(high, "Upper end of the error band");
            if (!(low <= y && y <= high)) {
                throw new IllegalArgumentException(
                        "Error band [%s, %s] must hold its value %s.".formatted(low, high, y));
            }
        }

        /** A value without an error band. */
        public Point(double x, double y) {
            this(x, y, y, y);
        }
    }
}
