package io.ppipe.schedule;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.RouteTable.Route;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Consumer;

/*
 * Reservation-based adaptive batching: PPipe (USENIX ATC '25), §5; docs/ARCHITECTURE.md, "The path of a request".
 *
 * The scheduler knows, for every vGPU, uplink and downlink, until when it is promised. So it can tell, before a request
 * touches a GPU, when it would be finished, and it runs only what will be finished in time.
 *
 * For one model, at every decision point:
 *   1. Order its pipelines by how long a batch of the planned size would wait on them (little waiting = little load).
 *   2. On the first that can finish the most urgent request in time, find the largest batch of what is waiting, up to the
 *      planned size, that is finished by the deadline of the most urgent request.
 *   3. If that is all that is waiting, k, and less than planned: wait for another one, but not longer than until a batch
 *      of k + 1 would be too late; waiting beyond that gains nothing. Otherwise reserve its route and dispatch it.
 *   4. No pipeline can finish the most urgent request, even alone: reject it at once. It would waste GPU time.
 *
 * Where we differ from the published simulator: it rejects the oldest request when the planned batch on the least-loaded
 * pipeline would miss its deadline; we, like the paper's text, try smaller batches, and then the other pipelines.
 * Requests are taken by earliest deadline, which is first-come-first-served as long as all have the model's SLO.
 *
 * Feedback: an entry in the book leaves when the stage is reported finished. A stage that should have ended but was not
 * reported is busy until now, at least; one that ended late moves the rest of its batch's route.
 */

/** The paper's dispatcher. One thread owns it. A decision costs a few probes, each O(vGPUs of the pools on a route). */
public final class ReservationScheduler implements Scheduler {
    private final Settings settings;
    private final RouteTable table;
    private final ReservationBook book;
    private final Queue[] queues;
    private final TreeMap<Long, Batch> running = new TreeMap<>();
    private final Probe probe;
    private long lastMicros = Long.MIN_VALUE;
    private long nextBatch;

    /**
     * How careful to be.
     *
     * @param guard part of a request's time, from arrival to deadline, that is kept free before its deadline for what no
     *     reservation covers: timers, stages that take a little longer, the answer's way out; in [0, 1)
     * @param queueBound most waiting requests of one model; one more is rejected
     */
    public record Settings(double guard, int queueBound) {
        /** Nothing kept free; a queue longer than any that could be served within a second or so. */
        public static final Settings DEFAULT = new Settings(0, 65_536);

        public Settings {
            if (!(guard >= 0 && guard < 1)) {
                throw new IllegalArgumentException(
                        "Guard (%s) must be in [0, 1). Maybe it was given in percent.".formatted(guard));
            }
        }
    }

    /** What waits for one model. */
    private static final class Queue {
        final PriorityQueue<Request> waiting = new PriorityQueue<>(
                Comparator.comparingLong(Request::deadlineMicros).thenComparingLong(Request::id));
        long tickMicros = NEVER;
    }

    /**
     * @param plan made for {@code scenario}, and checked
     */
    public ReservationScheduler(Scenario scenario, Plan plan, Settings settings) {
        this.settings = settings;
        this.table = new RouteTable(scenario, plan);
        this.book = new ReservationBook(plan.vgpus().size(), table.serverCount);
        this.queues = new Queue[plan.models().size()];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new Queue();
        }
        this.probe = new Probe(table, book);
    }

    @Override
    public void on(Event event, long nowMicros, Consumer<Decision> decisions) {
        if (nowMicros < lastMicros) {
            throw new IllegalArgumentException(
                    "The clock went back from %d us to %d us.".formatted(lastMicros, nowMicros));
        }
        lastMicros = nowMicros;
        switch (event) {
            case Event.Arrived(Request request) -> arrived(request, nowMicros, decisions);
            case Event.Cancelled(long requestId, int model) -> {
                queues[model].waiting.removeIf(r -> r.id() == requestId);
                decide(model, nowMicros, decisions);
            }
            case Event.StageFinished(long batchId, int stage, long start, long end) -> {
                Batch batch = running.get(batchId);
                if (batch != null) {
                    book.stageFinished(batch, stage, end);
                    if (stage == batch.stages().size() - 1) {
                        running.remove(batchId);
                    }
                    decide(batch.model(), nowMicros, decisions);
                }
            }
            case Event.TransferFinished(long batchId, int stage, long start, long end) -> {
                Batch batch = running.get(batchId);
                if (batch != null) {
                    book.transferFinished(batch, stage, end);
                }
            }
            case Event.BatchEnded(long batchId) -> {
                Batch batch = running.remove(batchId);
                if (batch != null) {
                    book.ended(batch);
                    decide(batch.model(), nowMicros, decisions);
                }
            }
            case Event.Tick() -> {
                for (int model = 0; model < queues.length; model++) {
                    if (queues[model].tickMicros <= nowMicros) {
                        decide(model, nowMicros, decisions);
                    }
                }
            }
        }
    }

    @Override
    public long nextTickMicros() {
        long next = NEVER;
        for (Queue queue : queues) {
            next = Math.min(next, queue.tickMicros);
        }
        return next;
    }

    private void arrived(Request request, long now, Consumer<Decision> decisions) {
        Queue queue = queues[request.model()];
        if (table.routes[request.model()].length == 0) {
            decisions.accept(new Decision.Reject(request, Decision.Cause.NOT_PLANNED));
        } else if (queue.waiting.size() >= settings.queueBound()) {
            decisions.accept(new Decision.Reject(request, Decision.Cause.QUEUE_FULL));
        } else {
            queue.waiting.add(request);
            decide(request.model(), now, decisions);
        }
    }

    private void decide(int model, long now, Consumer<Decision> decisions) {
        Queue queue = queues[model];
        queue.tickMicros = NEVER;
        while (!queue.waiting.isEmpty()) {
            Request urgent = queue.waiting.peek();
            long deadline = guarded(urgent);
            int pipeline = leastWaiting(model, queue.waiting.size(), now, deadline);
            if (pipeline < 0) {
                queue.waiting.remove();
                decisions.accept(new Decision.Reject(urgent, Decision.Cause.DEADLINE_UNREACHABLE));
                continue;
            }
            Route route = table.routes[model][pipeline];
            int waiting = queue.waiting.size();
            int size = largestInTime(route, Math.min(waiting, route.batchSize()), now, deadline);
            if (size == waiting && waiting < route.batchSize()) {
                long until = Math.min(
                        lastStartMicros(route, waiting + 1, now, deadline),
                        lastStartMicros(route, waiting, now, deadline));
                if (until > now) {
                    queue.tickMicros = until;
                    return;
                }
            }
            dispatch(model, pipeline, size, now, decisions);
        }
    }

    /** Returns the time by which the scheduler has the request finished. */
    private long guarded(Request request) {
        long time = request.deadlineMicros() - request.arrivalMicros();
        return request.deadlineMicros() - (long) (settings.guard() * time);
    }

    /**
     * Returns the pipeline with the least waiting at its planned batch size, among those that can still finish the most
     * urgent request in time with what is waiting, or −1.
     */
    private int leastWaiting(int model, int waiting, long now, long deadline) {
        int best = -1;
        long least = Long.MAX_VALUE;
        Route[] routes = table.routes[model];
        for (int i = 0; i < routes.length; i++) {
            probe.walk(routes[i], routes[i].batchSize(), now, now);
            long queueing = probe.queueingMicros();
            if (queueing < least
                    && largestInTime(routes[i], Math.min(waiting, routes[i].batchSize()), now, deadline) > 0) {
                least = queueing;
                best = i;
            }
        }
        return best;
    }

    /**
     * Returns the largest batch, at most {@code limit}, that would be finished in time; 0 if none would. A smaller batch
     * is not always finished earlier (measured latencies are not monotone, and it may be routed otherwise), so all sizes
     * are tried, from the largest.
     */
    private int largestInTime(Route route, int limit, long now, long deadline) {
        for (int size = limit; size > 0; size--) {
            if (probe.walk(route, size, now, now) <= deadline) {
                return size;
            }
        }
        return 0;
    }

    /**
     * Returns a time until which to wait for a batch of this size, or now when it is already time. Waiting costs nothing
     * while the route's vGPUs are busy anyway, so first the whole time is tried that would be spent queueing.
     */
    private long lastStartMicros(Route route, int size, long now, long deadline) {
        long slack = deadline - probe.walk(route, size, now, now);
        long queueing = probe.queueingMicros();
        if (queueing > 0 && probe.walk(route, size, now + slack + queueing, now) <= deadline) {
            return now + slack + queueing;
        }
        return now + Math.max(0, slack);
    }

    private void dispatch(int model, int pipeline, int size, long now, Consumer<Decision> decisions) {
        probe.walk(table.routes[model][pipeline], size, now, now);
        var requests = new Request[size];
        for (int i = 0; i < size; i++) {
            requests[i] = queues[model].waiting.remove();
        }
        var batch = new Batch(nextBatch++, model, pipeline, List.of(requests), probe.stages(), probe.transfers());
        book.reserve(batch);
        running.put(batch.id(), batch);
        decisions.accept(new Decision.Dispatch(batch));
    }

    /** Returns how many reservations are held: 0 when nothing runs. */
    int reservationCount() {
        return book.size();
    }
}
