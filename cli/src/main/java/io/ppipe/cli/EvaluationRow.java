package io.ppipe.cli;

import io.ppipe.model.Utilisation;
import java.util.List;

/**
 * Which load one plan attains its SLO targets at, under one policy and one kind of arrivals.
 *
 * @param plan what to call it
 * @param policy by its name
 * @param arrivals as the option says them
 * @param loadFactor offered ÷ planned at the highest load at which all models attain their targets
 * @param minThroughputOverWeight min over models of throughput ÷ weight at that load
 * @param utilisation of each GPU class at that load; may be empty
 * @param points every load that was tried, by any seed, in any order; may be empty
 */
public record EvaluationRow(
        String plan,
        String policy,
        String arrivals,
        Estimate loadFactor,
        double minThroughputOverWeight,
        List<Utilisation> utilisation,
        List<Point> points) {
    public EvaluationRow {
        utilisation = List.copyOf(utilisation);
        points = List.copyOf(points);
    }

    /**
     * A value and how sure it is; low = mean = high for one run.
     *
     * @param low at most {@code mean}
     * @param high at least {@code mean}
     */
    public record Estimate(double mean, double low, double high) {
        public Estimate {
            if (!(low <= mean && mean <= high)) { // written so that NaN fails
                throw new IllegalArgumentException("Range [%s, %s] must hold its mean %s.".formatted(low, high, mean));
            }
        }

        /** A value from one run. */
        public Estimate(double value) {
            this(value, value, value);
        }

        /** Returns the mean of some values, at least one, with its 95 % confidence interval. */
        public static Estimate of(List<Double> values) {
            Interval interval =
                    Interval.of(values.stream().mapToDouble(value -> value).toArray());
            double halfWidth = Double.isNaN(interval.halfWidth()) ? 0 : interval.halfWidth();
            return new Estimate(interval.mean(), interval.mean() - halfWidth, interval.mean() + halfWidth);
        }
    }

    /**
     * A load that was tried.
     *
     * @param load as a load factor
     * @param attainment the least of any model, in [0, 1]
     */
    public record Point(double load, double attainment) {}

    /** What tells two rows apart. */
    List<String> key() {
        return List.of(plan, policy, arrivals);
    }
}
