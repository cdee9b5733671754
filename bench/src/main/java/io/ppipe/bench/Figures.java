package io.ppipe.bench;

import io.ppipe.model.ErrorBand;
import java.util.List;
import java.util.Locale;

/** Figures as the tables of this module show them. */
final class Figures {
    static final String NONE = "-";

    private Figures() {}

    /** Throughputs that are compared: more digits than a person needs otherwise. */
    static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%.2f", perSecond);
    }

    static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.5f", ratio);
    }

    /** A gap as a fraction, as everywhere. */
    static String gap(double gap) {
        return String.format(Locale.ROOT, "%.5f", gap);
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Returns between which values nine in ten lie: the 5th and the 95th percentile. */
    static ErrorBand band(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int tail = sorted.size() / 20;
        return new ErrorBand(sorted.get(tail), sorted.get(sorted.size() - 1 - tail));
    }

    static double least(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    static double most(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }
}
