package io.ppipe.evaluate;

import io.ppipe.plan.PlanSettings;
import java.util.List;

/**
 * How to tune.
 *
 * @param base what to plan: algorithm, rules, batch-building factor; its margins are what is looked for
 * @param conditions under which candidates are simulated; finalists with the two seeds after theirs
 * @param precision for candidates
 * @param first margins that are tried for all models alike, at the beginning
 * @param steps candidates after those
 * @param finalists candidates that are compared once more at the end
 * @param planGap to which candidates are planned
 * @param planLimitSeconds for one candidate; a plan that is stopped by it may differ from run to run
 */
public record TunerSettings(
        PlanSettings base,
        Conditions conditions,
        Precision precision,
        List<Double> first,
        int steps,
        int finalists,
        double planGap,
        double planLimitSeconds) {
    private static final List<Double> FIRST = List.of(0.4, 0.28, 0.2, 0.16, 0.12, 0.09, 0.03);
    private static final List<Double> FEW = List.of(0.28, 0.16, 0.06);

    /** Returns a thorough search: docs/scheduling.md says how long it took. */
    public static TunerSettings full(PlanSettings base, Conditions conditions) {
        return new TunerSettings(base, conditions, Precision.ROUGH, FIRST, 36, 8, 0.006, 2);
    }

    /** Returns a short search: a fifth of the candidates, planned less exactly. */
    public static TunerSettings quick(PlanSettings base, Conditions conditions) {
        return new TunerSettings(base, conditions, Precision.ROUGH, FEW, 6, 2, 0.012, 1);
    }

    public TunerSettings {
        first = List.copyOf(first);
        if (first.isEmpty()) {
            throw new IllegalArgumentException("There must be a first margin to try.");
        }
        if (steps < 0 || finalists < 1) {
            throw new IllegalArgumentException(
                    "Steps (%d) must be at least 0, and finalists (%d) at least 1.".formatted(steps, finalists));
        }
    }

    /** Returns the same for another algorithm. */
    TunerSettings with(PlanSettings other) {
        return new TunerSettings(other, conditions, precision, first, steps, finalists, planGap, planLimitSeconds);
    }
}
