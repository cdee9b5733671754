package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.Scheduler;
import io.ppipe.schedule.SchedulerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A simulated run of which everything is remembered: what the scheduler heard, what it decided and what really happened. */
final class RecordedRun {
    /** Most requests of a run, about: so that thousands of runs take seconds. */
    private static final double REQUESTS = 250;

    private static final double SECONDS_MOST = 0.4;

    /** A call of the scheduler. */
    record Call(long atMicros, Event event) {}

    /**
     * A decision.
     *
     * @param call index of the call in which it was made
     * @param epoch index of the plan that was valid then
     */
    record Made(long atMicros, Decision decision, int call, int epoch) {}

    /** A stage, or a transfer, that has really taken place. */
    record Took(Batch batch, int position, long startMicros, long endMicros) {}

    /** An answered request. */
    record Answer(Request request, long atMicros) {}

    final long seed;
    final PolicyName policy;
    final WorldSettings settings;
    final Scenario scenario;
    final Plan firstPlan;
    final Scheduler scheduler;
    final SimulationReport report;
    final List<Call> calls = new ArrayList<>();
    final List<Made> decisions = new ArrayList<>();
    final List<Took> stages = new ArrayList<>();
    final List<Took> transfers = new ArrayList<>();
    final List<Answer> answers = new ArrayList<>();
    /** The plans in the order in which they were valid. */
    final List<Plan> plans = new ArrayList<>();
    /** Index of the plan under which each batch was dispatched, by the batch's id. */
    private final List<Integer> epochs = new ArrayList<>();

    /** Runs a random plan under a random load. */
    RecordedRun(long seed, PolicyName policy, SchedulerSettings careful, RandomPlan random, WorldSettings settings) {
        this.seed = seed;
        this.policy = policy;
        this.settings = settings;
        this.scenario = random.scenario();
        this.firstPlan = random.plan();
        plans.add(firstPlan);
        this.scheduler = policy.scheduler(scenario, firstPlan, careful);
        double load = new SplittableRandom(seed).nextDouble(0.3, 3);
        var sources = new ArrayList<ArrivalSource>();
        double rate = 0;
        for (int i = 0; i < firstPlan.models().size(); i++) {
            double ofModel = load * firstPlan.models().get(i).throughputPerSecond();
            sources.add(new ArrivalSource(ofModel, scenario.models().get(i).slo()));
            rate += ofModel;
        }
        double seconds = seconds(rate);
        ArrivalSpec arrivals = seed % 2 == 0 ? new ArrivalSpec.Poisson() : new ArrivalSpec.Gamma(4);
        this.report = new Simulator(
                        scenario,
                        firstPlan,
                        new Recorder(),
                        arrivals.arrivals(sources, seconds, seed),
                        seconds,
                        settings,
                        seed,
                        new Watch())
                .run();
    }

    private static double seconds(double ratePerSecond) {
        return Math.min(SECONDS_MOST, REQUESTS / ratePerSecond);
    }

    /** Passes everything on and remembers it. */
    private final class Recorder implements Scheduler {
        @Override
        public void on(Event event, long nowMicros, Consumer<Decision> out) {
            calls.add(new Call(nowMicros, event));
            if (event instanceof Event.PlanChanged(Scenario newScenario, Plan newPlan)) {
                plans.add(newPlan);
            }
            scheduler.on(event, nowMicros, decision -> {
                decisions.add(new Made(nowMicros, decision, calls.size() - 1, plans.size() - 1));
                if (decision instanceof Decision.Dispatch(Batch batch)) {
                    if (batch.id() != epochs.size()) {
                        throw new AssertionError("Batch %s is not the next one.".formatted(batch));
                    }
                    epochs.add(plans.size() - 1);
                }
                out.accept(decision);
            });
        }

        @Override
        public long nextTickMicros() {
            return scheduler.nextTickMicros();
        }
    }

    private final class Watch implements Observer {
        @Override
        public void stage(Batch batch, int position, long startMicros, long endMicros) {
            stages.add(new Took(batch, position, startMicros, endMicros));
        }

        @Override
        public void transfer(Batch batch, int position, long startMicros, long endMicros) {
            transfers.add(new Took(batch, position, startMicros, endMicros));
        }

        @Override
        public void answered(Request request, Batch batch, long nowMicros) {
            answers.add(new Answer(request, nowMicros));
        }
    }

    /** Returns the index of the plan under which a batch was dispatched. */
    int epoch(Batch batch) {
        return epochs.get((int) batch.id());
    }

    /** Returns the decisions of a fresh scheduler that hears the same. */
    List<String> replayed(SchedulerSettings careful) {
        Scheduler fresh = policy.scheduler(scenario, firstPlan, careful);
        var replayed = new ArrayList<String>();
        for (Call call : calls) {
            fresh.on(call.event(), call.atMicros(), decision -> replayed.add(call.atMicros() + " " + decision));
        }
        return replayed;
    }

    List<String> decisionTexts() {
        return decisions.stream()
                .map(made -> made.atMicros() + " " + made.decision())
                .toList();
    }

    @Override
    public String toString() {
        return "seed %d, %s, %d faults"
                .formatted(seed, policy.text(), settings.faults().size());
    }
}
