package io.ppipe.cli;

import java.util.Locale;

/**
 * A mean with the 95 % confidence interval of Student's t distribution.
 *
 * @param halfWidth NaN when there is only one value
 */
public record Interval(double mean, double halfWidth) {
    /** The 97.5 % quantiles of t for 1, 2, … degrees of freedom. */
    private static final double[] T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    /** Correct to 0.003 beyond the table. */
    private static double t(int degrees) {
        return degrees <= T.length ? T[degrees - 1] : 1.96 + 2.4 / degrees;
    }

    /** @param values at least one */
    public static Interval of(double... values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        int degrees = values.length - 1;
        return new Interval(
                mean, degrees == 0 ? Double.NaN : t(degrees) * Math.sqrt(squares / degrees / values.length));
    }

    /** Returns e.g. {@code 0.953 ± 0.012}. */
    @Override
    public String toString() {
        return Double.isNaN(halfWidth)
                ? String.format(Locale.ROOT, "%.3f", mean)
                : String.format(Locale.ROOT, "%.3f ± %.3f", mean, halfWidth);
    }
}
