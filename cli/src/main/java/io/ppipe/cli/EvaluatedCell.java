package io.ppipe.cli;

import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.HighestLoad;
import io.ppipe.evaluate.LoadPoint;
import io.ppipe.evaluate.LoadSearch;
import io.ppipe.evaluate.Precision;
import io.ppipe.format.Evaluation;
import io.ppipe.format.Evaluation.Attained;
import io.ppipe.format.Evaluation.Point;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Utilisation;
import io.ppipe.simulate.SimulationReport;
import java.util.List;

/**
 * One cell of an evaluation that is still to be computed: a plan under one policy, one kind of arrivals and one seed. A pure
 * function of its components, so that it doesn't matter when, or on which thread.
 */
record EvaluatedCell(
        Evaluation.Cell cell,
        String planFingerprint,
        String arrivalsFingerprint,
        Scenario scenario,
        Plan plan,
        Conditions conditions,
        Precision precision) {
    /** Where the answer is looked for first: the same for all, for the points tried must not depend on other cells. */
    private static final double GUESS = 0.95;

    Evaluation.Row row() {
        double[] planned = plan.models().stream()
                .mapToDouble(ModelPlan::throughputPerSecond)
                .toArray();
        var search = new LoadSearch(scenario, plan, planned, conditions, precision);
        HighestLoad highest = search.ofAll(GUESS);
        double load = highest.load();
        double simulated =
                highest.points().stream().mapToDouble(LoadPoint::seconds).sum();
        double throughput = 0;
        List<Attained> models = List.of();
        List<Utilisation> utilisation = List.of();
        if (load > 0) {
            SimulationReport report = search.report(load);
            models = report.models().stream()
                    .map(model -> new Attained(
                            model.model(),
                            model.summary().offeredPerSecond(),
                            model.summary().goodputPerSecond(),
                            model.summary().sloAttainment()))
                    .toList();
            utilisation = report.utilisation();
            simulated += report.total().seconds();
            throughput = report.throughputOverWeight(scenario);
        }
        return new Evaluation.Row(
                cell,
                planFingerprint,
                arrivalsFingerprint,
                load,
                throughput,
                certain(highest),
                simulated,
                highest.points().stream()
                        .map(point -> new Point(
                                point.load(), point.attainment(), point.meets(), point.certain(), point.seconds()))
                        .toList(),
                models,
                utilisation);
    }

    /** Returns whether both sides of the answer are certain: the highest load that meets, and the lowest that doesn't. */
    private static boolean certain(HighestLoad highest) {
        boolean below = highest.load() == 0;
        boolean above = false;
        double lowest = Double.POSITIVE_INFINITY;
        for (LoadPoint point : highest.points()) {
            if (point.meets() && point.load() == highest.load()) {
                below = point.certain();
            } else if (!point.meets() && point.load() < lowest) {
                lowest = point.load();
                above = point.certain();
            }
        }
        return below && above;
    }
}
