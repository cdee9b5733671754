package io.ppipe.serve;

import io.ppipe.cluster.Network;
import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.StageSession;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.Outcome;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Transfer;
import io.ppipe.serve.InferenceService.Status;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Walks batches along their reserved routes: stage on a vGPU, transfer, next stage, answer; and reports to the scheduler
 * what really happened and when.
 */
final class StageRunner implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StageRunner.class.getName());

    /** A thread that slept until an emulated stage's end wakes up within this, or the machine is too busy to emulate. */
    private static final long WAKE_UP_MICROS = 5_000;

    private final Scenario scenario;
    private final Plan plan;
    private final Clock clock;
    private final Network network;
    private final Ledger ledger;
    private final PipelineMeters meters;
    private final Sessions sessions;
    private final Consumer<Event> feedback;
    private final VgpuWorker[] workers;
    /** Since when each vGPU has been free; only its own thread reads and writes its element. */
    private final long[] freeMicros;

    /** Emulated vGPUs share the machine's cores: without this, all would compute at once and all would be late. */
    private final Semaphore cores = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

    /** @param feedback takes events for the scheduler */
    StageRunner(
            Scenario scenario,
            Plan plan,
            Clock clock,
            Network network,
            Ledger ledger,
            PipelineMeters meters,
            Sessions sessions,
            Consumer<Event> feedback) {
        this.scenario = scenario;
        this.plan = plan;
        this.clock = clock;
        this.network = network;
        this.ledger = ledger;
        this.meters = meters;
        this.sessions = sessions;
        this.feedback = feedback;
        this.workers = new VgpuWorker[plan.vgpus().size()];
        this.freeMicros = new long[workers.length];
        for (int i = 0; i < workers.length; i++) {
            int vgpu = i;
            workers[i] = new VgpuWorker(vgpu, clock, (run, stage) -> runStage(vgpu, run, stage));
        }
    }

    void start() {
        for (VgpuWorker worker : workers) {
            worker.start();
        }
    }

    /** Begins a dispatched batch. */
    void begin(BatchRun run) {
        ledger.dispatched(run.size());
        var first = run.batch().stages().getFirst();
        workers[first.vgpu()].enqueue(first.startMicros(), run, 0);
    }

    private void runStage(int vgpu, BatchRun run, int stage) {
        try {
            if (run.pointless(clock.getAsLong())) {
                expire(run);
                return;
            }
            long start = start(vgpu, run, stage);
            boolean overrun = compute(vgpu, run, stage, start);
            long end = end(vgpu, start, run);
            freeMicros[vgpu] = end;
            run.times().stage(stage, start, end);
            ledger.stageRan(vgpu, end - start, overrun);
            feedback.accept(new Event.StageFinished(run.batch().id(), stage, start, end));
            passOn(run, stage, end);
        } catch (ExecutionException | RuntimeException | AssertionError e) {
            fail(run, stage, e);
        }
    }

    /**
     * Returns when the stage starts. An emulated GPU starts when its slot has come, its inputs are there and it is free;
     * that the thread which stands for it wakes up a little later is no property of the GPU, and would add up from batch
     * to batch.
     */
    private long start(int vgpu, BatchRun run, int stage) {
        long now = clock.getAsLong();
        return emulated(vgpu)
                ? Math.min(
                        now,
                        Math.max(
                                freeMicros[vgpu],
                                Math.max(
                                        run.readyMicros(),
                                        run.batch().stages().get(stage).startMicros())))
                : now;
    }

    /** Returns when the stage ended: an emulated one when its GPU would have, unless real compute took longer. */
    private long end(int vgpu, long start, BatchRun run) {
        long now = clock.getAsLong();
        if (!emulated(vgpu)) {
            return now;
        }
        long planned = start + profileMicros(plan.vgpus().get(vgpu), run.batch().size());
        return now - planned < WAKE_UP_MICROS ? planned : now;
    }

    private boolean emulated(int vgpu) {
        return scenario.cluster()
                .gpuClass(plan.vgpus().get(vgpu).gpuClass())
                .orElseThrow()
                .emulated();
    }

    /** Returns whether an emulated vGPU took longer than its GPU class would have. */
    private boolean compute(int vgpu, BatchRun run, int stage, long start) throws ExecutionException {
        Vgpu placed = plan.vgpus().get(vgpu);
        GpuClass gpuClass = scenario.cluster().gpuClass(placed.gpuClass()).orElseThrow();
        return switch (gpuClass.executor()) {
            case Executor.Cpu cpu -> {
                execute(vgpu, run, stage);
                yield false;
            }
            case Executor.Emulated emulated -> {
                if (emulated.compute()) {
                    cores.acquireUninterruptibly();
                    try {
                        execute(vgpu, run, stage);
                    } finally {
                        cores.release();
                    }
                } else {
                    execute(vgpu, run, stage);
                }
                long until = start + profileMicros(placed, run.batch().size());
                boolean overrun = clock.getAsLong() > until;
                VgpuWorker.pause(clock, until);
                yield overrun;
            }
        };
    }

    private void execute(int vgpu, BatchRun run, int stage) throws ExecutionException {
        if (stage == 0) {
            run.gather();
        }
        Partition partition = run.path().stage(stage);
        List<ByteBuffer> outputs = run.outputsOf(partition);
        Optional<StageSession> session = sessions.of(vgpu);
        if (session.isPresent()) {
            session.get().run(run.size(), run.inputsOf(partition), outputs);
        } else {
            outputs.forEach(output -> MemorySegment.ofBuffer(output).fill((byte) 0));
        }
        run.stageDone(stage);
    }

    private long profileMicros(Vgpu vgpu, int batchSize) {
        Stage stage = plan.models()
                .get(vgpu.model())
                .pipelines()
                .get(vgpu.pipeline())
                .stages()
                .get(vgpu.stage());
        LatencyTable table = scenario.models()
                .get(vgpu.model())
                .profile()
                .latencies(stage.gpuClass(), stage.sharesPerGpu())
                .orElseThrow();
        return table.latencyMicros(stage.firstBlock(), stage.endBlock(), batchSize);
    }

    private void passOn(BatchRun run, int stage, long end) {
        if (stage == run.path().stageCount() - 1) {
            meters.passed(run);
            run.answer(end, facts(run));
            return;
        }
        Transfer slot = run.batch().transfers().get(stage);
        network.transfer(
                slot.fromServer(),
                slot.toServer(),
                run.bytesBehind(stage),
                Math.max(end, slot.startMicros()),
                (sent, received) -> {
                    feedback.accept(new Event.TransferFinished(run.batch().id(), stage, sent, received));
                    run.times().transfer(stage, sent, received);
                    run.ready(received);
                    var next = run.batch().stages().get(stage + 1);
                    workers[next.vgpu()].enqueue(next.startMicros(), run, stage + 1);
                });
    }

    private Map<String, String> facts(BatchRun run) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("pipeline", Integer.toString(run.batch().pipeline()));
        facts.put("stages", Integer.toString(run.path().stageCount()));
        facts.put("batch_size", Integer.toString(run.size()));
        if (scenario.cluster().emulated()) {
            facts.put("emulated", "true");
        }
        if (!scenario.cluster().computed()) {
            facts.put("compute", "false");
        }
        return facts;
    }

    private void expire(BatchRun run) {
        for (BatchRun.Item item : run.items()) {
            item.call()
                    .refuse(
                            Outcome.EXPIRED,
                            Status.EXPIRED,
                            "The deadline passed before the request could be finished.",
                            Optional.empty());
        }
        end(run);
    }

    private void fail(BatchRun run, int stage, Throwable cause) {
        LOG.log(
                Level.ERROR,
                "batch=%d model=%s stage=%d failed: %s"
                        .formatted(
                                run.batch().id(),
                                plan.models().get(run.batch().model()).model(),
                                stage,
                                cause.getMessage()),
                cause);
        for (BatchRun.Item item : run.items()) {
            item.call()
                    .refuse(
                            Outcome.FAILED,
                            Status.FAILED,
                            "The request could not be executed; the server's log has the reason (batch %d)."
                                    .formatted(run.batch().id()),
                            Optional.empty());
        }
        end(run);
    }

    private void end(BatchRun run) {
        run.release();
        feedback.accept(new Event.BatchEnded(run.batch().id()));
    }

    /** Ends the vGPUs' threads; what they were running is not answered by them any more. */
    @Override
    public void close() {
        List.of(workers).forEach(VgpuWorker::interrupt);
        List.of(workers).forEach(VgpuWorker::close);
    }
}
