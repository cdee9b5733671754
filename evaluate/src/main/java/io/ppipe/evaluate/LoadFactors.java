package io.ppipe.evaluate;

import java.util.List;

/**
 * What load factor a model is expected to reach with a margin: a prior that rises with the margin, corrected by what
 * candidates with similar margins have reached (kernel regression). It need not be right: it only says what to try next and
 * how much more to plan for a model than is wanted of it.
 */
final class LoadFactors {
    private static final double PRIOR_WEIGHT = 0.3;
    private static final double WIDTH = 0.04;
    private static final double LEAST = 0.6;
    private static final double MOST = 1.05;

    private LoadFactors() {}

    /** About what candidates of the two-stage instances reached when this was written; a first guess, not a measurement. */
    private static double prior(double margin) {
        return 0.985 - 0.085 * Math.exp(-margin / 0.08);
    }

    static double[] expected(List<Candidate> seen, Allowances allowances) {
        var expected = new double[allowances.margins().length];
        for (int model = 0; model < expected.length; model++) {
            expected[model] = expected(seen, model, allowances.margins()[model]);
        }
        return expected;
    }

    private static double expected(List<Candidate> seen, int model, double margin) {
        double sum = 0;
        double weight = PRIOR_WEIGHT;
        for (Candidate candidate : seen) {
            double other = candidate.allowances().margins()[model];
            double distance = (other - margin) / WIDTH;
            double kernel = Math.exp(-distance * distance);
            sum += kernel * (candidate.loadFactors()[model] - prior(other));
            weight += kernel;
        }
        return Math.clamp(prior(margin) + sum / weight, LEAST, MOST);
    }
}
