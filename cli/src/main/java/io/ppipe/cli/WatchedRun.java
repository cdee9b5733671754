package io.ppipe.cli;

import io.ppipe.evaluate.Conditions;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.simulate.Observer;
import io.ppipe.simulate.SimulationReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A simulated run, and what was seen of it.
 *
 * @param timeline nothing where nobody asked for it
 */
record WatchedRun(SimulationReport report, Optional<RunTimeline> timeline) {
    /**
     * Runs, and writes the trace if one is wanted.
     *
     * @param ratesPerSecond of each model
     * @param seconds in which requests arrive
     */
    static WatchedRun of(
            Conditions conditions,
            Scenario scenario,
            Plan plan,
            double[] ratesPerSecond,
            double seconds,
            RunOptions options) {
        var observers = new ArrayList<Observer>();
        Optional<RunTimeline> timeline = options.page().given()
                ? Optional.of(new RunTimeline(
                        plan,
                        options.window()
                                .orElseGet(() -> TimeWindow.of(
                                        scenario, conditions.world().faults(), seconds))))
                : Optional.empty();
        timeline.ifPresent(observers::add);
        if (options.trace().isEmpty()) {
            Observer observer = observers.isEmpty() ? Observer.NONE : observers.getFirst();
            return new WatchedRun(
                    conditions
                            .simulator(scenario, plan, ratesPerSecond, seconds, observer)
                            .run(),
                    timeline);
        }
        Path file = options.trace().get();
        TimeWindow whole = new TimeWindow(0, Long.MAX_VALUE);
        try (var trace = new RunTrace(file, scenario, plan, options.window().orElse(whole))) {
            observers.add(trace);
            SimulationReport report = conditions
                    .simulator(scenario, plan, ratesPerSecond, seconds, new Observers(observers))
                    .run();
            trace.finish();
            return new WatchedRun(report, timeline);
        }
    }
}
