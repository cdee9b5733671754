package io.ppipe.evaluate;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.simulate.Attainment;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.Simulator;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Finds the highest load at which the models of a plan attain their SLO targets. All run together. By bisection, as
 * attainment falls with load but for noise; the same seed at every load keeps the noise small.
 *
 * <p>A run is watched while it goes, and stopped as soon as it is certain on which side of the target it lies. A
 * deterministic function of its arguments.
 */
public final class LoadSearch {
    /** A run is looked at again after so many parts of its shortest length. */
    private static final int SLICES = 4;
    /** No run is shorter than so many SLOs, and an undecided one not shorter than so many, however fast requests come. */
    private static final double SHORTEST_SLOS = 60;

    private static final double LONGEST_SLOS = 400;

    private final Scenario scenario;
    private final Plan plan;
    private final double[] baseRates;
    private final Conditions conditions;
    private final Precision precision;

    /**
     * @param plan made for {@code scenario}, and checked
     * @param baseRates requests per second of each model at load 1; 0 leaves a model out, but not all
     */
    public LoadSearch(Scenario scenario, Plan plan, double[] baseRates, Conditions conditions, Precision precision) {
        if (baseRates.length != scenario.models().size()
                || Arrays.stream(baseRates).noneMatch(rate -> rate > 0)) {
            throw new IllegalArgumentException("Base rates %s must be one for each of %d models, and one above 0."
                    .formatted(Arrays.toString(baseRates), scenario.models().size()));
        }
        this.scenario = scenario;
        this.plan = plan;
        this.baseRates = baseRates.clone();
        this.conditions = conditions;
        this.precision = precision;
    }

    /**
     * Returns the highest load at which all models attain their targets, their rates scaled by one factor.
     *
     * @param guess where the answer is expected, above 0; a good one saves runs
     */
    public HighestLoad ofAll(double guess) {
        var points = new ArrayList<LoadPoint>();
        var bracket = new Bracket(guess, precision.tolerance());
        while (!bracket.done()) {
            LoadPoint point = at(bracket.load());
            points.add(point);
            bracket.judge(point.meets());
        }
        return new HighestLoad(bracket.highest(), points);
    }

    /**
     * Returns the highest load of each model, while every other is at about its own: one bisection for each, all in the same
     * runs. Models meet only on servers' links, so one's load hardly changes what another attains.
     *
     * @param guesses where the answers are expected, above 0
     * @return 0 for a model that is left out
     */
    public double[] ofEach(double[] guesses) {
        var brackets = new Bracket[baseRates.length];
        Arrays.setAll(
                brackets, i -> baseRates[i] > 0 ? new Bracket(guesses[i], precision.tolerance()) : Bracket.leftOut());
        while (!Arrays.stream(brackets).allMatch(Bracket::done)) {
            var loads = new double[brackets.length];
            Arrays.setAll(loads, i -> brackets[i].load());
            Run run = run(loads);
            for (int model = 0; model < brackets.length; model++) {
                brackets[model].judge(run.meets(model));
            }
        }
        return Arrays.stream(brackets).mapToDouble(Bracket::highest).toArray();
    }

    /** Runs all models at one load until the answer is certain, or enough requests have been seen. */
    public LoadPoint at(double load) {
        var loads = new double[baseRates.length];
        Arrays.fill(loads, load);
        Run run = run(loads);
        return new LoadPoint(load, run.least(), run.misses() == 0, run.certain, run.seconds);
    }

    /** Runs all models at one load for as long as an undecided point runs, and returns what became of every request. */
    public SimulationReport report(double load) {
        double[] rates = Arrays.stream(baseRates).map(rate -> rate * load).toArray();
        double longest = seconds(precision.mostRequests(), LONGEST_SLOS, rates);
        return conditions.simulator(scenario, plan, rates, longest).run();
    }

    /** Returns the time of so many requests of every model, but at least so many SLOs. */
    private double seconds(int requests, double slos, double[] rates) {
        double slowest = Arrays.stream(rates).filter(rate -> rate > 0).min().orElse(Double.POSITIVE_INFINITY);
        return Math.max(requests / slowest, slos * longestSlo());
    }

    private Run run(double[] loads) {
        var rates = new double[loads.length];
        Arrays.setAll(rates, i -> baseRates[i] * loads[i]);
        double shortest = seconds(precision.fewestRequests(), SHORTEST_SLOS, rates);
        double longest = seconds(precision.mostRequests(), LONGEST_SLOS, rates);
        Simulator simulator = conditions.simulator(scenario, plan, rates, longest);
        for (double seconds = shortest; seconds < longest; seconds += shortest / SLICES) {
            simulator.advance((long) (seconds * 1e6));
            var run = new Run(simulator, rates, seconds);
            if (run.certain) {
                return run;
            }
        }
        simulator.advance(Long.MAX_VALUE);
        return new Run(simulator, rates, longest);
    }

    private double longestSlo() {
        return scenario.models().stream()
                        .mapToLong(model -> model.slo().latencyMicros())
                        .max()
                        .orElseThrow()
                / 1e6;
    }

    /** What has come of a run so far. */
    private final class Run {
        private final Attainment[] attainments;
        private final double[] rates;
        final double seconds;
        final boolean certain;

        Run(Simulator simulator, double[] rates, double seconds) {
            this.rates = rates;
            this.seconds = seconds;
            this.attainments = new Attainment[rates.length];
            Arrays.setAll(attainments, simulator::attainment);
            boolean all = true;
            for (int model = 0; model < rates.length; model++) {
                double distance = Math.abs(attainments[model].value() - target(model));
                all &= rates[model] == 0 || distance > precision.deviations() * attainments[model].standardError();
            }
            this.certain = all;
        }

        private double target(int model) {
            return scenario.models().get(model).slo().target();
        }

        boolean meets(int model) {
            return rates[model] == 0 || attainments[model].value() >= target(model);
        }

        int misses() {
            int misses = 0;
            for (int model = 0; model < rates.length; model++) {
                misses += meets(model) ? 0 : 1;
            }
            return misses;
        }

        double least() {
            double least = 1;
            for (int model = 0; model < rates.length; model++) {
                least = rates[model] > 0 ? Math.min(least, attainments[model].value()) : least;
            }
            return least;
        }
    }
}
