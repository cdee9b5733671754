package io.ppipe.cli;

import io.ppipe.model.Demand;
import io.ppipe.model.Goal;
import io.ppipe.model.Scenario;
import java.util.Locale;

/** What objectives count: requests/s ÷ weight, times the demand, or a price per hour. */
enum ObjectiveText {
    PER_SECOND("/s", "throughput ÷ weight of the worst-served model"),
    TIMES_DEMAND(" × demand", "of the worst-served model"),
    PER_HOUR(" per hour", "price of the GPUs that are used");

    /** A smaller part of the objective is rounding. */
    static final double NOTHING = 1e-9;

    private final String unit;
    private final String meaning;

    ObjectiveText(String unit, String meaning) {
        this.unit = unit;
        this.meaning = meaning;
    }

    static ObjectiveText of(Scenario scenario, Goal goal) {
        if (goal == Goal.COST) {
            return PER_HOUR;
        }
        return scenario.models().stream().allMatch(m -> m.demand() instanceof Demand.Rate) ? TIMES_DEMAND : PER_SECOND;
    }

    String meaning() {
        return meaning;
    }

    String amount(double objective) {
        return Numbers.significant(objective) + unit;
    }

    /** Returns what a gain changes the objective by, e.g. {@code +12.30/s}. */
    String change(double gain) {
        return sign() + amount(gain);
    }

    /** Returns the same with its part of the objective, e.g. {@code +12.30/s (+0.58 %)}; in words where it is nothing. */
    String gain(double gain, double objective) {
        return gain <= NOTHING * Math.abs(objective)
                ? "0: changes nothing"
                : String.format(Locale.ROOT, "%s (%s%.2f %%)", change(gain), sign(), 100 * gain / objective);
    }

    /** A better price is a lower one. */
    private String sign() {
        return this == PER_HOUR ? "−" : "+";
    }
}
