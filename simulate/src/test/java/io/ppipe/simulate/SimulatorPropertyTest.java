package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Request;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Scheduler;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.schedule.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs over random plans and loads; the seed is the test's parameter. */
class SimulatorPropertyTest {
    private static final double SECONDS = 0.5;

    /** Passes everything on and remembers it. */
    private static final class Recording implements Scheduler {
        private final Scheduler scheduler;
        final List<Decision> decisions = new ArrayList<>();
        final TreeSet<Long> arrived = new TreeSet<>();

        Recording(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        @Override
        public void on(Event event, long nowMicros, Consumer<Decision> out) {
            if (event instanceof Event.Arrived(Request request)) {
                arrived.add(request.id());
            }
            scheduler.on(event, nowMicros, decision -> {
                decisions.add(decision);
                out.accept(decision);
            });
        }

        @Override
        public long nextTickMicros() {
            return scheduler.nextTickMicros();
        }

        List<Batch> batches() {
            return decisions.stream()
                    .filter(Decision.Dispatch.class::isInstance)
                    .map(d -> ((Decision.Dispatch) d).batch())
                    .toList();
        }
    }

    private record Run(RandomPlan random, Recording recording, SimulationReport report) {}

    private static Run run(long seed) {
        RandomPlan random = RandomPlan.of(seed);
        var recording = new Recording(
                PolicyName.RESERVATION.scheduler(random.scenario(), random.plan(), SchedulerSettings.DEFAULT));
        var sources = new ArrayList<ArrivalSource>();
        for (int i = 0; i < random.plan().models().size(); i++) {
            sources.add(new ArrivalSource(
                    random.plan().models().get(i).throughputPerSecond(),
                    random.scenario().models().get(i).slo()));
        }
        var report = new Simulator(
                        random.scenario(),
                        random.plan(),
                        recording,
                        new ArrivalSpec.Poisson().arrivals(sources, SECONDS, seed),
                        SECONDS)
                .run();
        return new Run(random, recording, report);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 200, 300, 400})
    void everyRequestEndsOnceAndNoneAdmittedIsLate(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + 100; seed++) {
            Run run = run(seed);
            var ended = new TreeSet<Long>();
            for (Decision decision : run.recording().decisions) {
                switch (decision) {
                    case Decision.Reject(Request request, var cause) ->
                        assertThat(ended.add(request.id())).as("seed %d", seed).isTrue();
                    case Decision.Dispatch(Batch batch) -> {
                        int planned = run.random()
                                .plan()
                                .models()
                                .get(batch.model())
                                .pipelines()
                                .get(batch.pipeline())
                                .batchSize();
                        assertThat(batch.size()).as("seed %d", seed).isBetween(1, planned);
                        for (Request request : batch.requests()) {
                            assertThat(ended.add(request.id()))
                                    .as("seed %d", seed)
                                    .isTrue();
                            assertThat(batch.endMicros())
                                    .as("seed %d", seed)
                                    .isLessThanOrEqualTo(request.deadlineMicros());
                        }
                    }
                    case Decision.Expire _, Decision.Abort _ ->
                        throw new AssertionError("seed %d: %s".formatted(seed, decision));
                }
            }
            assertThat(ended).as("seed %d", seed).isEqualTo(run.recording().arrived);
            assertThat(run.report().total().late()).as("seed %d", seed).isZero();
            assertThat(run.report().total().arrived())
                    .isEqualTo(run.recording().arrived.size());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1000})
    void nothingIsBookedTwice(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + 100; seed++) {
            Run run = run(seed);
            var byResource = new TreeMap<String, NavigableMap<Long, Long>>();
            for (Batch batch : run.recording().batches()) {
                for (Reservation r : batch.stages()) {
                    book(byResource, "vgpu" + r.vgpu(), r.startMicros(), r.endMicros(), seed);
                }
                for (Transfer t : batch.transfers()) {
                    if (t.endMicros() > t.startMicros()) {
                        book(byResource, "up" + t.fromServer(), t.startMicros(), t.endMicros(), seed);
                        book(byResource, "down" + t.toServer(), t.startMicros(), t.endMicros(), seed);
                    }
                }
            }
        }
    }

    private static void book(
            Map<String, NavigableMap<Long, Long>> byResource, String resource, long start, long end, long seed) {
        NavigableMap<Long, Long> booked = byResource.computeIfAbsent(resource, r -> new TreeMap<>());
        var before = booked.lowerEntry(end);
        assertThat(before == null || before.getValue() <= start)
                .as("seed %d: %s %d..%d overlaps %s", seed, resource, start, end, before)
                .isTrue();
        booked.put(start, end);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9})
    void theSameSeedGivesTheSameDecisions(long seed) {
        Run once = run(seed);
        Run again = run(seed);

        assertThat(once.recording().decisions).isNotEmpty().isEqualTo(again.recording().decisions);
        assertThat(once.report()).isEqualTo(again.report());
    }
}
