package io.ppipe.serve;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Outcome;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Reservation;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * What a server of a plan counts: requests by their cause, phases of requests by stage, batches, the work of vGPUs. Every
 * meter is there from the start, with 0, and is found by indices. Safe for use by any thread.
 */
final class PipelineMeters {
    private final Meters meters;
    private final Scenario scenario;
    private final Plan plan;
    private final Ledger ledger;
    private final List<OfModel> models;
    private final ReservationErrors[] errorsOfVgpu;
    private final Timer decisions;

    /** One model's. */
    private record OfModel(double sloMicros, Timer latency, DistributionSummary ofSlo, List<OfPipeline> pipelines) {}

    private record OfPipeline(
            Timer batchWait, DistributionSummary batchSize, Map<Closed, LongAdder> batches, List<OfStage> stages) {
        void closed(Closed by) {
            Objects.requireNonNull(batches.get(by)).increment();
        }
    }

    /** @param transfer of the tensors behind the stage; not of the last one */
    private record OfStage(Timer queue, Timer compute, List<Timer> transfer) {}

    PipelineMeters(Meters meters, Scenario scenario, Plan plan, Ledger ledger) {
        this.meters = meters;
        this.scenario = scenario;
        this.plan = plan;
        this.ledger = ledger;
        this.models =
                IntStream.range(0, plan.models().size()).mapToObj(this::model).toList();
        List<ReservationErrors> byClass =
                scenario.cluster().classes().stream().map(this::gpuClass).toList();
        this.errorsOfVgpu = plan.vgpus().stream()
                .map(vgpu -> byClass.get(classIndex(vgpu.gpuClass())))
                .toArray(ReservationErrors[]::new);
        this.decisions = meters.decisionTimer(
                "ppipe.scheduler.decision",
                "How long one call of the scheduler takes, what it decides carried out.",
                emulated());
    }

    private int classIndex(String name) {
        List<GpuClass> classes = scenario.cluster().classes();
        return IntStream.range(0, classes.size())
                .filter(i -> classes.get(i).name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Tags emulated() {
        return emulated(scenario.cluster().emulated());
    }

    private static Tags emulated(boolean emulated) {
        return Tags.of("emulated", Boolean.toString(emulated));
    }

    private OfModel model(int model) {
        Tags tags = emulated().and("model", plan.models().get(model).model());
        for (Cause cause : Cause.values()) {
            meters.counter(
                    "ppipe.requests",
                    "Requests that ended, by outcome and cause.",
                    tags.and("outcome", cause.outcome().name().toLowerCase(Locale.ROOT), "cause", cause.text()),
                    ledger,
                    counts -> counts.count(model, cause));
        }
        long slo = scenario.models().get(model).slo().latencyMicros();
        double target = scenario.models().get(model).slo().target();
        meters.gauge("ppipe.slo.seconds", "Latency that the model promises.", tags, ledger, _ -> slo / 1e6);
        meters.gauge(
                "ppipe.slo.target.ratio", "Part of requests that it promises that for.", tags, ledger, _ -> target);
        List<Pipeline> pipelines = plan.models().get(model).pipelines();
        return new OfModel(
                slo,
                meters.timer("ppipe.request.latency", "From arrival to the end of the last stage, of answers.", tags),
                meters.ratios("ppipe.request.latency.slo", "Latency of answers ÷ SLO of the model.", tags),
                IntStream.range(0, pipelines.size())
                        .mapToObj(i -> pipeline(model, i, pipelines.get(i), tags.and("pipeline", Integer.toString(i))))
                        .toList());
    }

    private OfPipeline pipeline(int model, int index, Pipeline pipeline, Tags tags) {
        var batches = new EnumMap<Closed, LongAdder>(Closed.class);
        for (Closed closed : Closed.values()) {
            var count = new LongAdder();
            batches.put(closed, count);
            meters.counter(
                    "ppipe.batches",
                    "Batches that were dispatched, by the reason why they were closed.",
                    tags.and("reason", closed.name().toLowerCase(Locale.ROOT)),
                    count,
                    LongAdder::sum);
        }
        return new OfPipeline(
                meters.timer("ppipe.phase.batch.wait", "From arrival until the batch was dispatched.", tags),
                meters.sizes("ppipe.batch.size", "Requests in the batches that were dispatched.", tags),
                batches,
                IntStream.range(0, pipeline.stages().size())
                        .mapToObj(i -> stage(model, index, pipeline, i, tags))
                        .toList());
    }

    private OfStage stage(int model, int pipeline, Pipeline route, int index, Tags ofPipeline) {
        Stage stage = route.stages().get(index);
        boolean emulated =
                scenario.cluster().gpuClass(stage.gpuClass()).orElseThrow().emulated();
        Tags tags = ofPipeline
                .and("stage", Integer.toString(index), "class", stage.gpuClass())
                .and(emulated(emulated));
        int[] vgpus = IntStream.range(0, plan.vgpus().size())
                .filter(i -> isOf(plan.vgpus().get(i), model, pipeline, index))
                .toArray();
        meters.seconds(
                "ppipe.vgpu.busy",
                "Time that the vGPUs of a stage were busy.",
                tags,
                ledger,
                counts -> IntStream.of(vgpus).mapToLong(counts::busyMicros).sum());
        meters.gauge("ppipe.vgpus", "vGPUs of a stage.", tags, ledger, _ -> vgpus.length);
        boolean last = index == route.stages().size() - 1;
        return new OfStage(
                meters.timer("ppipe.phase.queue", "Waiting for the vGPU of a stage and the link to it.", tags),
                meters.timer("ppipe.phase.compute", "Running a stage.", tags),
                last
                        ? List.of()
                        : List.of(meters.timer(
                                "ppipe.phase.transfer", "Boundary tensors travelling behind a stage.", tags)));
    }

    private static boolean isOf(Vgpu vgpu, int model, int pipeline, int stage) {
        return vgpu.model() == model && vgpu.pipeline() == pipeline && vgpu.stage() == stage;
    }

    private ReservationErrors gpuClass(GpuClass gpuClass) {
        Tags tags = emulated(gpuClass.emulated()).and("class", gpuClass.name());
        meters.gauge("ppipe.gpus", "GPUs of a class in the cluster.", tags, ledger, _ -> gpuClass.count());
        meters.seconds(
                "ppipe.gpu.busy",
                "Busy time of a class in GPUs: that of each vGPU × its share.",
                tags,
                ledger,
                counts -> busyMicros(gpuClass.name()));
        return ReservationErrors.of(meters, tags);
    }

    private double busyMicros(String gpuClass) {
        double busy = 0;
        for (int i = 0; i < plan.vgpus().size(); i++) {
            Vgpu vgpu = plan.vgpus().get(i);
            if (vgpu.gpuClass().equals(gpuClass)) {
                busy += (double) ledger.busyMicros(i) / vgpu.sharesPerGpu();
            }
        }
        return busy;
    }

    /** Shows what the server has under way. */
    void watch(PipelineServer server, int maxInFlight, int queueBound) {
        Tags tags = emulated();
        meters.gauge(
                "ppipe.requests.in.flight",
                "Requests accepted and not yet answered.",
                tags,
                server,
                PipelineServer::inFlight);
        meters.gauge(
                "ppipe.requests.in.flight.limit", "Most that are accepted at a time.", tags, server, _ -> maxInFlight);
        meters.gauge(
                "ppipe.scheduler.inbox", "Events that wait for the scheduler.", tags, server, PipelineServer::inbox);
        meters.gauge("ppipe.ready", "1 while requests are accepted, else 0.", tags, server, s -> s.ready() ? 1 : 0);
        for (int i = 0; i < plan.models().size(); i++) {
            int model = i;
            Tags ofModel = tags.and("model", plan.models().get(i).model());
            meters.gauge(
                    "ppipe.queue.depth",
                    "Requests that wait for their batch to be dispatched.",
                    ofModel,
                    server,
                    s -> s.waiting(model));
            meters.gauge("ppipe.queue.bound", "Most that may wait.", ofModel, server, _ -> queueBound);
        }
        meters.counter("ppipe.stages", "Stages that ran.", tags, ledger, Ledger::stages);
        meters.counter(
                "ppipe.emulation.overruns",
                "Stages whose real compute took longer than the emulated GPU class would have.",
                tags,
                ledger,
                Ledger::overruns);
    }

    /** The scheduler was called. */
    void decided(long nanos) {
        decisions.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param event that the batch was dispatched upon */
    void dispatched(BatchRun run, Event event) {
        int planned = plan.models()
                .get(run.batch().model())
                .pipelines()
                .get(run.batch().pipeline())
                .batchSize();
        OfPipeline pipeline = pipeline(run);
        pipeline.batchSize().record(run.batch().size());
        pipeline.closed(Closed.by(event, run.batch().size() == planned));
    }

    private OfPipeline pipeline(BatchRun run) {
        return models.get(run.batch().model()).pipelines().get(run.batch().pipeline());
    }

    /** A batch has passed its last stage; its requests are about to be answered. */
    void passed(BatchRun run) {
        BatchTimes times = run.times();
        OfPipeline pipeline = pipeline(run);
        for (BatchRun.Item item : run.items()) {
            if (!item.call().ended()) {
                record(pipeline.batchWait(), times.batchWaitMicros(item.call().arrivalMicros()));
                recordStages(pipeline, times);
            }
        }
        List<Reservation> planned = run.batch().stages();
        for (int i = 0; i < planned.size(); i++) {
            errorsOfVgpu[planned.get(i).vgpu()].record(planned.get(i), times.startMicros(i), times.endMicros(i));
        }
    }

    private static void recordStages(OfPipeline pipeline, BatchTimes times) {
        for (int i = 0; i < pipeline.stages().size(); i++) {
            OfStage stage = pipeline.stages().get(i);
            record(stage.queue(), times.queueMicros(i));
            record(stage.compute(), times.computeMicros(i));
            if (!stage.transfer().isEmpty()) {
                record(stage.transfer().getFirst(), times.transferMicros(i));
            }
        }
    }

    private static void record(Timer timer, long micros) {
        timer.record(micros, TimeUnit.MICROSECONDS);
    }

    /** A request has ended for this cause. */
    void ended(PendingCall call, Cause cause) {
        if (cause.outcome() == Outcome.IN_TIME || cause.outcome() == Outcome.LATE) {
            OfModel model = models.get(call.model());
            long micros = call.answeredMicros() - call.arrivalMicros();
            record(model.latency(), micros);
            model.ofSlo().record(micros / model.sloMicros());
        }
    }
}
