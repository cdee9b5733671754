package io.ppipe.schedule;

import io.ppipe.schedule.RouteTable.Route;

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
 */

/** The paper's dispatcher. */
final class ReservationPolicy implements Policy {
    private final Dispatcher dispatcher;
    private final Probe probe;

    ReservationPolicy(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.probe = dispatcher.probe();
    }

    @Override
    public long decide(int model, long now) {
        DeadlineQueue queue = dispatcher.queue(model);
        while (!queue.isEmpty()) {
            long deadline = queue.deadlineMicros(0);
            int pipeline = leastWaiting(model, queue.size(), now, deadline);
            if (pipeline < 0) {
                dispatcher.reject(model, 0);
                continue;
            }
            Route route = dispatcher.routes(model)[pipeline];
            int waiting = queue.size();
            int size = largestInTime(route, Math.min(waiting, route.batchSize()), now, deadline);
            if (size == waiting && waiting < route.batchSize()) {
                long until = Math.min(
                        lastStartMicros(route, waiting + 1, now, deadline),
                        lastStartMicros(route, waiting, now, deadline));
                if (until > now) {
                    return until;
                }
            }
            probe.walk(route, size, now, now);
            dispatcher.dispatch(model, pipeline, 0, size);
        }
        return Scheduler.NEVER;
    }

    /**
     * Returns the pipeline with the least waiting at its planned batch size, among those that can still finish the most
     * urgent request in time with what is waiting, or −1.
     */
    private int leastWaiting(int model, int waiting, long now, long deadline) {
        int best = -1;
        long least = Long.MAX_VALUE;
        Route[] routes = dispatcher.routes(model);
        for (int i = 0; i < routes.length; i++) {
            if (probe.walk(routes[i], routes[i].batchSize(), now, now) == Scheduler.NEVER) {
                continue;
            }
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
     * are tried, from the largest; but not those that would be late on idle vGPUs.
     */
    private int largestInTime(Route route, int limit, long now, long deadline) {
        for (int size = limit; size > 0; size--) {
            if (now + route.shortestMicros()[size] <= deadline && probe.walk(route, size, now, now) <= deadline) {
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
}
