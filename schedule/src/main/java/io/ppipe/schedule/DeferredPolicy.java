package io.ppipe.schedule;

import io.ppipe.schedule.RouteTable.Route;

/*
 * Deferred dispatch. Every decision that is made early is made with less knowledge: which requests will be there, which vGPU
 * will be free, which pipeline will have room. The paper's dispatcher decides when a batch is complete, which under load is
 * long before it can start. This one decides when a decision can't be put off without losing something.
 *
 * 1. Late binding. As long as all vGPUs of a pipeline's first pool are busy, nothing is lost by leaving requests in the
 *    model's one queue: whichever pipeline has room first takes them. A central queue in front of k servers never leaves one
 *    idle while requests wait for another, which queues of their own do. So a pipeline is offered work only when a vGPU of
 *    its first pool is free (or will be within the time that a decision needs to reach it).
 *
 * 2. Waiting for fuller batches. A free vGPU and fewer requests than the planned batch: each request more makes the batch
 *    cheaper per request, and costs nothing while the most urgent of them can still be finished in time with one more. The
 *    last moment for that is its deadline less the time that the route of the larger batch takes now; then what is there
 *    goes. This is deferred batch scheduling (Chen et al., "Symphony", 2023), which showed that waiting concentrates work on
 *    fewer vGPUs instead of spreading small batches over all: the idle rest is what a burst meets.
 *
 * 3. Skipping. Within a pipeline requests go by earliest deadline first, which finishes a feasible set in time whenever any
 *    order does (Liu & Layland, 1973, for one resource). But a pipeline can only take requests that it still finishes in
 *    time, and pipelines differ: a long one, mostly on slow GPUs, must get requests while they are fresh, a short one can
 *    still save old ones. So each takes the most urgent requests that it can serve and leaves older ones in the queue, for
 *    shorter pipelines. The same rule decides what is sacrificed when there is too much work: where the oldest request would
 *    only fit a smaller batch while enough others make a full one, the full batch goes, because the small one would occupy
 *    the vGPU for nearly as long and serve fewer. The skipped request isn't rejected: it is, when no pipeline's first vGPU
 *    comes free in time for it any more.
 *
 * 4. Longest first. When several pipelines have room, the longest is offered work first: it has the fewest requests to choose
 *    from, and they soon are too old for it. What is left can wait for the short ones. (Best fit: the least flexible server
 *    that can do the work costs the cluster least.)
 *
 * 5. Pacing. A batch whose route has to wait behind the first stage (the pool of a later stage or a link is the bottleneck)
 *    would reach its end no sooner by starting now. It would only hold requests in a queue in mid-pipeline, where no other
 *    pipeline can take them and no batch can grow. So it starts when it will just not have to wait, less a little, so that
 *    the bottleneck never runs dry when something takes longer than it should.
 *
 * Nothing is rejected while any pipeline could still serve it in time: a request leaves when even the pipeline that is
 * finished first, started on the vGPU that is free first, would be late with it alone.
 */

/** Our dispatcher. A decision point costs one look at each pipeline, and probes only for those with a free vGPU. */
final class DeferredPolicy implements Policy {
    private static final long DISPATCHED = -1;
    private static final long NOTHING = -2;

    /**
     * The part of a pipeline's own time by which a batch starts earlier than it would have to (5). With 1/16, links that
     * several pipelines share go to those that don't hold back; with 1, nothing is held back under tight margins. 1/4 was
     * the best over published plans (large margins) and plans with margins of 8 to 24 % together.
     */
    private static final int PACING_PART = 4;

    private final Dispatcher dispatcher;
    private final Probe probe;
    private final long aheadMicros;
    private final boolean lateBinding;
    private final boolean waiting;
    private final boolean skipping;
    private final boolean pacing;
    /** Pipelines of each model, in the order in which they are offered work. */
    private final int[][] order;

    DeferredPolicy(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.probe = dispatcher.probe();
        SchedulerSettings settings = dispatcher.settings();
        this.aheadMicros = settings.bindAheadMicros();
        this.lateBinding = !settings.without().contains(DeferredPart.LATE_BINDING);
        this.waiting = !settings.without().contains(DeferredPart.WAITING);
        this.skipping = !settings.without().contains(DeferredPart.SKIPPING);
        this.pacing = !settings.without().contains(DeferredPart.PACING);
        boolean longestFirst = !settings.without().contains(DeferredPart.LONGEST_FIRST);
        this.order = new int[dispatcher.modelCount()][];
        for (int model = 0; model < order.length; model++) {
            order[model] = order(dispatcher.routes(model), longestFirst);
        }
    }

    private static int[] order(Route[] routes, boolean longestFirst) {
        var order = new int[routes.length];
        for (int i = 0; i < order.length; i++) {
            long length = routes[i].shortestMicros()[1];
            int at = i;
            while (at > 0 && (routes[order[at - 1]].shortestMicros()[1] < length) == longestFirst) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = i;
        }
        return order;
    }

    @Override
    public long decide(int model, long now) {
        DeadlineQueue queue = dispatcher.queue(model);
        int place = 0;
        long next = Scheduler.NEVER;
        while (place < order[model].length && !queue.isEmpty()) {
            int pipeline = order[model][place];
            long until = offer(model, pipeline, now);
            if (until == DISPATCHED) {
                place = 0;
                next = Scheduler.NEVER;
            } else {
                next = until == NOTHING ? next : Math.min(next, until);
                place++;
            }
        }
        return Math.min(next, rejectUnreachable(model, now));
    }

    /** Returns whether a vGPU of the first stage's pool is free, or will be in a moment. */
    private boolean free(Route route, long now) {
        PoolIndex pool = dispatcher.book().pool(route.pools()[0]);
        if (pool.count() == 0) {
            return false;
        }
        long tail = pool.tailMicros(0);
        return tail == PoolIndex.ALWAYS || !lateBinding || (aheadMicros > 0 && tail <= now + aheadMicros);
    }

    /** Returns when a batch may be bound to the vGPU that is free first, or {@link #NOTHING} if only once it is free. */
    private long whenAlmostFree(Route route) {
        PoolIndex pool = dispatcher.book().pool(route.pools()[0]);
        return aheadMicros > 0 && pool.count() > 0 ? pool.tailMicros(0) - aheadMicros : NOTHING;
    }

    /**
     * Offers work to a pipeline: dispatches the largest batch that is worth dispatching now.
     *
     * @return {@link #DISPATCHED}, {@link #NOTHING} where there is no batch for it, or when to offer it again
     */
    private long offer(int model, int pipeline, long now) {
        Route route = dispatcher.routes(model)[pipeline];
        if (!free(route, now)) {
            return whenAlmostFree(route);
        }
        DeadlineQueue queue = dispatcher.queue(model);
        long newest = queue.deadlineMicros(queue.size() - 1);
        for (int size = Math.min(route.batchSize(), queue.size()); size > 0; size--) {
            if (now + route.shortestMicros()[size] > newest) {
                continue; // not even on idle vGPUs
            }
            long end = probe.walk(route, size, now, now);
            int index = queue.firstNotBefore(end);
            if (queue.size() - index >= size && (skipping || index == 0)) {
                long until =
                        Math.max(whenNotQueueing(route, size, end, now), whenFull(queue, index, route, size, end, now));
                if (until > now) {
                    return until;
                }
                probe.walk(route, size, now, now);
                dispatcher.dispatch(model, pipeline, index, size);
                return DISPATCHED;
            }
        }
        return NOTHING;
    }

    /** Returns until when a batch may wait for one more request, and still be in time if none comes. */
    private long whenFull(DeadlineQueue queue, int index, Route route, int size, long end, long now) {
        return waiting && size < route.batchSize()
                ? now + queue.deadlineMicros(index) - Math.max(end, probe.walk(route, size + 1, now, now))
                : now;
    }

    /** Returns when a batch should start so that it hardly has to wait behind its first stage, and ends no later. */
    private long whenNotQueueing(Route route, int size, long end, long now) {
        long start = probe.startMicros();
        long behind =
                probe.queueingMicros() - (start - now); // what it waits before its first stage is not to be put off
        long wait = behind - route.shortestMicros()[1] / PACING_PART;
        return pacing && wait > 0 && probe.walk(route, size, start + wait, now) <= end ? start + wait : now;
    }

    /**
     * Rejects what no pipeline can finish in time any more, whatever happens.
     *
     * @return when the most urgent request becomes unreachable, if nothing is done for it
     */
    private long rejectUnreachable(int model, long now) {
        DeadlineQueue queue = dispatcher.queue(model);
        while (!queue.isEmpty()) {
            long deadline = queue.deadlineMicros(0);
            long last = Long.MIN_VALUE;
            for (Route route : dispatcher.routes(model)) {
                PoolIndex pool = dispatcher.book().pool(route.pools()[0]);
                long latest = deadline - route.shortestMicros()[1];
                if (pool.count() > 0 && latest >= now && pool.tailMicros(0) <= latest) {
                    last = Math.max(last, latest);
                }
            }
            if (last != Long.MIN_VALUE) {
                return last + 1;
            }
            dispatcher.reject(model, 0);
        }
        return Scheduler.NEVER;
    }
}
