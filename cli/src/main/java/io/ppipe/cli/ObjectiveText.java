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

    /** Returns what a gain changes the objective by, e.g. {@code +12.30/s (+0.58 %)}; in words where that is nothing. */
    String gain(double gain, double objective) {
        if (gain <= 1e-9 * Math.abs(objective)) {
            return "0: changes nothing";
        }
        String sign = this == PER_HOUR ? "−" : "+";
        return sign + amount(gain) + String.format(Locale.ROOT, " (%s%.2f %%)", sign, 100 * gain / objective);
    }
}
