package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.model.Utilisation;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a scheduler against a simulated world: the same object that the live server runs. A run is a pure function of
 * its arguments. It may be run in parts.
 */
public final class Simulator {
    /** Windows of so many SLOs are taken to be independent of each other; see {@link Windows}. */
    private static final int SLOS_PER_WINDOW = 4;
    /** A run begins with everything idle, which is easier than what follows: so many windows don't count for its attainment. */
    private static final int WARM_UP_WINDOWS = 2;

    private final Scenario scenario;
    private final Plan plan;
    private final Scheduler scheduler;
    private final Arrivals arrivals;
    private final double seconds;
    private final Observer observer;
    private final World world;
    private final Tally tally;
    private final List<Fault> faults;
    private final Consumer<Decision> carryOut = this::carryOut;
    private final long longestSloMicros;
    private int nextFault;
    private long now;
    private long events;

    /**
     * A run in which everything takes the profile's time.
     *
     * @param plan made for {@code scenario}, and checked
     * @param scheduler fresh, made for the same plan
     * @param seconds length of the time in which {@code arrivals} arrive
     */
    public Simulator(Scenario scenario, Plan plan, Scheduler scheduler, Arrivals arrivals, double seconds) {
        this(scenario, plan, scheduler, arrivals, seconds, WorldSettings.EXACT, 0, Observer.NONE);
    }

    /**
     * @param plan made for {@code scenario}, and checked
     * @param scheduler fresh, made for the same plan
     * @param seconds length of the time in which {@code arrivals} arrive
     * @param seed of the noise
     */
    public Simulator(
            Scenario scenario,
            Plan plan,
            Scheduler scheduler,
            Arrivals arrivals,
            double seconds,
            WorldSettings settings,
            long seed,
            Observer observer) {
        this.scenario = scenario;
        this.plan = plan;
        this.scheduler = scheduler;
        this.arrivals = arrivals;
        this.seconds = seconds;
        this.observer = observer;
        this.faults = settings.faults();
        this.world = new World(scenario, plan, new Noise(settings, seed), observer, !faults.isEmpty());
        long longest = 0;
        var windows = new long[plan.models().size()];
        for (int i = 0; i < windows.length; i++) {
            long slo = scenario.models().get(i).slo().latencyMicros();
            windows[i] = SLOS_PER_WINDOW * slo;
            longest = Math.max(longest, slo);
        }
        this.longestSloMicros = longest;
        this.tally = new Tally(windows);
    }

    /** Runs until all requests that arrive have ended. */
    public SimulationReport run() {
        advance(Scheduler.NEVER);
        return tally.report(plan, utilisation(), seconds, events);
    }

    /**
     * Runs until a time.
     *
     * @return whether anything is left to happen
     */
    public boolean advance(long untilMicros) {
        while (true) {
            long tick = scheduler.nextTickMicros();
            long step = world.nextMicros();
            long arrival = arrivals.nextMicros();
            long fault = nextFault < faults.size() ? faults.get(nextFault).atMicros() : Scheduler.NEVER;
            long next = Math.min(Math.min(step, tick), arrival);
            if (next == Scheduler.NEVER) {
                return false; // faults that nobody would notice don't matter
            }
            next = Math.max(now, Math.min(next, fault));
            if (next >= untilMicros) {
                return true;
            }
            now = next;
            if (step <= next) {
                step();
            } else if (fault <= next) {
                strike(faults.get(nextFault++));
            } else if (arrival <= next) {
                Request request = arrivals.next();
                tally.arrived(request);
                tell(new Event.Arrived(request));
            } else {
                tell(new Event.Tick());
            }
        }
    }

    /** Returns the attainment of a model up to now, as far as it is known, without the first 8 SLOs of the run. */
    public Attainment attainment(int model) {
        return tally.windows(model).attainment(WARM_UP_WINDOWS, now - 2 * longestSloMicros);
    }

    private void tell(Event event) {
        events++;
        scheduler.on(event, now, carryOut);
    }

    private void step() {
        Flight flight = world.next();
        Event event = world.step();
        if (event != null) {
            Batch batch = flight.batch;
            if (event instanceof Event.StageFinished(long id, int stage, long start, long end)
                    && stage == batch.stages().size() - 1
                    && batch.reachesEnd()) {
                tally.answered(flight, now);
                for (Request request : batch.requests()) {
                    observer.answered(request, batch, now);
                }
            }
            if (event instanceof Event.TransferFinished(long id, int stage, long start, long end)
                    && stage == batch.stages().size() - 1) {
                tally.passed(flight);
            }
            tell(event);
        }
    }

    private void strike(Fault fault) {
        switch (fault) {
            case Fault.VgpuLoss(long at, int vgpu) -> lose(vgpu);
            case Fault.VgpuReturn(long at, int vgpu) -> giveBack(vgpu);
            case Fault.ServerLoss(long at, int server) -> {
                for (int vgpu : world.vgpusOf(server)) {
                    lose(vgpu);
                }
            }
            case Fault.ServerReturn(long at, int server) -> {
                for (int vgpu : world.vgpusOf(server)) {
                    giveBack(vgpu);
                }
            }
            case Fault.PlanChange(long at, Scenario newScenario, Plan newPlan) -> {
                world.change(newPlan, now);
                observer.planChanged(newPlan, now);
                tell(new Event.PlanChanged(newScenario, newPlan));
            }
        }
    }

    private void lose(int vgpu) {
        observer.lost(vgpu, now);
        tell(new Event.VgpuLost(vgpu));
    }

    private void giveBack(int vgpu) {
        observer.returned(vgpu, now);
        tell(new Event.VgpuReturned(vgpu));
    }

    private void carryOut(Decision decision) {
        switch (decision) {
            case Decision.Dispatch(Batch batch) -> {
                tally.dispatched(batch);
                observer.dispatched(batch, now);
                world.begin(batch, now);
            }
            case Decision.Reject(Request request, Decision.Cause cause) -> {
                tally.rejected(request, cause);
                observer.rejected(request, cause, now);
            }
            case Decision.Expire(Request request) -> tally.expired(request);
            case Decision.Abort(Batch batch) -> {
                world.abort(batch, now);
                tally.aborted(batch);
            }
        }
    }

    private List<Utilisation> utilisation() {
        var utilisation = new ArrayList<Utilisation>();
        for (var gpuClass : scenario.cluster().classes()) {
            double ofClass = 0;
            double ofPlanned = 0;
            for (int i = 0; i < world.epochs().size(); i++) {
                World.Epoch epoch = world.epochs().get(i);
                long end = i + 1 < world.epochs().size() ? world.epochs().get(i + 1).startMicros : now;
                long elapsed = Math.max(1, end - epoch.startMicros);
                double part = elapsed / (double) Math.max(1, now);
                Utilisation of = Utilisation.of(gpuClass, epoch.plan, epoch.busyMicros, elapsed);
                ofClass += part * of.ofClass();
                ofPlanned += part * of.ofPlanned();
            }
            utilisation.add(new Utilisation(gpuClass.name(), ofClass, ofPlanned));
        }
        return utilisation;
    }
}
