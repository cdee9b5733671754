package io.ppipe.evaluate;

import io.ppipe.model.Plan;
import io.ppipe.model.Tuning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A plan that has been simulated.
 *
 * @param allowances under which it was made
 * @param loadFactors of each model: the highest load that it attains ÷ its planned throughput
 * @param attained min over models of load factor × throughput ÷ weight
 */
record Candidate(Allowances allowances, Plan plan, double[] loadFactors, double attained) {
    /** Returns what is to be remembered of it. */
    Tuning.Attempt attempt() {
        return new Tuning.Attempt(
                plan.algorithm(),
                list(allowances.margins()),
                list(allowances.factors()),
                plan.certificate().objective(),
                attained,
                list(loadFactors));
    }

    private static List<Double> list(double[] values) {
        return new ArrayList<>(Arrays.stream(values).boxed().toList());
    }
}
