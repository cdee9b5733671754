package io.ppipe.plan;

import io.ppipe.plan.Template.StageChoice;

/*
 * What whole vGPUs of a template waste at given prices (the essay above Prices says why that bounds plans).
 *
 * For a throughput x the fewest vGPUs of stage i are v_i = ⌈x ÷ r_i⌉, so the waste of a template that is used at all is
 *
 *     min over x of  Σ_i price_i · ⌈x ÷ r_i⌉ ÷ m_i − c · x,
 *
 * and since that falls between jumps of a ⌈⌉, the minimum lies where some stage is exactly full, x = j · r_i. There are as
 * many such x as there are vGPUs. Every use wastes at least (cost − c) · x, where the template costs more than c for each
 * request/s; so once that exceeds the least waste found, no larger x can be better.
 */
final class Waste {
    /** Looking at more full stages than this finds nothing: with so many vGPUs next to nothing is wasted. */
    private static final int MAX_STEPS = 2_000;

    private static final double OVERSIZE = 1.2;

    /** More full stages than can be; far from where integers overflow. */
    private static final double MOST_FULL = 1e9;

    private final Prices prices;

    Waste(Prices prices) {
        this.prices = prices;
    }

    /** Returns the least waste of a plan that uses the template; may be a little too low, never too high. */
    double least(Template template) {
        double request = prices.perRequest()[template.model()];
        double slope = Math.max(0, template.costPerRequest(prices.perGpu()) - request);
        double most = mostThroughput(template);
        double least = Double.POSITIVE_INFINITY;
        double unseen = Double.POSITIVE_INFINITY;
        for (int i = 0; i < template.stageCount(); i++) {
            double rate = template.ratesPerSecond()[i];
            int steps = (int) Math.min(MAX_STEPS, Math.floor(most / rate + 1e-9));
            for (int j = 1; j <= steps && slope * j * rate < least; j++) {
                least = Math.min(least, at(template, j * rate, request));
            }
            if (steps == MAX_STEPS) {
                unseen = Math.min(unseen, slope * (steps + 1) * rate);
            }
        }
        // A throughput beyond the steps wastes at least its slope. There is none where the steps end with the GPUs.
        return Math.max(0, Math.min(least, unseen));
    }

    private double at(Template template, double throughput, double request) {
        double cost = 0;
        for (int i = 0; i < template.stageCount(); i++) {
            StageChoice stage = template.stages()[i];
            cost += prices.perGpu()[stage.classIndex()] * template.vgpusFor(i, throughput) / stage.shares();
        }
        return cost - request * throughput;
    }

    private static double mostThroughput(Template template) {
        double most = Double.POSITIVE_INFINITY;
        for (int i = 0; i < template.stageCount(); i++) {
            StageChoice stage = template.stages()[i];
            most = Math.min(
                    most,
                    template.ratesPerSecond()[i] * ((double) stage.gpuClass().count() * stage.shares()));
        }
        return most;
    }

    /**
     * Returns how much more than a fraction of the ideal cost it takes to serve up to {@code wanted} requests/s with this
     * template alone and with whole GPUs: a guess at how useful it will be, for choosing which to try first.
     */
    double relative(Template template, double wanted) {
        double request = prices.perRequest()[template.model()];
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < template.stageCount(); i++) {
            double rate = template.ratesPerSecond()[i];
            int last = (int) Math.min(MOST_FULL, Math.ceil(OVERSIZE * wanted / rate));
            for (int j = Math.max(1, last - MAX_STEPS / 10); j <= last; j++) {
                double cost = 0;
                for (int s = 0; s < template.stageCount(); s++) {
                    StageChoice stage = template.stages()[s];
                    int gpus = Math.ceilDiv(template.vgpusFor(s, j * rate), stage.shares());
                    cost += prices.perGpu()[stage.classIndex()] * gpus;
                }
                least = Math.min(least, cost / (request * Math.min(j * rate, wanted)) - 1);
            }
        }
        return least;
    }
}
