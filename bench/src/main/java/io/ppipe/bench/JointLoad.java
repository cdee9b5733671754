package io.ppipe.bench;

import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.HighestLoad;
import io.ppipe.evaluate.LoadSearch;
import io.ppipe.evaluate.Precision;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.simulate.SimulationReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The highest load that all models of a plan attain together, and what is served there.
 *
 * @param highest as a multiple of the base rates
 * @param rates offered there, by model
 * @param report of a run there; without requests when nothing is attained
 * @param seconds that the search took
 */
record JointLoad(
        Scenario scenario, Plan plan, HighestLoad highest, double[] rates, SimulationReport report, double seconds) {
    /**
     * Searches.
     *
     * @param baseRates that are scaled by one factor
     * @param guess of the factor
     */
    static JointLoad of(
            Scenario scenario,
            Plan plan,
            double[] baseRates,
            double guess,
            Conditions conditions,
            Precision precision) {
        long start = System.nanoTime();
        var search = new LoadSearch(scenario, plan, baseRates, conditions, precision);
        HighestLoad highest = search.ofAll(guess);
        double[] rates =
                Arrays.stream(baseRates).map(rate -> rate * highest.load()).toArray();
        SimulationReport report = search.report(highest.load());
        return new JointLoad(scenario, plan, highest, rates, report, (System.nanoTime() - start) / 1e9);
    }

    /** Returns min over models of answered requests/s ÷ weight. */
    double throughputOverWeight() {
        return report.throughputOverWeight(scenario);
    }

    /**
     * Returns what a report says of it.
     *
     * @param published the plan that load factors refer to; nothing where there is none
     */
    Map<String, @Nullable Object> row(Optional<Plan> published) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("load", highest.load());
        row.put("load_factor", published.map(this::factors).orElse(Collections.nCopies(rates.length, null)));
        row.put("load_factor_of_plan", factors(plan));
        row.put("min_throughput_over_weight", throughputOverWeight());
        row.put("offered_rps", Arrays.stream(rates).boxed().toList());
        var utilisation = new LinkedHashMap<String, Object>();
        report.utilisation().forEach(u -> utilisation.put(u.gpuClass(), u.ofClass()));
        row.put("utilisation", utilisation);
        row.put("slo_attainment", report.leastAttainment());
        row.put("seconds", seconds);
        return row;
    }

    /** Returns offered ÷ planned, by model. */
    private List<@Nullable Double> factors(Plan planned) {
        var factors = new ArrayList<@Nullable Double>();
        for (int i = 0; i < rates.length; i++) {
            factors.add(rates[i] / planned.models().get(i).throughputPerSecond());
        }
        return factors;
    }
}
