package io.ppipe.bench;

import io.ppipe.evaluate.Conditions;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.Scheduler;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSource;
import io.ppipe.simulate.Simulator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long the scheduler takes for one event, decisions included: the events of a simulated run at 95 % of the plan's
 * throughput, played back one by one. Run it with {@code java -cp 'bench/target/classes:…' org.openjdk.jmh.Main}; see
 * CONTRIBUTING.md. With {@code -prof gc} it says what is allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls record before it measures
public class DecisionBenchmark {
    private static final double LOAD = 0.95;
    private static final int EVENTS = 1_000_000;

    /** vGPUs in the plan, one on each GPU. */
    @Param({"400", "4000"})
    public int vgpus;

    /** The dispatch policy. */
    @Param({"deferred", "reservation"})
    public String policy;

    private final Consumer<Decision> nobody = _ -> {};
    private Scenario scenario;
    private Plan plan;
    private Event[] events;
    private long[] times;
    private Scheduler scheduler;
    private int next;

    /** Passes everything on and remembers the events. */
    private static final class Recorder implements Scheduler {
        private final Scheduler scheduler;
        final List<Event> events = new ArrayList<>();
        final List<Long> times = new ArrayList<>();

        Recorder(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        @Override
        public void on(Event event, long nowMicros, Consumer<Decision> decisions) {
            events.add(event);
            times.add(nowMicros);
            scheduler.on(event, nowMicros, decisions);
        }

        @Override
        public long nextTickMicros() {
            return scheduler.nextTickMicros();
        }
    }

    @Setup
    public void record() {
        var synthetic = SyntheticPlan.of(vgpus, Math.max(1, vgpus / 100));
        scenario = synthetic.scenario();
        plan = synthetic.plan();
        var recorder = new Recorder(fresh());
        double[] rates = synthetic.rates(LOAD);
        double seconds = 1e9;
        var sources = new ArrayList<ArrivalSource>();
        for (int i = 0; i < rates.length; i++) {
            sources.add(new ArrivalSource(rates[i], scenario.models().get(i).slo()));
        }
        var simulator = new Simulator(
                scenario, plan, recorder, Conditions.DEFAULT.arrivals().arrivals(sources, seconds, 1), seconds);
        for (long until = 100_000; recorder.events.size() < EVENTS; until += 100_000) {
            simulator.advance(until);
        }
        events = recorder.events.toArray(new Event[0]);
        times = recorder.times.stream().mapToLong(Long::longValue).toArray();
        scheduler = fresh();
    }

    private Scheduler fresh() {
        return PolicyName.of(policy).orElseThrow().scheduler(scenario, plan, SchedulerSettings.DEFAULT);
    }

    /** One event; every millionth time also a new scheduler. */
    @Benchmark
    public long event() {
        if (next == events.length) {
            next = 0;
            scheduler = fresh();
        }
        scheduler.on(events[next], times[next], nobody);
        next++;
        return scheduler.nextTickMicros();
    }
}
