package io.ppipe.schedule;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.RouteTable.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/*
 * Dynamic batching stage by stage, as Nexus (SOSP '19) does it for whole models and as PPipe's ablation uses it for
 * pipelines. Nothing is reserved. When a vGPU comes free it takes what waits for it, up to the planned batch size, and drops
 * what can't be finished any more even if nothing else has to be waited for. When it ends, its results go to the vGPU of the
 * next stage that has the least to do.
 *
 * A request goes to the pipeline whose first pool has the least waiting per vGPU. The first stage's queue is the model's;
 * the later stages' queues belong to vGPUs, because the tensors have been sent there.
 */

/** The baseline without reservations. One thread owns it. For the simulator: the server keeps batches together. */
final class ReactiveScheduler implements Scheduler {
    private static final long IDLE = -1;

    private final SchedulerSettings settings;
    private final RouteTable table;
    private final RunningBatches running = new RunningBatches();
    /** Id of the batch that runs on each vGPU, or {@link #IDLE}. */
    private final long[] runs;

    private final boolean[] lost;
    /** What waits for a vGPU of a later stage. */
    private final DeadlineQueue[] waiting;
    /** Requests that are on their way to a vGPU of a later stage, or wait for it, or run on it. */
    private final int[] load;
    /** What waits for the first stage of a pipeline, by pool. */
    private final DeadlineQueue[] entry;
    /** To which vGPU a batch's tensors go. */
    private final TreeMap<Long, Integer> targets = new TreeMap<>();
    /** Model, pipeline and stage of each vGPU. */
    private final int[][] places;

    private long lastMicros = Long.MIN_VALUE;
    private long nextBatch;
    private Consumer<Decision> decisions = _ -> {};

    ReactiveScheduler(Scenario scenario, Plan plan, SchedulerSettings settings) {
        this.settings = settings;
        this.table = new RouteTable(scenario, plan);
        int vgpus = table.serverOfVgpu.length;
        runs = new long[vgpus];
        Arrays.fill(runs, IDLE);
        lost = new boolean[vgpus];
        load = new int[vgpus];
        waiting = new DeadlineQueue[vgpus];
        Arrays.setAll(waiting, _ -> new DeadlineQueue());
        entry = new DeadlineQueue[table.poolCount];
        Arrays.setAll(entry, _ -> new DeadlineQueue());
        places = new int[vgpus][];
        for (int model = 0; model < table.routes.length; model++) {
            for (int pipeline = 0; pipeline < table.routes[model].length; pipeline++) {
                for (int stage = 0; stage < table.routes[model][pipeline].stageCount(); stage++) {
                    for (int vgpu : table.routes[model][pipeline].vgpus()[stage]) {
                        places[vgpu] = new int[] {model, pipeline, stage};
                    }
                }
            }
        }
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
            case Event.StageFinished(long id, int stage, long start, long end) -> {
                Batch batch = running.get(id);
                if (batch != null) {
                    if (batch.reachesEnd()) {
                        running.remove(id);
                    }
                    leave(batch);
                    start(batch.stages().getFirst().vgpu(), nowMicros);
                }
            }
            case Event.TransferFinished(long id, int stage, long start, long end) -> {
                Batch batch = running.remove(id);
                if (batch != null) {
                    reached(batch, nowMicros);
                }
            }
            case Event.Cancelled(long requestId, int model) -> cancelled(requestId);
            case Event.BatchEnded(long id) -> {
                Batch batch = running.remove(id);
                if (batch != null) {
                    ended(batch, nowMicros);
                }
            }
            case Event.Tick() -> {} // asked for by nobody
            case Event.VgpuLost(int vgpu) -> lost(vgpu, nowMicros);
            case Event.VgpuReturned(int vgpu) -> {
                lost[vgpu] = false;
                start(vgpu, nowMicros);
            }
            case Event.PlanChanged(Scenario scenario, Plan plan) ->
                throw new IllegalArgumentException("The reactive policy can't change its plan.");
        }
    }

    @Override
    public long nextTickMicros() {
        return NEVER;
    }

    private void arrived(Request request, long now) {
        int pipeline = leastWaiting(request.model());
        if (pipeline < 0) {
            decisions.accept(new Decision.Reject(request, Decision.Cause.NOT_PLANNED));
            return;
        }
        Route route = table.routes[request.model()][pipeline];
        DeadlineQueue queue = entry[route.pools()[0]];
        if (queue.size() >= settings.queueBound()) {
            decisions.accept(new Decision.Reject(request, Decision.Cause.QUEUE_FULL));
            return;
        }
        queue.add(request, settings.dueMicros(request));
        for (int vgpu : route.vgpus()[0]) {
            if (runs[vgpu] == IDLE && !lost[vgpu]) {
                start(vgpu, now);
                return;
            }
        }
    }

    /** Returns the pipeline with the least waiting for the rate of its first pool, or −1 where none can be passed. */
    private int leastWaiting(int model) {
        int best = -1;
        double least = Double.MAX_VALUE;
        Route[] routes = table.routes[model];
        for (int i = 0; i < routes.length; i++) {
            int free = 0;
            int alive = 0;
            for (int vgpu : routes[i].vgpus()[0]) {
                alive += lost[vgpu] ? 0 : 1;
                free += runs[vgpu] != IDLE || lost[vgpu] ? 0 : 1;
            }
            double micros = (entry[routes[i].pools()[0]].size() - free)
                    * (double) routes[i].latencyMicros()[0][routes[i].batchSize()]
                    / (routes[i].batchSize() * Math.max(1, alive));
            if (served(routes[i]) && micros < least) {
                least = micros;
                best = i;
            }
        }
        return best;
    }

    /** Returns whether every stage has a vGPU that isn't lost. */
    private boolean served(Route route) {
        for (int[] stage : route.vgpus()) {
            if (leastLoaded(stage) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Lets a free vGPU run what waits for it. */
    private void start(int vgpu, long now) {
        int model = places[vgpu][0];
        int pipeline = places[vgpu][1];
        int stage = places[vgpu][2];
        Route route = table.routes[model][pipeline];
        DeadlineQueue queue = stage == 0 ? entry[route.pools()[0]] : waiting[vgpu];
        if (runs[vgpu] != IDLE || lost[vgpu]) {
            return;
        }
        dropLate(queue, route, stage, vgpu, now);
        int size = Math.min(queue.size(), route.batchSize());
        if (size == 0) {
            return;
        }
        var requests = new Request[size];
        for (int i = 0; i < size; i++) {
            requests[i] = queue.request(i);
        }
        queue.remove(0, size);
        long end = now + route.latencyMicros()[stage][size];
        List<Transfer> transfers = List.of();
        int to = -1;
        if (stage + 1 < route.stageCount()) {
            to = leastLoaded(route.vgpus()[stage + 1]);
            load[to] += size;
            int fromServer = table.serverOfVgpu[vgpu];
            int toServer = table.serverOfVgpu[to];
            long transfer = fromServer == toServer ? 0 : route.transferMicros()[stage][size];
            transfers = List.of(new Transfer(fromServer, toServer, end, end + transfer));
        }
        var batch = new Batch(
                nextBatch++,
                model,
                pipeline,
                stage,
                List.of(requests),
                List.of(new Reservation(vgpu, now, end)),
                transfers);
        runs[vgpu] = batch.id();
        running.add(batch);
        if (to >= 0) {
            targets.put(batch.id(), to);
        }
        decisions.accept(new Decision.Dispatch(batch));
    }

    /** Rejects, or stops, what can't be finished in time from this stage on, even if nothing has to be waited for. */
    private void dropLate(DeadlineQueue queue, Route route, int stage, int vgpu, long now) {
        long left = 0;
        for (int s = stage; s < route.stageCount(); s++) {
            left += route.latencyMicros()[s][1];
            left += s + 1 < route.stageCount() ? route.transferMicros()[s][1] : 0;
        }
        int late = queue.firstNotBefore(now + left);
        for (int i = 0; i < late; i++) {
            Request request = queue.request(i);
            decisions.accept(
                    stage == 0
                            ? new Decision.Reject(request, Decision.Cause.DEADLINE_UNREACHABLE)
                            : new Decision.Expire(request));
        }
        queue.remove(0, late);
        if (stage > 0) {
            load[vgpu] -= late;
        }
    }

    private int leastLoaded(int[] vgpus) {
        int best = -1;
        for (int vgpu : vgpus) {
            if (!lost[vgpu] && (best < 0 || load[vgpu] < load[best])) {
                best = vgpu;
            }
        }
        return best;
    }

    /** A batch's tensors have reached the vGPU of the next stage. */
    private void reached(Batch batch, long now) {
        Integer to = targets.remove(batch.id());
        if (to == null) {
            throw new AssertionError("batch %d was sent nowhere".formatted(batch.id()));
        }
        int[] place = places[to];
        if (lost[to] || !served(table.routes[place[0]][place[1]])) {
            load[to] -= batch.size();
            batch.requests().forEach(request -> arrived(request, now));
            return;
        }
        for (Request request : batch.requests()) {
            waiting[to].add(request, settings.dueMicros(request));
        }
        start(to, now);
    }

    private void ended(Batch batch, long now) {
        leave(batch);
        leaveTarget(batch);
        start(batch.stages().getFirst().vgpu(), now);
    }

    /** A batch is on its vGPU no longer, if it still was. */
    private void leave(Batch batch) {
        int vgpu = batch.stages().getFirst().vgpu();
        if (runs[vgpu] == batch.id()) {
            runs[vgpu] = IDLE;
            if (batch.firstStage() > 0) {
                load[vgpu] -= batch.size();
            }
        }
    }

    /** A batch goes nowhere any more. */
    private void leaveTarget(Batch batch) {
        Integer to = targets.remove(batch.id());
        if (to != null) {
            load[to] -= batch.size();
        }
    }

    /**
     * What runs on a lost vGPU, or is sent from it, begins again, and so does what waits for it; all that waits in a pipeline
     * that can't be passed any more likewise. What is on its way to the vGPU begins again when it gets there.
     */
    private void lost(int vgpu, long now) {
        if (lost[vgpu]) {
            return;
        }
        lost[vgpu] = true;
        var again = new ArrayList<Request>();
        for (Batch batch : running.all()) {
            if (batch.stages().getFirst().vgpu() == vgpu) {
                running.remove(batch.id());
                leave(batch);
                leaveTarget(batch);
                decisions.accept(new Decision.Abort(batch));
                again.addAll(batch.requests());
            }
        }
        takeWaiting(vgpu, again);
        Route route = table.routes[places[vgpu][0]][places[vgpu][1]];
        if (!served(route)) {
            takeAll(entry[route.pools()[0]], again);
            for (int[] stage : route.vgpus()) {
                for (int other : stage) {
                    takeWaiting(other, again);
                }
            }
        }
        again.forEach(request -> arrived(request, now));
    }

    private void takeWaiting(int vgpu, List<Request> taken) {
        load[vgpu] -= waiting[vgpu].size();
        takeAll(waiting[vgpu], taken);
    }

    private static void takeAll(DeadlineQueue queue, List<Request> taken) {
        while (!queue.isEmpty()) {
            taken.add(queue.request(0));
            queue.remove(0, 1);
        }
    }

    private void cancelled(long requestId) {
        for (DeadlineQueue queue : entry) {
            if (removed(queue, requestId)) {
                return;
            }
        }
        for (int vgpu = 0; vgpu < waiting.length; vgpu++) {
            if (removed(waiting[vgpu], requestId)) {
                load[vgpu]--;
                return;
            }
        }
    }

    private static boolean removed(DeadlineQueue queue, long requestId) {
        int index = queue.indexOf(requestId);
        if (index >= 0) {
            queue.remove(index, 1);
        }
        return index >= 0;
    }

    /** Returns how many batches and requests it still knows of: 0 when nothing runs, travels or waits. */
    int openCount() {
        int open = running.count() + targets.size();
        for (int vgpu = 0; vgpu < load.length; vgpu++) {
            open += Math.abs(load[vgpu]) + waiting[vgpu].size() + (runs[vgpu] == IDLE ? 0 : 1);
        }
        for (DeadlineQueue queue : entry) {
            open += queue.size();
        }
        return open;
    }
}
