package io.ppipe.schedule;

import io.ppipe.schedule.RouteTable.Route;

/*
 * What the simulator published with PPipe does, as far as its behaviour is documented (docs/scheduling.md): the pipeline
 * with the least waiting at its planned batch size is looked at, and only that one. If the planned batch would be too late
 * there for the oldest request, that request is rejected the first time it is looked at, whether or not a smaller batch or
 * another pipeline would do. Otherwise a batch goes as soon as it is complete, or when the oldest request can wait no longer.
 */

/** The published simulator's early rejection. */
final class PublishedPolicy implements Policy {
    private final Dispatcher dispatcher;
    private final Probe probe;

    PublishedPolicy(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.probe = dispatcher.probe();
    }

    @Override
    public long decide(int model, long now) {
        DeadlineQueue queue = dispatcher.queue(model);
        while (!queue.isEmpty()) {
            int pipeline = leastWaiting(model, now);
            if (pipeline < 0) {
                dispatcher.reject(model, 0);
                continue;
            }
            Route route = dispatcher.routes(model)[pipeline];
            int size = Math.min(queue.size(), route.batchSize());
            // What is there is smaller than planned and can still take longer: measured latencies are not monotone.
            long end = Math.max(probe.walk(route, route.batchSize(), now, now), probe.walk(route, size, now, now));
            long slack = queue.deadlineMicros(0) - end;
            if (slack < 0) {
                dispatcher.reject(model, 0);
                continue;
            }
            if (size < route.batchSize() && slack > 0) {
                return now + slack;
            }
            dispatcher.dispatch(model, pipeline, 0, size);
        }
        return Scheduler.NEVER;
    }

    private int leastWaiting(int model, long now) {
        int best = -1;
        long least = Long.MAX_VALUE;
        Route[] routes = dispatcher.routes(model);
        for (int i = 0; i < routes.length; i++) {
            if (probe.walk(routes[i], routes[i].batchSize(), now, now) != Scheduler.NEVER
                    && probe.queueingMicros() < least) {
                least = probe.queueingMicros();
                best = i;
            }
        }
        return best;
    }
}
