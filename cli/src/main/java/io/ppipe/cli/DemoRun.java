package io.ppipe.cli;

import io.ppipe.execute.SessionSettings;
import io.ppipe.load.Arrivals;
import io.ppipe.load.InputTensor;
import io.ppipe.load.LoadGenerator;
import io.ppipe.load.LoadReport;
import io.ppipe.load.LoadSettings;
import io.ppipe.load.Payload;
import io.ppipe.load.Payloads;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Summary;
import io.ppipe.model.TensorSpec;
import io.ppipe.model.Utilisation;
import io.ppipe.model.Workload;
import io.ppipe.serve.Ledger;
import io.ppipe.serve.PipelineServer;
import io.ppipe.serve.front.FrontEndSettings;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/** Serves one plan over a real socket, loads it, and compares the answers with the whole model's. */
final class DemoRun {
    private static final int PAYLOADS = 8;

    private static final long MAX_REQUEST_BYTES = 64L << 20;
    private static final long DRAIN_MILLIS = 30_000;
    private static final int MAX_IN_FLIGHT = 10_000;

    /** Before the clock starts, so that the first requests don't pay for class loading and just-in-time compilation. */
    private static final double WARM_UP_SECONDS = 2;

    private final Scenario scenario;
    private final Workload workload;
    private final Plan plan;
    private final double loadFactor;
    private final double seconds;
    private final long seed;

    /**
     * What one system gave.
     *
     * @param compared answers that were compared with the whole model's
     */
    record Result(
            Plan plan,
            double plannedPerSecond,
            Summary summary,
            long latencyMicrosP99,
            double meanBatchSize,
            List<Utilisation> utilisation,
            long stages,
            long overruns,
            boolean matches,
            double maxRelativeDifference,
            long compared) {
        double overrunFraction() {
            return stages == 0 ? 0 : (double) overruns / stages;
        }
    }

    DemoRun(Scenario scenario, Workload workload, Plan plan, double loadFactor, double seconds, long seed) {
        this.scenario = scenario;
        this.workload = workload;
        this.plan = plan;
        this.loadFactor = loadFactor;
        this.seconds = seconds;
        this.seed = seed;
    }

    Result run(Progress progress) {
        PipelineServer.Settings settings = PipelineServer.Settings.DEFAULT;
        List<TensorSpec> inputs = scenario.models().getFirst().profile().inputs();
        List<Payload> payloads = Payloads.random(inputs, PAYLOADS, seed);
        Comparison comparison;
        try (var files = new StageFiles(scenario, workload)) {
            comparison = new Comparison(
                    files.of(0, 0, scenario.models().getFirst().profile().blockCount()),
                    new SessionSettings(1, settings.optimisation()),
                    data(payloads));
        }
        return measure(settings, payloads, comparison, progress);
    }

    private Result measure(
            PipelineServer.Settings settings, List<Payload> payloads, Comparison comparison, Progress progress) {
        RunningServer running = RunningServer.start(
                scenario,
                workload,
                plan,
                settings,
                new FrontEndSettings("127.0.0.1", 0, MAX_REQUEST_BYTES, Main.Version.number()),
                progress);
        try {
            PipelineServer server = running.server();
            load(running.port(), WARM_UP_SECONDS, seed + 1, payloads, comparison, Progress.NONE);
            Ledger ledger = server.ledger();
            long[] busyBefore = ledger.busyMicros();
            long batchesBefore = ledger.batches();
            long batchedBefore = ledger.batched();
            long stagesBefore = ledger.stages();
            long overrunsBefore = ledger.overruns();
            long start = System.nanoTime();
            LoadReport report = load(running.port(), seconds, seed, payloads, comparison, progress);
            long elapsedMicros = (System.nanoTime() - start) / 1000;
            long batches = ledger.batches() - batchesBefore;
            return new Result(
                    plan,
                    plannedPerSecond(),
                    report.summary(),
                    report.latencyMicros().p99(),
                    batches == 0 ? 0 : (double) (ledger.batched() - batchedBefore) / batches,
                    server.utilisation(busyBefore, ledger.busyMicros(), elapsedMicros),
                    ledger.stages() - stagesBefore,
                    ledger.overruns() - overrunsBefore,
                    comparison.matches(),
                    comparison.maxRelativeDifference(),
                    comparison.compared());
        } finally {
            running.drainAndClose(DRAIN_MILLIS);
        }
    }

    private LoadReport load(
            int port, double howLong, long withSeed, List<Payload> payloads, Comparison comparison, Progress progress) {
        var settings = new LoadSettings(
                URI.create("http://127.0.0.1:" + port),
                scenario.models().getFirst().name(),
                Arrivals.POISSON,
                loadFactor * plannedPerSecond(),
                howLong,
                withSeed,
                OptionalLong.of(scenario.models().getFirst().slo().latencyMicros()),
                false,
                MAX_IN_FLIGHT);
        return LoadGenerator.run(settings, payloads, comparison::answer, progress);
    }

    private double plannedPerSecond() {
        return plan.models().getFirst().throughputPerSecond();
    }

    private static List<List<ByteBuffer>> data(List<Payload> payloads) {
        return payloads.stream()
                .map(p -> p.inputs().stream().map(InputTensor::data).toList())
                .toList();
    }
}
