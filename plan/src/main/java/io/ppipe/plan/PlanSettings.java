package io.ppipe.plan;

import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import java.util.List;
import java.util.Optional;

/**
 * What to plan, and how long to search.
 *
 * @param algorithm the plan's name for it
 * @param margin fraction of the SLO of every model kept for queueing
 * @param batchBuildingFactor f of every model: collecting a batch of n at rate λ is expected to take f · (n − 1) ÷ λ
 * @param wholeGpusOnly whether GPUs are not shared
 * @param rateEstimates λ of each model in 1/s, where known; else estimated from the plan without partitioning
 * @param gap stop when (bound − objective) ÷ bound is proven to be at most this
 * @param limitSeconds stop after this time with the best plan so far
 */
public record PlanSettings(
        String algorithm,
        PlanRules rules,
        double margin,
        double batchBuildingFactor,
        boolean wholeGpusOnly,
        Optional<List<Double>> rateEstimates,
        double gap,
        double limitSeconds) {
    public static final double DEFAULT_GAP = 1e-3;
    public static final double DEFAULT_LIMIT_SECONDS = 30;

    public PlanSettings {
        if (!(gap >= 0 && gap < 1)) {
            throw new IllegalArgumentException("Gap (%s) must be in [0, 1).".formatted(gap));
        }
        if (!(limitSeconds > 0)) {
            throw new IllegalArgumentException("Time limit (%s s) must be above 0.".formatted(limitSeconds));
        }
        var _ = new ModelRules(margin, batchBuildingFactor, 1); // refuses what no model can have
    }

    /** Returns the rules of a model whose rate estimate is λ. */
    ModelRules modelRules(double ratePerSecond) {
        return new ModelRules(margin, batchBuildingFactor, ratePerSecond);
    }

    /** Returns the paper's planner: pooled pipelines and shares. */
    public static PlanSettings ppipe(PlanRules rules, double margin, double batchBuildingFactor) {
        return new PlanSettings(
                "ppipe",
                rules,
                margin,
                batchBuildingFactor,
                false,
                Optional.empty(),
                DEFAULT_GAP,
                DEFAULT_LIMIT_SECONDS);
    }

    /** Returns the baseline NP: the whole model on whole GPUs. */
    public static PlanSettings np(PlanRules rules, double margin, double batchBuildingFactor) {
        return new PlanSettings(
                "np",
                new PlanRules(1, rules.goal(), rules.surviveServerLoss()),
                margin,
                batchBuildingFactor,
                true,
                Optional.empty(),
                DEFAULT_GAP,
                DEFAULT_LIMIT_SECONDS);
    }

    /** Returns the same with other stopping rules. */
    public PlanSettings stoppingAt(double newGap, double newLimitSeconds) {
        return new PlanSettings(
                algorithm, rules, margin, batchBuildingFactor, wholeGpusOnly, rateEstimates, newGap, newLimitSeconds);
    }

    /** Returns the same with given rate estimates. */
    public PlanSettings withRates(List<Double> rates) {
        return new PlanSettings(
                algorithm, rules, margin, batchBuildingFactor, wholeGpusOnly, Optional.of(rates), gap, limitSeconds);
    }
}
