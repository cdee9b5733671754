package io.ppipe.evaluate;

import java.util.Arrays;

/**
 * Margin and batch-building factor of each model. Compared by their values.
 *
 * @param margins fractions of the SLO
 * @param factors f in f · (n − 1) ÷ λ
 */
record Allowances(double[] margins, double[] factors) {
    static Allowances uniform(int models, double margin, double factor) {
        var margins = new double[models];
        var factors = new double[models];
        Arrays.fill(margins, margin);
        Arrays.fill(factors, factor);
        return new Allowances(margins, factors);
    }

    Allowances withMargin(int model, double margin) {
        double[] changed = margins.clone();
        changed[model] = margin;
        return new Allowances(changed, factors);
    }

    Allowances withFactor(int model, double factor) {
        double[] changed = factors.clone();
        changed[model] = factor;
        return new Allowances(margins, changed);
    }

    /** Returns its values as text, by which two are the same. */
    String key() {
        return Arrays.toString(margins) + Arrays.toString(factors);
    }
}
