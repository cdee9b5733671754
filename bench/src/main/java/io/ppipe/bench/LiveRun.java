package io.ppipe.bench;

import io.ppipe.execute.SessionSettings;
import io.ppipe.load.AnswerListener;
import io.ppipe.load.Arrivals;
import io.ppipe.load.LoadGenerator;
import io.ppipe.load.LoadReport;
import io.ppipe.load.LoadSettings;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Summary;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.PolicyName;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.SchedulerLog;
import io.ppipe.serve.front.FrontEnd;
import io.ppipe.serve.front.FrontEndSettings;
import io.ppipe.simulate.TraceTimes;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A plan of one model, served on GPUs that don't compute, behind real sockets, and loaded over gRPC.
 *
 * @param client what the client saw
 * @param server what the server counted in the same time
 * @param arrivals when the scheduler was told of each request
 */
record LiveRun(LoadReport client, Summary server, TraceTimes arrivals) {
    private static final double WARM_UP_SECONDS = 2;
    private static final long MAX_REQUEST_BYTES = 1 << 20;
    private static final int MAX_IN_FLIGHT = 4096;
    private static final long DRAIN_MILLIS = 10_000;

    /** How the server runs; its scheduler's settings are those to simulate with. */
    static PipelineServer.Settings settings() {
        return new PipelineServer.Settings(PolicyName.DEFERRED, 0.1, MAX_IN_FLIGHT, SessionSettings.Optimisation.NONE);
    }

    /** Keeps when requests arrived; called by the scheduler's thread only. */
    private static final class ArrivalLog implements SchedulerLog {
        private final List<Long> micros = new ArrayList<>();

        @Override
        public synchronized void called(long nowMicros, Event event, List<Decision> decisions) {
            if (event instanceof Event.Arrived) {
                micros.add(nowMicros);
            }
        }

        synchronized int count() {
            return micros.size();
        }

        synchronized TraceTimes from(int first) {
            return TraceTimes.of(micros.subList(first, micros.size()).stream()
                    .mapToLong(Long::longValue)
                    .toArray());
        }
    }

    /**
     * Serves and loads.
     *
     * @param scenario of one model, made by {@link Uncomputed}
     * @param load offered ÷ planned
     */
    static LiveRun of(Scenario scenario, Plan plan, double load, double seconds, long seed) {
        var log = new ArrivalLog();
        try (var server = PipelineServer.start(
                        scenario, plan, Uncomputed.partitions(scenario), settings(), log, Progress.NONE);
                var frontEnd =
                        FrontEnd.start(server, new FrontEndSettings("127.0.0.1", 0, MAX_REQUEST_BYTES, "bench"))) {
            double rate = load * plan.models().getFirst().throughputPerSecond();
            ScenarioModel model = scenario.models().getFirst();
            load(
                    frontEnd.port(),
                    model,
                    Math.min(rate, plan.models().getFirst().throughputPerSecond() / 2),
                    WARM_UP_SECONDS,
                    seed + 1);
            int before = log.count();
            Summary earlier = server.ledger().summary(0, 0);
            LoadReport report = load(frontEnd.port(), model, rate, seconds, seed);
            server.drain(DRAIN_MILLIS);
            return new LiveRun(report, difference(server.ledger().summary(0, seconds), earlier), log.from(before));
        }
    }

    private static Summary difference(Summary all, Summary earlier) {
        return new Summary(
                all.seconds(),
                all.inTime() - earlier.inTime(),
                all.late() - earlier.late(),
                all.rejected() - earlier.rejected(),
                all.expired() - earlier.expired(),
                all.cancelled() - earlier.cancelled(),
                all.failed() - earlier.failed());
    }

    private static LoadReport load(int port, ScenarioModel model, double rate, double seconds, long seed) {
        var settings = new LoadSettings(
                URI.create("grpc://127.0.0.1:" + port),
                model.name(),
                Arrivals.POISSON,
                rate,
                seconds,
                seed,
                OptionalLong.of(model.slo().latencyMicros()),
                false,
                2 * MAX_IN_FLIGHT);
        return LoadGenerator.run(settings, AnswerListener.NONE, Progress.NONE);
    }
}
