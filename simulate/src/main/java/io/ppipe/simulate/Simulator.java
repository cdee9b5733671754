package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.model.Utilisation;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;

/**
 * Runs a scheduler against a simulated world: the same object that the live server runs. A run is a pure function of
 * its arguments.
 */
public final class Simulator {
    private final Scenario scenario;
    private final Plan plan;
    private final Scheduler scheduler;
    private final Arrivals arrivals;
    private final World world;
    private final Tally tally;

    /**
     * @param plan made for {@code scenario}, and checked
     * @param scheduler fresh, made for the same plan
     * @param seconds length of the time in which {@code arrivals} arrive
     */
    public Simulator(Scenario scenario, Plan plan, Scheduler scheduler, Arrivals arrivals, double seconds) {
        this.scenario = scenario;
        this.plan = plan;
        this.scheduler = scheduler;
        this.arrivals = arrivals;
        this.world = new World(scenario, plan);
        this.tally = new Tally(plan.models().size(), seconds);
    }

    /** Runs until all requests that arrive have ended. */
    public SimulationReport run() {
        long now = 0;
        while (true) {
            long tick = scheduler.nextTickMicros();
            long step = world.nextMicros();
            long arrival = arrivals.nextMicros();
            long next = Math.min(Math.min(step, tick), arrival);
            if (next == Scheduler.NEVER) {
                break;
            }
            now = Math.max(now, next);
            if (step == next) {
                Event event = world.step();
                if (event != null) {
                    tally.on(event, now);
                    scheduler.on(event, now, this::carryOut);
                }
            } else if (arrival == next) {
                Request request = arrivals.next();
                tally.arrived();
                scheduler.on(new Event.Arrived(request), now, this::carryOut);
            } else {
                scheduler.on(new Event.Tick(), now, this::carryOut);
            }
        }
        return report(Math.max(1, now));
    }

    private void carryOut(Decision decision) {
        switch (decision) {
            case Decision.Dispatch(var batch) -> {
                tally.dispatched(batch);
                world.begin(batch);
            }
            case Decision.Reject(Request request, Decision.Cause cause) -> tally.rejected(request, cause);
        }
    }

    private SimulationReport report(long elapsedMicros) {
        long[] busy = world.busyMicros();
        var utilisation = new ArrayList<Utilisation>();
        for (var gpuClass : scenario.cluster().classes()) {
            utilisation.add(Utilisation.of(gpuClass, plan, busy, elapsedMicros));
        }
        return tally.report(plan, utilisation);
    }
}
