package io.ppipe.bench;

import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.Tuned;
import io.ppipe.evaluate.Tuner;
import io.ppipe.evaluate.TunerSettings;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanSettings;
import io.ppipe.plan.StopSignal;
import java.util.List;
import java.util.Optional;

/**
 * One timed call of the tuner.
 *
 * @param plan empty when there is none
 * @param withoutPartitioning the best whole-model plan, chosen the same way
 * @param seconds that it took
 */
record TunerRun(Optional<Plan> plan, Optional<Plan> withoutPartitioning, boolean repeatable, double seconds) {
    static TunerRun of(PlanTask task, Conditions conditions, boolean quick) {
        PlanSettings base = PlannerRun.settings(task, PlanSettings.PPIPE);
        TunerSettings settings = quick ? TunerSettings.quick(base, conditions) : TunerSettings.full(base, conditions);
        long start = System.nanoTime();
        Tuned tuned = Tuner.tune(task.scenario(), settings, Progress.NONE, StopSignal.never());
        double seconds = (System.nanoTime() - start) / 1e9;
        return switch (tuned) {
            case Tuned.Chosen(Plan plan, Optional<Plan> whole, boolean repeatable) ->
                new TunerRun(Optional.of(plan), whole, repeatable, seconds);
            case Tuned.Nothing _ -> new TunerRun(Optional.empty(), Optional.empty(), true, seconds);
        };
    }

    /** Returns the LP bound of an algorithm with one margin for all models; 0 where a model can't be served. */
    static double bound(PlanTask task, String algorithm, double margin) {
        return MilpPlanner.throughputBound(
                        task.scenario(), PlannerRun.settings(task, algorithm).withModelRules(rules(task, margin)))
                .orElse(0);
    }

    /** Where no rate is known, collecting a batch takes no time: a bound stays one. */
    private static List<ModelRules> rules(PlanTask task, double margin) {
        return task.terms().stream()
                .map(terms -> new ModelRules(
                        margin,
                        terms.batchBuildingFactor(),
                        terms.ratePerSecond().orElse(Double.POSITIVE_INFINITY)))
                .toList();
    }
}
