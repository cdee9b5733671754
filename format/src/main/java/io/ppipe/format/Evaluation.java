package io.ppipe.format;

import io.ppipe.model.Utilisation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which loads plans attain their SLO targets at: what {@code ppipe evaluate} has found so far, under one set of conditions.
 *
 * @param scenarioFingerprint of cluster, workload and profile
 * @param conditions numbers of the scheduler, the world and the precision, by name, in the order to write them
 * @param changes what is left out, lost or changed during runs, in words
 * @param rows one for each finished cell
 */
public record Evaluation(
        String scenarioFingerprint, Map<String, Double> conditions, List<String> changes, List<Row> rows) {
    public Evaluation {
        conditions = Collections.unmodifiableMap(new LinkedHashMap<>(conditions));
        changes = List.copyOf(changes);
        rows = List.copyOf(rows);
        conditions.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("Condition %s (%s) must be finite.".formatted(name, value));
            }
        });
    }

    /** Returns the same conditions with other rows. */
    public Evaluation with(List<Row> newRows) {
        return new Evaluation(scenarioFingerprint, conditions, changes, newRows);
    }

    /**
     * What is evaluated at once.
     *
     * @param plan its file, as it was named
     * @param arrivals as the option says them
     * @param seed of arrivals and noise
     */
    public record Cell(String plan, String policy, String arrivals, long seed) {}

    /**
     * A finished cell.
     *
     * @param planFingerprint of the plan's content
     * @param arrivalsFingerprint of the file that the arrivals are from; "" where there is none
     * @param loadFactorOfPlan the highest load at which all models attain their targets, as a multiple of the planned
     *     throughputs; 0 when there is none
     * @param minThroughputOverWeight min over models of answered requests per second ÷ weight at that load
     * @param certain whether the loads on both sides of it were decided by a confidence interval; else by the length of the run
     * @param simulatedSeconds of all runs together
     * @param points every load that was tried, in order
     * @param models what each attains in a run at that load; empty when there is none
     * @param utilisation of each GPU class in that run
     */
    public record Row(
            Cell cell,
            String planFingerprint,
            String arrivalsFingerprint,
            double loadFactorOfPlan,
            double minThroughputOverWeight,
            boolean certain,
            double simulatedSeconds,
            List<Point> points,
            List<Attained> models,
            List<Utilisation> utilisation) {
        public Row {
            points = List.copyOf(points);
            models = List.copyOf(models);
            utilisation = List.copyOf(utilisation);
        }
    }

    /**
     * A load that was tried.
     *
     * @param attainment the least of any model when the run was ended
     * @param meets whether all models attain their targets
     * @param certain whether a confidence interval decided that
     */
    public record Point(double loadFactorOfPlan, double attainment, boolean meets, boolean certain, double seconds) {}

    /** What one model attains. */
    public record Attained(String model, double offeredPerSecond, double goodputPerSecond, double sloAttainment) {}
}
