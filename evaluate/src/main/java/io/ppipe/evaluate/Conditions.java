package io.ppipe.evaluate;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSource;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.Observer;
import io.ppipe.simulate.Simulator;
import io.ppipe.simulate.WorldSettings;
import java.util.ArrayList;

/**
 * Under what conditions a plan is simulated.
 *
 * @param seed of arrivals and noise
 */
public record Conditions(
        PolicyName policy, SchedulerSettings scheduler, ArrivalSpec arrivals, WorldSettings world, long seed) {
    /** Our policy, Poisson arrivals, exact times, seed 1. */
    public static final Conditions DEFAULT = new Conditions(
            PolicyName.DEFERRED, SchedulerSettings.DEFAULT, new ArrivalSpec.Poisson(), WorldSettings.EXACT, 1);

    /** Returns these with another policy. */
    public Conditions with(PolicyName other) {
        return new Conditions(other, scheduler, arrivals, world, seed);
    }

    /** Returns these with other settings of the scheduler. */
    public Conditions with(SchedulerSettings other) {
        return new Conditions(policy, other, arrivals, world, seed);
    }

    /** Returns these with other arrivals. */
    public Conditions with(ArrivalSpec other) {
        return new Conditions(policy, scheduler, other, world, seed);
    }

    /** Returns these in another world. */
    public Conditions with(WorldSettings other) {
        return new Conditions(policy, scheduler, arrivals, other, seed);
    }

    /** Returns these with another seed. */
    public Conditions withSeed(long other) {
        return new Conditions(policy, scheduler, arrivals, world, other);
    }

    /**
     * Returns a run that has not begun.
     *
     * @param ratesPerSecond of each model
     * @param seconds in which requests arrive
     */
    public Simulator simulator(Scenario scenario, Plan plan, double[] ratesPerSecond, double seconds) {
        return simulator(scenario, plan, ratesPerSecond, seconds, Observer.NONE);
    }

    /** Returns the same with somebody who watches. */
    public Simulator simulator(
            Scenario scenario, Plan plan, double[] ratesPerSecond, double seconds, Observer observer) {
        var sources = new ArrayList<ArrivalSource>();
        for (int model = 0; model < ratesPerSecond.length; model++) {
            sources.add(new ArrivalSource(
                    ratesPerSecond[model], scenario.models().get(model).slo()));
        }
        return new Simulator(
                scenario,
                plan,
                policy.scheduler(scenario, plan, scheduler),
                arrivals.arrivals(sources, seconds, seed),
                seconds,
                world,
                seed,
                observer);
    }
}
