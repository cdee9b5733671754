package io.ppipe.cli;

import java.util.Map;
import java.util.TreeMap;

/** What happened between two readings of a server's metrics. */
record ScrapeChange(Scrape before, Scrape after) {
    double seconds() {
        return (after.atNanos() - before.atNanos()) / 1e9;
    }

    /** Returns by how much counters grew; a counter that fell began again at 0, with its server. */
    double increase(String name, Map<String, String> labels) {
        double now = after.sum(name, labels);
        double then = before.sum(name, labels);
        return now >= then ? now - then : now;
    }

    double perSecond(String name, Map<String, String> labels) {
        return increase(name, labels) / seconds();
    }

    /**
     * Returns a quantile of a histogram's observations, straight between the bounds of its bucket as Prometheus has it; the
     * largest bound where it is beyond, NaN when there were none.
     *
     * @param name without {@code _bucket}
     * @param fraction in (0, 1)
     */
    double quantile(String name, double fraction, Map<String, String> labels) {
        var cumulative = new TreeMap<Double, Double>();
        for (Scrape.Series series : after.of(name + "_bucket")) {
            String bound = series.labels().getOrDefault("le", "");
            if (series.has(labels) && !bound.isEmpty()) {
                double le = bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
                var ofBucket = new TreeMap<>(labels);
                ofBucket.put("le", bound);
                cumulative.computeIfAbsent(le, _ -> increase(name + "_bucket", ofBucket));
            }
        }
        double rank =
                cumulative.isEmpty() ? 0 : fraction * cumulative.lastEntry().getValue();
        double lower = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            if (bucket.getValue() >= rank && bucket.getValue() > 0) {
                double within = (rank - below) / (bucket.getValue() - below);
                return Double.isInfinite(bucket.getKey()) ? lower : lower + within * (bucket.getKey() - lower);
            }
            lower = bucket.getKey();
            below = bucket.getValue();
        }
        return Double.NaN;
    }
}
