package io.ppipe.bench;

import java.util.List;

/** Correlation of ranks (Spearman). */
final class Ranks {
    private Ranks() {}

    /** Returns the correlation of two rows' ranks, from −1 to 1; equal values share their mean rank. At least two values. */
    static double correlation(List<Double> one, List<Double> other) {
        double[] a = of(one);
        double[] b = of(other);
        double mean = (a.length - 1) / 2.0;
        double both = 0;
        double ofA = 0;
        double ofB = 0;
        for (int i = 0; i < a.length; i++) {
            both += (a[i] - mean) * (b[i] - mean);
            ofA += (a[i] - mean) * (a[i] - mean);
            ofB += (b[i] - mean) * (b[i] - mean);
        }
        return ofA == 0 || ofB == 0 ? 0 : both / Math.sqrt(ofA * ofB);
    }

    private static double[] of(List<Double> values) {
        double[] ranks = new double[values.size()];
        for (int i = 0; i < ranks.length; i++) {
            for (double value : values) {
                int order = Double.compare(value, values.get(i));
                ranks[i] += order < 0 ? 1 : order == 0 ? 0.5 : 0;
            }
            ranks[i] -= 0.5; // it was compared with itself
        }
        return ranks;
    }
}
