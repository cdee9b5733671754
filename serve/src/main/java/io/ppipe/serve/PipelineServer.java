package io.ppipe.serve;

import io.ppipe.cluster.EmulatedNetwork;
import io.ppipe.cluster.LocalNetwork;
import io.ppipe.cluster.Network;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.model.Cluster;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Outcome;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.model.TensorSpec;
import io.ppipe.model.Utilisation;
import io.ppipe.model.Vgpu;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves a plan: requests become batches, batches walk their reserved routes over vGPU workers, answers come back. The
 * scheduler that decides is the one that the simulator runs.
 *
 * <p>The path of a request: {@link #infer} → {@link SchedulerLoop} → {@link #carryOut} → {@link StageRunner} →
 * {@link PendingCall}.
 */
public final class PipelineServer implements InferenceService, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PipelineServer.class.getName());

    /** A client's batch is scheduled request by request and answered as one; this bounds the answer's size. */
    private static final int MAX_BATCH_PER_CALL = 256;

    private final Scenario scenario;
    private final Plan plan;
    private final Settings settings;
    private final Clock clock = new Clock();
    private final Ledger ledger;
    private final Meters meters = new Meters();
    private final PipelineMeters pipelineMeters;
    private final ExecutorService missWriter = MissLog.writer();
    private final MissLog misses = new MissLog(System.getLogger("io.ppipe.requests"), missWriter);
    private final Network network;
    private final Sessions sessions;
    private final StageRunner runner;
    private final SchedulerLoop loop;
    private final TensorPool pool = new TensorPool();
    private final PipelinePath[][] paths;
    private final List<ServedModel> models;
    private final Map<String, Integer> modelIndex = new LinkedHashMap<>();
    private final Map<Long, BatchRun.Item> waiting = new ConcurrentHashMap<>();
    private final AtomicLong nextRequest = new AtomicLong();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean ready;
    private volatile boolean draining;
    private volatile boolean broken;

    /**
     * @param policy any but the reactive one, which takes batches apart between stages
     * @param guard see {@link SchedulerSettings#guard}
     * @param maxInFlight most requests accepted and not yet answered; one more is refused as overload
     * @param optimisation of the sessions
     */
    public record Settings(
            PolicyName policy, double guard, int maxInFlight, SessionSettings.Optimisation optimisation) {
        /** So long before a vGPU comes free its next batch is bound: about what a thread takes to wake up twice. */
        private static final long BIND_AHEAD_MICROS = 1_000;

        /** A tenth of every request's time as guard; a bound that no machine of this size comes near to serving. */
        public static final Settings DEFAULT =
                new Settings(PolicyName.RESERVATION, 0.1, 4096, SessionSettings.Optimisation.NONE);

        public Settings {
            if (policy == PolicyName.REACTIVE) {
                throw new IllegalArgumentException("The reactive policy takes batches apart; no server runs them so.");
            }
        }

        /** Returns the scheduler's part of them. */
        public SchedulerSettings scheduler() {
            return new SchedulerSettings(guard, maxInFlight, BIND_AHEAD_MICROS, List.of());
        }
    }

    /**
     * Loads all stages, warms them up and starts to accept requests.
     *
     * @param plan made for {@code scenario}, and checked
     */
    public static PipelineServer start(
            Scenario scenario, Plan plan, Partitions partitions, Settings settings, Progress progress) {
        return start(scenario, plan, partitions, settings, SchedulerLog.NONE, progress);
    }

    /**
     * Loads all stages, warms them up and starts to accept requests.
     *
     * @param plan made for {@code scenario}, and checked
     * @param log told of every call of the scheduler
     */
    public static PipelineServer start(
            Scenario scenario,
            Plan plan,
            Partitions partitions,
            Settings settings,
            SchedulerLog log,
            Progress progress) {
        var server = new PipelineServer(
                scenario,
                plan,
                partitions,
                settings,
                log,
                Sessions.open(scenario, plan, partitions, settings.optimisation(), progress));
        server.pipelineMeters.watch(
                server, settings.maxInFlight(), settings.scheduler().queueBound());
        server.allocateBuffers();
        server.runner.start();
        server.loop.start();
        server.ready = true;
        return server;
    }

    private PipelineServer(
            Scenario scenario,
            Plan plan,
            Partitions partitions,
            Settings settings,
            SchedulerLog log,
            Sessions sessions) {
        this.scenario = scenario;
        this.plan = plan;
        this.settings = settings;
        this.sessions = sessions;
        this.ledger = new Ledger(plan.models().size(), plan.vgpus().size());
        this.pipelineMeters = new PipelineMeters(meters, scenario, plan, ledger);
        this.network = scenario.cluster().emulated()
                ? new EmulatedNetwork(clock, bandwidths(scenario.cluster()))
                : new LocalNetwork(clock);
        this.paths = paths(partitions);
        this.models = served();
        var scheduler = settings.policy().scheduler(scenario, plan, settings.scheduler());
        this.loop = new SchedulerLoop(scheduler, clock, this::carryOut, log, this::decided, this::schedulerDied);
        this.runner = new StageRunner(scenario, plan, clock, network, ledger, pipelineMeters, sessions, loop::post);
    }

    private static double[] bandwidths(Cluster cluster) {
        var bandwidths = new ArrayList<Double>();
        for (GpuClass gpuClass : cluster.classes()) {
            for (int server = 0; server < gpuClass.serverCount(); server++) {
                bandwidths.add(gpuClass.nicBitsPerSecond());
            }
        }
        return bandwidths.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private PipelinePath[][] paths(Partitions partitions) {
        var all = new PipelinePath[plan.models().size()][];
        for (int model = 0; model < all.length; model++) {
            List<Pipeline> pipelines = plan.models().get(model).pipelines();
            ModelProfile profile = scenario.models().get(model).profile();
            all[model] = new PipelinePath[pipelines.size()];
            for (int p = 0; p < pipelines.size(); p++) {
                var stages = new ArrayList<Partition>();
                for (var stage : pipelines.get(p).stages()) {
                    stages.add(partitions.of(model, stage.firstBlock(), stage.endBlock()));
                }
                all[model][p] = new PipelinePath(
                        stages,
                        profile.inputs(),
                        profile.outputs(),
                        pipelines.get(p).batchSize());
            }
        }
        return all;
    }

    /** Fills the pool with what all vGPUs need when each runs a full batch, so that no request waits for memory. */
    private void allocateBuffers() {
        var taken = new ArrayList<ByteBuffer>();
        for (Vgpu vgpu : plan.vgpus()) {
            PipelinePath path = paths[vgpu.model()][vgpu.pipeline()];
            Partition stage = path.stage(vgpu.stage());
            stage.inputs().forEach(tensor -> taken.add(pool.take(path.capacity(tensor))));
            stage.outputs().forEach(tensor -> taken.add(pool.take(path.capacity(tensor))));
        }
        taken.forEach(pool::giveBack);
    }

    private List<ServedModel> served() {
        var list = new ArrayList<ServedModel>();
        for (int i = 0; i < plan.models().size(); i++) {
            ModelProfile profile = scenario.models().get(i).profile();
            var modelFacts = new LinkedHashMap<String, String>();
            modelFacts.put(
                    "slo_us", Long.toString(scenario.models().get(i).slo().latencyMicros()));
            modelFacts.put(
                    "pipelines",
                    Integer.toString(plan.models().get(i).pipelines().size()));
            modelFacts.put("planned_rps", "%.1f".formatted(plan.models().get(i).throughputPerSecond()));
            modelFacts.putAll(facts());
            list.add(new ServedModel(
                    profile.model(), "onnxruntime_onnx", profile.inputs(), profile.outputs(), modelFacts));
            modelIndex.put(profile.model(), i);
        }
        return List.copyOf(list);
    }

    @Override
    public boolean ready() {
        return ready && !broken;
    }

    @Override
    public Optional<String> notReadyBecause() {
        if (broken) {
            return Optional.of("broken");
        }
        return draining ? Optional.of("draining") : ready ? Optional.empty() : Optional.of("starting");
    }

    @Override
    public boolean live() {
        return !broken;
    }

    @Override
    public List<ServedModel> models() {
        return models;
    }

    @Override
    public Map<String, String> facts() {
        var facts = new LinkedHashMap<String, String>();
        if (scenario.cluster().emulated()) {
            facts.put("emulated", "true");
            facts.put("time_scale", Double.toString(scenario.cluster().timeScale()));
            if (!scenario.cluster().computed()) {
                facts.put("compute", "false");
            }
        }
        return facts;
    }

    /** Returns what has been counted since the start. */
    public Ledger ledger() {
        return ledger;
    }

    /** Returns everything that the server counts. */
    public Meters meters() {
        return meters;
    }

    /** Returns how many requests of a model wait to be dispatched; looks at every waiting one. */
    int waiting(int model) {
        int count = 0;
        for (BatchRun.Item item : waiting.values()) {
            count += item.call().model() == model ? 1 : 0;
        }
        return count;
    }

    /** Returns how many events wait for the scheduler. */
    int inbox() {
        return loop.waiting();
    }

    /** Returns how busy each GPU class was between two readings of {@link Ledger#busyMicros}. */
    public List<Utilisation> utilisation(long[] busyBefore, long[] busyAfter, long elapsedMicros) {
        var busy = new long[busyAfter.length];
        for (int i = 0; i < busy.length; i++) {
            busy[i] = busyAfter[i] - busyBefore[i];
        }
        return scenario.cluster().classes().stream()
                .map(gpuClass -> Utilisation.of(gpuClass, plan, busy, elapsedMicros))
                .toList();
    }

    /** Returns how many calls are accepted and not yet answered. */
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public CompletableFuture<Reply> infer(Call call) {
        long now = clock.getAsLong();
        Integer model = modelIndex.get(call.model());
        if (model == null) {
            return refused(
                    Status.UNKNOWN_MODEL,
                    "Model '%s' is not served; served are %s.".formatted(call.model(), modelIndex.keySet()));
        }
        if (!ready) {
            return refused(call, model, Status.DRAINING, "The server is shutting down and takes no more requests.");
        }
        ModelProfile profile = scenario.models().get(model).profile();
        int items = items(profile, call);
        if (items > MAX_BATCH_PER_CALL) {
            return refused(
                    Status.INVALID,
                    "A batch of %d in one call is more than the %d that are accepted; send several calls."
                            .formatted(items, MAX_BATCH_PER_CALL));
        }
        if (inFlight.addAndGet(items) > settings.maxInFlight()) {
            inFlight.addAndGet(-items);
            return refused(
                    call,
                    model,
                    Status.OVERLOADED,
                    "%d requests are under way, the most that are accepted.".formatted(settings.maxInFlight()));
        }
        long deadline = scenario.models().get(model).slo().deadlineMicros(now);
        if (call.timeoutMicros().isPresent()) {
            long slo = deadline - now;
            deadline =
                    now + Math.clamp(call.timeoutMicros().getAsLong(), 0, slo); // a sum with any timeout could overflow
        }
        var pending = new PendingCall(call, model, items, now, deadline, outputs(profile, call), this::ended);
        // After the count went up: a server that began to drain in between has either seen it or is seen here.
        if (!ready()) {
            pending.refuse(
                    Outcome.REJECTED,
                    Status.DRAINING,
                    "The server is shutting down and takes no more requests.",
                    Optional.empty());
            return pending.reply();
        }
        submit(pending);
        return pending.reply();
    }

    private void submit(PendingCall pending) {
        for (int i = 0; i < pending.items(); i++) {
            var request = new Request(
                    nextRequest.getAndIncrement(), pending.model(), pending.arrivalMicros(), pending.deadlineMicros());
            waiting.put(request.id(), new BatchRun.Item(pending, i));
            var _ = pending.reply().whenComplete((_, _) -> {
                if (pending.reply().isCancelled()
                        && pending.refuse(Outcome.CANCELLED, Status.CANCELLED, "The client left.", Optional.empty())) {
                    LOG.log(Level.DEBUG, "request={0} cancelled", request.id());
                }
                if (waiting.remove(request.id()) != null) {
                    loop.post(new Event.Cancelled(request.id(), request.model()));
                }
            });
            loop.post(new Event.Arrived(request));
        }
    }

    private static int items(ModelProfile profile, Call call) {
        boolean batched = profile.inputs().stream().allMatch(TensorSpec::batched);
        long batch = batched ? call.inputs().getFirst().shape().getFirst() : 1;
        return (int) Math.min(batch, Integer.MAX_VALUE);
    }

    private static List<TensorSpec> outputs(ModelProfile profile, Call call) {
        return call.outputs().isEmpty()
                ? profile.outputs()
                : call.outputs().stream()
                        .map(name -> profile.outputs().stream()
                                .filter(output -> output.name().equals(name))
                                .findFirst()
                                .orElseThrow())
                        .toList();
    }

    private static CompletableFuture<Reply> refused(Status status, String message) {
        return CompletableFuture.completedFuture(new Reply.Refusal(status, message, Optional.empty()));
    }

    private CompletableFuture<Reply> refused(Call call, int model, Status status, String message) {
        Cause cause = Cause.of(status);
        ledger.ended(model, cause);
        misses.missed(clock.getAsLong(), call.id(), call.model(), cause, 0);
        Optional<Long> retryAfter =
                Optional.of(Math.max(1, scenario.models().get(model).slo().latencyMicros() / 1000));
        return CompletableFuture.completedFuture(new Reply.Refusal(status, message, retryAfter));
    }

    private void ended(PendingCall pending, Cause cause) {
        inFlight.addAndGet(-pending.items());
        ledger.ended(pending.model(), cause);
        pipelineMeters.ended(pending, cause);
        if (cause != Cause.NONE) {
            long now = clock.getAsLong();
            misses.missed(
                    now,
                    pending.id(),
                    plan.models().get(pending.model()).model(),
                    cause,
                    now - pending.arrivalMicros());
        }
    }

    /** On the scheduler's thread, at least once a second. */
    private void decided(long nanos) {
        pipelineMeters.decided(nanos);
        misses.tick(clock.getAsLong());
    }

    /** On the scheduler's thread. */
    private void carryOut(Decision decision, Event upon, long nowMicros) {
        switch (decision) {
            case Decision.Dispatch(var batch) -> {
                var items = new ArrayList<BatchRun.Item>(batch.size());
                for (Request request : batch.requests()) {
                    BatchRun.Item item = waiting.remove(request.id());
                    if (item != null) { // else it was cancelled a moment ago
                        items.add(item);
                    }
                }
                if (items.isEmpty()) {
                    loop.post(new Event.BatchEnded(batch.id()));
                } else {
                    var run = new BatchRun(batch, paths[batch.model()][batch.pipeline()], items, pool, nowMicros);
                    pipelineMeters.dispatched(run, upon);
                    runner.begin(run);
                }
            }
            case Decision.Reject(Request request, Decision.Cause cause) -> {
                BatchRun.Item item = waiting.remove(request.id());
                if (item != null) {
                    reject(item.call(), cause);
                }
            }
            // The first only comes of lost vGPUs, which nobody reports here, the second of the reactive policy.
            case Decision.Abort _, Decision.Expire _ -> throw new AssertionError("unexpected decision " + decision);
        }
    }

    private void reject(PendingCall call, Decision.Cause cause) {
        long sloMillis = scenario.models().get(call.model()).slo().latencyMicros() / 1000;
        switch (cause) {
            case DEADLINE_UNREACHABLE ->
                call.refuse(
                        Outcome.REJECTED,
                        Status.DEADLINE_UNREACHABLE,
                        "No pipeline of model %s can finish the request by its deadline, %d ms after its arrival."
                                .formatted(
                                        plan.models().get(call.model()).model(),
                                        (call.deadlineMicros() - call.arrivalMicros()) / 1000),
                        Optional.of(Math.max(1, sloMillis)));
            case QUEUE_FULL ->
                call.refuse(
                        Outcome.REJECTED,
                        Status.OVERLOADED,
                        "The model's queue is full.",
                        Optional.of(Math.max(1, sloMillis)));
            case NOT_PLANNED ->
                call.refuse(
                        Outcome.REJECTED,
                        Status.UNKNOWN_MODEL,
                        "The plan has no pipeline for the model.",
                        Optional.empty());
        }
    }

    private void schedulerDied(Throwable cause) {
        LOG.log(Level.ERROR, "The scheduler contradicted itself; no more requests are served.", cause);
        broken = true;
        failAll("The server's scheduler stopped.");
    }

    private void failAll(String message) {
        for (BatchRun.Item item : waiting.values()) {
            item.call().refuse(Outcome.FAILED, Status.FAILED, message, Optional.empty());
        }
    }

    /**
     * Takes no more requests, and waits until all accepted ones are answered.
     *
     * @param limitMillis longest wait
     * @return whether all were answered
     */
    public boolean drain(long limitMillis) {
        draining = true;
        ready = false;
        long until = clock.getAsLong() + limitMillis * 1000;
        while (inFlight.get() > 0 && clock.getAsLong() < until) {
            LockSupport.parkNanos(1_000_000);
        }
        return inFlight.get() == 0;
    }

    @Override
    public void close() {
        draining = true;
        ready = false;
        loop.close();
        runner.close();
        network.close();
        failAll("The server was stopped.");
        sessions.close();
        missWriter.shutdown();
        meters.close();
    }
}
