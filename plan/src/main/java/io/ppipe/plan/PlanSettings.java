package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What to plan, and how long to search.
 *
 * @param algorithm the plan's name for it; {@link #DART_R} and {@link #DART_R_FREE} are planned by rules of their own
 * @param wholeGpusOnly whether GPUs are not shared
 * @param margin fraction of the SLO that every model keeps for queueing, where nothing below says otherwise
 * @param batchBuildingFactor f of every model, where nothing below says otherwise
 * @param allowances margin and f by model, where models differ in them; else empty
 * @param modelRules margin, f and λ of each model, where known; else λ is estimated from the plan without partitioning
 * @param warmStart an earlier plan: the search begins with what of it is still feasible
 * @param sizesOnly whether the pipelines of {@code warmStart} are kept, and only their pools sized anew
 * @param marginalValues whether to price one more GPU and one more millisecond
 * @param gap stop when |bound − objective| ÷ bound is proven to be at most this
 * @param limitSeconds stop after this time with the best plan so far
 */
public record PlanSettings(
        String algorithm,
        PlanRules rules,
        boolean wholeGpusOnly,
        double margin,
        double batchBuildingFactor,
        List<ModelAllowance> allowances,
        Optional<List<ModelRules>> modelRules,
        Optional<Plan> warmStart,
        boolean sizesOnly,
        boolean marginalValues,
        double gap,
        double limitSeconds) {
    public static final String PPIPE = "ppipe";
    public static final String NP = "np";
    public static final String DART_R = "dart-r";
    public static final String DART_R_FREE = "dart-r-free";

    public static final double DEFAULT_GAP = 1e-3;
    public static final double DEFAULT_LIMIT_SECONDS = 30;

    public PlanSettings {
        new ModelAllowance(margin, batchBuildingFactor); // refuses what is out of range
        allowances = List.copyOf(allowances);
        modelRules = modelRules.map(List::copyOf);
        if (!(gap >= 0 && gap < 1)) {
            throw new IllegalArgumentException("Gap (%s) must be in [0, 1).".formatted(gap));
        }
        if (sizesOnly && warmStart.isEmpty()) {
            throw new IllegalArgumentException("To size pools anew, there must be a plan that has some.");
        }
        if (!(limitSeconds > 0)) {
            throw new IllegalArgumentException("Time limit (%s s) must be above 0.".formatted(limitSeconds));
        }
    }

    /** Returns the paper's planner: pooled pipelines and shares. */
    public static PlanSettings ppipe(PlanRules rules, double margin, double batchBuildingFactor) {
        return of(PPIPE, rules, false, margin, batchBuildingFactor);
    }

    /** Returns the baseline NP: the whole model on whole GPUs. */
    public static PlanSettings np(PlanRules rules, double margin, double batchBuildingFactor) {
        var whole = new PlanRules(1, rules.goal(), rules.surviveServerLoss());
        return of(NP, whole, true, margin, batchBuildingFactor);
    }

    /**
     * Returns the baseline DART-r: each model keeps its fast GPUs of {@link #np} and chains them with slow ones.
     *
     * @throws IllegalArgumentException when the rules ask for what the baseline doesn't know: a cost goal, N+1
     */
    public static PlanSettings dartR(PlanRules rules, double margin, double batchBuildingFactor) {
        return chains(DART_R, rules, margin, batchBuildingFactor);
    }

    /**
     * Returns the stronger baseline of the same chains, dealt to models so that the worst served gets most.
     *
     * @throws IllegalArgumentException when the rules ask for what the baseline doesn't know: a cost goal, N+1
     */
    public static PlanSettings dartRFree(PlanRules rules, double margin, double batchBuildingFactor) {
        return chains(DART_R_FREE, rules, margin, batchBuildingFactor);
    }

    private static PlanSettings chains(String algorithm, PlanRules rules, double margin, double batchBuildingFactor) {
        if (rules.goal() != Goal.THROUGHPUT || rules.surviveServerLoss()) {
            throw new IllegalArgumentException(
                    "%s plans for throughput only, without N+1. Maybe %s or %s.".formatted(algorithm, PPIPE, NP));
        }
        return of(algorithm, new PlanRules(2, Goal.THROUGHPUT, false), true, margin, batchBuildingFactor);
    }

    private static PlanSettings of(
            String algorithm, PlanRules rules, boolean wholeGpusOnly, double margin, double batchBuildingFactor) {
        return new PlanSettings(
                algorithm,
                rules,
                wholeGpusOnly,
                margin,
                batchBuildingFactor,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                DEFAULT_GAP,
                DEFAULT_LIMIT_SECONDS);
    }

    /** Returns the same with other stopping rules. */
    public PlanSettings stoppingAt(double newGap, double newLimitSeconds) {
        return with(allowances, modelRules, warmStart, sizesOnly, marginalValues, newGap, newLimitSeconds);
    }

    /** Returns the same with margin and f by model; λ is still estimated. */
    public PlanSettings withAllowances(List<ModelAllowance> given) {
        return with(given, modelRules, warmStart, sizesOnly, marginalValues, gap, limitSeconds);
    }

    /** Returns the rules of a model for an estimate of its rate in 1/s, unless its rules are given. */
    ModelRules rulesOf(int model, double rateEstimatePerSecond) {
        if (modelRules.isPresent()) {
            return modelRules.get().get(model);
        }
        ModelAllowance allowance =
                allowances.isEmpty() ? new ModelAllowance(margin, batchBuildingFactor) : allowances.get(model);
        return allowance.at(rateEstimatePerSecond);
    }

    /** Returns the same with margin, f and λ of each model given. */
    public PlanSettings withModelRules(List<ModelRules> given) {
        return with(allowances, Optional.of(given), warmStart, sizesOnly, marginalValues, gap, limitSeconds);
    }

    /** Returns the same with rate estimates λ given, in 1/s. */
    public PlanSettings withRates(List<Double> rates) {
        return withModelRules(IntStream.range(0, rates.size())
                .mapToObj(k -> rulesOf(k, rates.get(k)))
                .toList());
    }

    /** Returns the same, beginning with an earlier plan. */
    public PlanSettings startingFrom(Plan plan) {
        return with(allowances, modelRules, Optional.of(plan), false, marginalValues, gap, limitSeconds);
    }

    /** Returns the same, with the pipelines of an earlier plan that are still feasible, and their pools sized anew. */
    public PlanSettings resizing(Plan plan) {
        return with(allowances, modelRules, Optional.of(plan), true, marginalValues, gap, limitSeconds);
    }

    /** Returns the same, also pricing one more GPU of each class and one more millisecond of each SLO. */
    public PlanSettings withMarginalValues() {
        return with(allowances, modelRules, warmStart, sizesOnly, true, gap, limitSeconds);
    }

    private PlanSettings with(
            List<ModelAllowance> newAllowances,
            Optional<List<ModelRules>> newModelRules,
            Optional<Plan> newWarmStart,
            boolean newSizesOnly,
            boolean newMarginalValues,
            double newGap,
            double newLimitSeconds) {
        return new PlanSettings(
                algorithm,
                rules,
                wholeGpusOnly,
                margin,
                batchBuildingFactor,
                newAllowances,
                newModelRules,
                newWarmStart,
                newSizesOnly,
                newMarginalValues,
                newGap,
                newLimitSeconds);
    }
}
