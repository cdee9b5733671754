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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The highest load that all models of a plan attain together, and what is served there.
 *
 * @param highest as a multiple of the base rates
 * @param rates offered there, by model
 * @param report of a run there; null when nothing is attained
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
        HighestLoad highest = new LoadSearch(scenario, plan, baseRates, conditions, precision).ofAll(guess);
        double[] rates =
                Arrays.stream(baseRates).map(rate -> rate * highest.load()).toArray();
        double slowest = Math.max(1, Arrays.stream(rates).min().orElseThrow());
        double length = precision.mostRequests() / slowest;
        SimulationReport report =
                conditions.simulator(scenario, plan, rates, length).run();
        return new JointLoad(scenario, plan, highest, rates, report, (System.nanoTime() - start) / 1e9);
    }

    /** Returns min over models of answered requests/s ÷ weight. */
    double throughputOverWeight() {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < rates.length; i++) {
            least = Math.min(
                    least,
                    report.models().get(i).summary().throughputPerSecond()
                            / scenario.models().get(i).weight());
        }
        return least;
    }

    /** Returns what a report says of it. */
    Map<String, Object> row() {
        var row = new LinkedHashMap<String, Object>();
        row.put("min_throughput_over_weight", throughputOverWeight());
        row.put("offered_rps", list(rates));
        var ofPlan = new ArrayList<Double>();
        for (int i = 0; i < rates.length; i++) {
            ofPlan.add(rates[i] / plan.models().get(i).throughputPerSecond());
        }
        row.put("load_factor_of_plan", ofPlan);
        var utilisation = new LinkedHashMap<String, Object>();
        report.utilisation().forEach(u -> utilisation.put(u.gpuClass(), u.ofClass()));
        row.put("utilisation", utilisation);
        row.put("slo_attainment", report.leastAttainment());
        row.put("seconds", seconds);
        return row;
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
