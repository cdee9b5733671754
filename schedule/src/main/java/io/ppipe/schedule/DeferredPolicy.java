package io.ppipe.schedule;

import io.ppipe.schedule.RouteTable.Route;
import java.util.Comparator;
import java.util.stream.IntStream;

/*
 * Deferred dispatch. Every decision that is made early is made with less knowledge: which requests will be there, which vGPU
 * will be free, which pipeline will have room. The paper's dispatcher decides when a batch is complete, which under load is
 * long before it can start. This one decides when a decision can't be put off without losing something.
 *
 * 1. Late binding. As long as all vGPUs of a pipeline's first pool are busy, nothing is lost by leaving requests in the
 *    model's one queue: whichever pipeline has room first takes them. A central queue in front of k servers never leaves one
 *    idle while requests wait for another, which queues of their own do. So a pipeline is offered work only when a vGPU of
 *    its first pool is free (or will be within the time that a decision needs to reach it).
 *    Links are what this may lose: a batch books them when it is bound, and a pipeline with a short first stage books them
 *    later than the long ones of other models do. A model with several pipelines gains more by choosing late. One with a
 *    single pipeline has nothing to choose, and is bound earlier by half of what it is behind.
 *
 * 2. Waiting for fuller batches. A free vGPU and fewer requests than the planned batch: each request more makes the batch
 *    cheaper per request, and costs nothing while the most urgent of them can still be finished in time with one more. The
 *    last moment for that is its deadline less the time that the route of the larger batch takes now; then what is there
 *    goes. This is deferred batch scheduling (Chen et al., "Symphony", 2023), which showed that waiting concentrates work on
 *    fewer vGPUs instead of spreading small batches over all: the idle rest is what a burst meets. Where the rest is large
 *    anyway, more than an eighth of the pool, waiting would only make answers late, so nobody waits.
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
 * 4. Pacing. A batch whose route has to wait behind the first stage (the pool of a later stage or a link is the bottleneck)
 *    would reach its end no sooner by starting now. It would only hold requests in a queue in mid-pipeline, where no other
 *    pipeline can take them and no batch can grow. So it starts when it will just not have to wait, less a little, so that
 *    the bottleneck never runs dry when something takes longer than it should. Not where it takes a link that other models'
 *    batches take too: they would go on booking it, and the one that holds back would always come after them. With plans of
 *    ours that keep a third of the SLO, and whose models share most links, pacing there cost up to 10 % of the load.
 *
 * When several pipelines have room, the shortest is offered work first: its answers come soonest. Under load that hardly
 * happens, and the order matters little: what a long pipeline needs is fresh requests, and skipping leaves it those.
 *
 * Nothing is rejected while any pipeline could still serve it in time: a request leaves when even the pipeline that is
 * finished first, started on the vGPU that is free first, would be late with it alone.
 */

/** Our dispatcher. A decision point costs one look at each pipeline, and probes only for those with a free vGPU. */
final class DeferredPolicy implements Policy {
    private static final long DISPATCHED = -1;
    private static final long NOTHING = -2;

    /** Fewer requests than planned go at once where more than one in so many vGPUs of the pool is idle (2). */
    private static final int IDLE_PART = 8;

    /** The part of the lead that others have in booking links by which a model's only pipeline is bound earlier (1). */
    private static final int LEAD_PART = 2;

    /**
     * The part of a pipeline's own time by which a batch starts earlier than it would have to (4). With 1/16, links that
     * several pipelines share go to those that don't hold back; with 1, nothing is held back under tight margins. 1/4 was
     * the best over published plans (large margins) and plans with margins of 8 to 24 % together.
     */
    private static final int PACING_PART = 4;

    private final Dispatcher dispatcher;
    private final Probe probe;
    private final boolean lateBinding;
    private final boolean waiting;
    private final boolean skipping;
    private final boolean pacing;
    /** How long before a vGPU comes free a batch may be bound to it, for each model. */
    private final long[] aheadMicros;
    /** Pipelines of each model, in the order in which they are offered work. */
    private final int[][] order;

    DeferredPolicy(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.probe = dispatcher.probe();
        SchedulerSettings settings = dispatcher.settings();
        this.lateBinding = !settings.without().contains(DeferredPart.LATE_BINDING);
        this.waiting = !settings.without().contains(DeferredPart.WAITING);
        this.skipping = !settings.without().contains(DeferredPart.SKIPPING);
        this.pacing = !settings.without().contains(DeferredPart.PACING);
        this.order = new int[dispatcher.modelCount()][];
        this.aheadMicros = new long[order.length];
        long longest = 0;
        for (int model = 0; model < order.length; model++) {
            Route[] routes = dispatcher.routes(model);
            order[model] = shortestFirst(routes);
            for (Route route : routes) {
                longest = Math.max(longest, linksBookedAheadMicros(route));
            }
        }
        for (int model = 0; model < order.length; model++) {
            Route[] routes = dispatcher.routes(model);
            boolean onlyOne = routes.length == 1 && routes[0].stageCount() > 1;
            long lead = onlyOne ? longest - linksBookedAheadMicros(routes[0]) : 0;
            aheadMicros[model] = settings.bindAheadMicros() + lead / LEAD_PART;
        }
    }

    private static int[] shortestFirst(Route[] routes) {
        return IntStream.range(0, routes.length)
                .boxed()
                .sorted(Comparator.comparingLong(i -> routes[i].shortestMicros()[1]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Returns how long before it needs its first link a batch books it: while its first stage runs. */
    private static long linksBookedAheadMicros(Route route) {
        return route.stageCount() == 1 ? 0 : route.latencyMicros()[0][route.batchSize()];
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

    /** Returns whether a vGPU of the first stage's pool is free, or will be soon enough. */
    private boolean free(int model, Route route, long now) {
        PoolIndex pool = dispatcher.book().pool(route.pools()[0]);
        if (pool.count() == 0) {
            return false;
        }
        long tail = pool.tailMicros(0);
        return tail == PoolIndex.ALWAYS || !lateBinding || (aheadMicros[model] > 0 && tail <= now + aheadMicros[model]);
    }

    /** Returns when a batch may be bound to the vGPU that is free first, or {@link #NOTHING} if only once it is free. */
    private long whenAlmostFree(int model, Route route) {
        PoolIndex pool = dispatcher.book().pool(route.pools()[0]);
        return aheadMicros[model] > 0 && pool.count() > 0 ? pool.tailMicros(0) - aheadMicros[model] : NOTHING;
    }

    /**
     * Offers work to a pipeline: dispatches the largest batch that is worth dispatching now.
     *
     * @return {@link #DISPATCHED}, {@link #NOTHING} where there is no batch for it, or when to offer it again
     */
    private long offer(int model, int pipeline, long now) {
        Route route = dispatcher.routes(model)[pipeline];
        if (!free(model, route, now)) {
            return whenAlmostFree(model, route);
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
        boolean scarce = !dispatcher.book().pool(route.pools()[0]).idle(IDLE_PART);
        return waiting && scarce && size < route.batchSize()
                ? now + queue.deadlineMicros(index) - Math.max(end, probe.walk(route, size + 1, now, now))
                : now;
    }

    /** Returns when a batch should start so that it hardly has to wait behind its first stage, and ends no later. */
    private long whenNotQueueing(Route route, int size, long end, long now) {
        long start = probe.startMicros();
        long behind =
                probe.queueingMicros() - (start - now); // what it waits before its first stage is not to be put off
        long wait = behind - route.shortestMicros()[1] / PACING_PART;
        return pacing && wait > 0 && !probe.sharesLinks() && probe.walk(route, size, start + wait, now) <= end
                ? start + wait
                : now;
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
