package io.ppipe.evaluate;

import io.ppipe.plan.PlanSettings;

/**
 * How to tune.
 *
 * @param base what to plan: algorithm, rules, batch-building factor; its margins are what is looked for
 * @param conditions under which candidates are simulated; finalists with the two seeds after theirs
 * @param precision for candidates
 * @param steps candidates after the first ones, which have one margin for all models
 * @param planGap to which candidates are planned
 * @param planLimitSeconds for one candidate; a plan that is stopped by it may differ from run to run
 */
public record TunerSettings(
        PlanSettings base,
        Conditions conditions,
        Precision precision,
        int steps,
        double planGap,
        double planLimitSeconds) {
    /** Returns a thorough search: about a minute on two cores for three models on a hundred GPUs. */
    public static TunerSettings full(PlanSettings base, Conditions conditions) {
        return new TunerSettings(base, conditions, Precision.ROUGH, 24, 0.006, 4);
    }

    /** Returns a short search: a quarter of the time. */
    public static TunerSettings quick(PlanSettings base, Conditions conditions) {
        return new TunerSettings(base, conditions, Precision.ROUGH, 4, 0.01, 1);
    }

    public TunerSettings {
        if (steps < 0) {
            throw new IllegalArgumentException("Steps (%d) must be at least 0.".formatted(steps));
        }
    }

    /** Returns the same for another algorithm. */
    TunerSettings with(PlanSettings other) {
        return new TunerSettings(other, conditions, precision, steps, planGap, planLimitSeconds);
    }
}
