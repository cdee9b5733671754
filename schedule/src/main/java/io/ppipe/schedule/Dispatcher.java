package io.ppipe.schedule;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.RouteTable.Route;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A scheduler that reserves whole routes: what all reservation policies have in common. It keeps the queues, the
 * reservation book and the batches under way, follows what really happened, and asks its policy at every decision point.
 * One thread owns it.
 *
 * <p>A decision costs a few probes. Nothing is allocated for events that lead to no decision, and one {@link Batch} for one
 * that is dispatched.
 */
final class Dispatcher implements Scheduler {
    private final SchedulerSettings settings;
    private final Policy.Maker maker;
    private final DeadlineQueue[] queues;
    private final long[] ticks;
    private final RunningBatches running = new RunningBatches();
    /** GPU of each stage of the batches that another plan's pipelines still run. */
    private final TreeMap<Long, int[]> foreign = new TreeMap<>();

    private RouteTable table;
    private ReservationBook book;
    private Probe probe;
    private Policy policy;
    private int[][] vgpusOnGpu = new int[0][];

    private long nextTick = NEVER;
    private long lastMicros = Long.MIN_VALUE;
    private long nextBatch;
    private Consumer<Decision> decisions = _ -> {};

    /**
     * @param plan made for {@code scenario}, and checked
     */
    Dispatcher(Scenario scenario, Plan plan, SchedulerSettings settings, Policy.Maker maker) {
        this.settings = settings;
        this.maker = maker;
        this.table = new RouteTable(scenario, plan);
        this.book = new ReservationBook(table);
        this.probe = new Probe(table, book);
        this.queues = new DeadlineQueue[plan.models().size()];
        Arrays.setAll(queues, _ -> new DeadlineQueue());
        this.ticks = new long[queues.length];
        Arrays.fill(ticks, NEVER);
        this.policy = maker.of(this);
    }

    @Override
    public void on(Event event, long nowMicros, Consumer<Decision> out) {
        if (nowMicros < lastMicros) {
            throw new IllegalArgumentException(
                    "The clock went back from %d us to %d us.".formatted(lastMicros, nowMicros));
        }
        lastMicros = nowMicros;
        decisions = out;
        switch (event) {
            case Event.Arrived(Request request) -> arrived(request, nowMicros);
            case Event.StageFinished(long batch, int stage, long start, long end) ->
                stageFinished(batch, stage, end, nowMicros);
            case Event.TransferFinished(long batch, int stage, long start, long end) -> {
                Batch sent = running.get(batch);
                if (sent != null && foreign.containsKey(batch)) {
                    book.endTransfer(sent, stage);
                } else if (sent != null) {
                    book.transferFinished(sent, stage, end);
                }
            }
            case Event.Tick() -> {
                for (int model = 0; model < queues.length; model++) {
                    if (ticks[model] <= nowMicros) {
                        decide(model, nowMicros);
                    }
                }
            }
            case Event.Cancelled(long requestId, int model) -> {
                int index = queues[model].indexOf(requestId);
                if (index >= 0) {
                    queues[model].remove(index, 1);
                    decide(model, nowMicros);
                }
            }
            case Event.BatchEnded(long batch) -> {
                Batch ended = running.remove(batch);
                if (ended != null) {
                    free(ended);
                    decide(ended.model(), nowMicros);
                }
            }
            case Event.VgpuLost(int vgpu) -> lost(vgpu, nowMicros);
            case Event.VgpuReturned(int vgpu) -> {
                if (book.lost(vgpu)) {
                    book.regain(vgpu);
                    decideAll(nowMicros);
                }
            }
            case Event.PlanChanged(Scenario scenario, Plan plan) -> changed(scenario, plan, nowMicros);
        }
    }

    @Override
    public long nextTickMicros() {
        return nextTick;
    }

    private void arrived(Request request, long now) {
        DeadlineQueue queue = queues[request.model()];
        if (table.routes[request.model()].length == 0) {
            decisions.accept(new Decision.Reject(request, Decision.Cause.NOT_PLANNED));
        } else if (queue.size() >= settings.queueBound()) {
            decisions.accept(new Decision.Reject(request, Decision.Cause.QUEUE_FULL));
        } else {
            queue.add(request, settings.dueMicros(request));
            decide(request.model(), now);
        }
    }

    private void stageFinished(long id, int stage, long end, long now) {
        Batch batch = running.get(id);
        if (batch == null) {
            return;
        }
        int[] gpus = foreign.isEmpty() ? null : foreign.get(id);
        if (gpus == null) {
            book.stageFinished(batch, stage, end);
        } else {
            book.releaseGpu(gpus[stage], vgpusOnGpu[gpus[stage]], ReservationBook.key(batch, stage));
        }
        if (stage == batch.stages().size() - 1) {
            running.remove(id);
            foreign.remove(id);
        }
        if (gpus == null) {
            decide(batch.model(), now);
        } else {
            decideAll(now);
        }
    }

    /** Takes back all that is promised to a batch. */
    private void free(Batch batch) {
        int[] gpus = foreign.remove(batch.id());
        if (gpus == null) {
            book.ended(batch);
            return;
        }
        for (int stage = 0; stage < gpus.length; stage++) {
            book.releaseGpu(gpus[stage], vgpusOnGpu[gpus[stage]], ReservationBook.key(batch, stage));
        }
        book.endTransfers(batch);
    }

    private void lost(int vgpu, long now) {
        for (Batch batch : running.all()) {
            if (needs(batch, vgpu)) {
                running.remove(batch.id());
                free(batch);
                decisions.accept(new Decision.Abort(batch));
                for (Request request : batch.requests()) {
                    queues[batch.model()].add(request, settings.dueMicros(request));
                }
            }
        }
        book.lose(vgpu);
        decideAll(now);
    }

    /** Returns whether a batch can't end without a vGPU; one of another plan, without any of the vGPU's GPU. */
    private boolean needs(Batch batch, int vgpu) {
        int[] gpus = foreign.get(batch.id());
        for (int stage = 0; stage < batch.stages().size(); stage++) {
            boolean on = gpus == null ? batch.stages().get(stage).vgpu() == vgpu : gpus[stage] == table.gpuOfVgpu[vgpu];
            if (on && book.pending(batch, stage, vgpu)) {
                return true;
            }
        }
        return false;
    }

    private void changed(Scenario scenario, Plan plan, long now) {
        if (plan.models().size() != queues.length) {
            throw new IllegalArgumentException("The new plan has %d models; the old one has %d. They must be the same."
                    .formatted(plan.models().size(), queues.length));
        }
        var newTable = new RouteTable(scenario, plan);
        if (newTable.gpuCount != table.gpuCount || newTable.serverCount != table.serverCount) {
            throw new IllegalArgumentException("The new plan is for another cluster.");
        }
        for (Batch batch : running.all()) {
            foreign.computeIfAbsent(
                    batch.id(),
                    _ -> batch.stages().stream()
                            .mapToInt(stage -> table.gpuOfVgpu[stage.vgpu()])
                            .toArray());
        }
        vgpusOnGpu = newTable.vgpusOnGpu();
        var newBook = new ReservationBook(newTable);
        newBook.takeOver(book, vgpusOnGpu);
        table = newTable;
        book = newBook;
        probe = new Probe(table, book);
        policy = maker.of(this);
        decideAll(now);
    }

    private void decideAll(long now) {
        for (int model = 0; model < queues.length; model++) {
            decide(model, now);
        }
    }

    private void decide(int model, long now) {
        long before = ticks[model];
        ticks[model] = queues[model].isEmpty() ? NEVER : policy.decide(model, now);
        if (ticks[model] <= nextTick) {
            nextTick = ticks[model];
        } else if (before == nextTick) {
            nextTick = NEVER;
            for (long tick : ticks) {
                nextTick = Math.min(nextTick, tick);
            }
        }
    }

    // What a policy sees and does.

    DeadlineQueue queue(int model) {
        return queues[model];
    }

    Route[] routes(int model) {
        return table.routes[model];
    }

    ReservationBook book() {
        return book;
    }

    Probe probe() {
        return probe;
    }

    int modelCount() {
        return queues.length;
    }

    SchedulerSettings settings() {
        return settings;
    }

    /** Rejects the waiting request at an index. */
    void reject(int model, int index) {
        Request request = queues[model].request(index);
        queues[model].remove(index, 1);
        decisions.accept(new Decision.Reject(request, Decision.Cause.DEADLINE_UNREACHABLE));
    }

    /** Reserves the route that the probe has found last and runs {@code size} waiting requests along it. */
    void dispatch(int model, int pipeline, int index, int size) {
        DeadlineQueue queue = queues[model];
        var requests = new Request[size];
        for (int i = 0; i < size; i++) {
            requests[i] = queue.request(index + i);
        }
        queue.remove(index, size);
        var batch = new Batch(
                nextBatch++,
                model,
                pipeline,
                0,
                List.of(requests),
                List.of(probe.stages()),
                List.of(probe.transfers()));
        book.reserve(batch);
        running.add(batch);
        decisions.accept(new Decision.Dispatch(batch));
    }

    /** Returns how many promises are held: 0 when nothing runs. */
    int reservationCount() {
        return book.size();
    }

    /** Returns how many batches are under way. */
    int runningCount() {
        return running.count() + foreign.size();
    }
}
