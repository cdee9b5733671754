package io.ppipe.schedule;

import io.ppipe.schedule.RouteTable.Route;

/**
 * Walks a pipeline's stages over the reservation book and finds a route. Its result stays in its fields until the next
 * walk, so that probing allocates nothing.
 *
 * <p>At each stage the vGPU is taken that would start first. Candidates come in the order of the pool's index, and the
 * search ends with the first that can't be beaten: nobody starts before the sender's uplink has let the tensors through.
 */
final class Probe {
    private final RouteTable table;
    private final ReservationBook book;
    private final int[] vgpus = new int[RouteTable.MAX_STAGES];
    private final long[] stageStarts = new long[RouteTable.MAX_STAGES];
    private final long[] transferStarts = new long[RouteTable.MAX_STAGES];
    private final Route none = new Route(
            1, new long[0][], new long[0][], new long[0], new long[0], new int[0], new int[0][], new int[0][][]);
    private Route route = none;
    private int batchSize;
    private long queueingMicros;

    // the stage that is being looked at
    private int bestVgpu;
    private long bestStart;
    private long bestTransferStart;

    Probe(RouteTable table, ReservationBook book) {
        this.table = table;
        this.book = book;
    }

    /**
     * Finds, stage by stage, the vGPU of the pool that would finish first.
     *
     * @param from when the batch could start at the earliest; may lie in the future
     * @return when the batch would be finished; {@link Scheduler#NEVER} when all vGPUs of a stage are lost
     */
    long walk(Route onRoute, int size, long from, long now) {
        route = onRoute;
        batchSize = size;
        long ready = from;
        long work = 0;
        for (int stage = 0; stage < route.stageCount(); stage++) {
            long latency = route.latencyMicros()[stage][size];
            bestStart = Long.MAX_VALUE;
            if (stage == 0) {
                first(route, size, ready, now);
            } else {
                next(route, stage, size, ready, now);
            }
            if (bestStart == Long.MAX_VALUE) {
                return Scheduler.NEVER;
            }
            vgpus[stage] = bestVgpu;
            stageStarts[stage] = bestStart;
            transferStarts[stage] = bestTransferStart;
            work += latency + (stage == 0 ? 0 : transferMicros(stage));
            ready = bestStart + latency;
        }
        queueingMicros = ready - from - work;
        return ready;
    }

    /** Of the vGPUs that would start first, takes the one whose server's uplink would let the results go first. */
    private void first(Route route, int size, long ready, long now) {
        long latency = route.latencyMicros()[0][size];
        PoolIndex pool = book.pool(route.pools()[0]);
        bestTransferStart = ready;
        for (int i = 0; i < pool.gapCount(); i++) {
            long start = Math.max(pool.gapStartMicros(i), ready);
            if (start >= bestStart) {
                break;
            }
            if (pool.gapEndMicros(i) - start >= latency) {
                take(pool.gapVgpu(i), ready, book.earliestOnVgpu(pool.gapVgpu(i), ready, latency, now));
            }
        }
        if (pool.count() == 0 || Math.max(pool.tailMicros(0), ready) >= bestStart) {
            return;
        }
        take(pool.vgpu(0), ready, Math.max(pool.tailMicros(0), ready));
        long transfer = route.stageCount() == 1 ? 0 : route.transferMicros()[0][size];
        if (transfer > 0) {
            long end = bestStart + latency;
            long sent = book.earliestOnUplink(table.serverOfVgpu[bestVgpu], end, transfer, now);
            for (int i = 1; i < pool.count() && sent > end && Math.max(pool.tailMicros(i), ready) == bestStart; i++) {
                long other = book.earliestOnUplink(table.serverOfVgpu[pool.vgpu(i)], end, transfer, now);
                if (other < sent) {
                    sent = other;
                    bestVgpu = pool.vgpu(i);
                }
            }
        }
    }

    private void next(Route route, int stage, int size, long ready, long now) {
        long latency = route.latencyMicros()[stage][size];
        long transfer = route.transferMicros()[stage - 1][size];
        int from = table.serverOfVgpu[vgpus[stage - 1]];
        PoolIndex pool = book.pool(route.pools()[stage]);
        if (pool.count() == 0) {
            return;
        }
        for (int vgpu : route.vgpusOnServer()[stage][from]) {
            if (!book.lost(vgpu)) {
                take(vgpu, ready, book.earliestOnVgpu(vgpu, ready, latency, now));
            }
        }
        long arrival = transfer == 0 ? ready : book.earliestOnUplink(from, ready, transfer, now) + transfer;
        for (int i = 0; i < pool.gapCount(); i++) {
            long start = Math.max(pool.gapStartMicros(i), arrival);
            if (start >= bestStart) {
                break;
            }
            if (pool.gapEndMicros(i) - start >= latency) {
                send(from, pool.gapVgpu(i), ready, transfer, latency, now);
            }
        }
        for (int i = 0; i < pool.count(); i++) {
            if (Math.max(pool.tailMicros(i), arrival) >= bestStart) {
                break;
            }
            send(from, pool.vgpu(i), ready, transfer, latency, now);
        }
    }

    private void send(int from, int vgpu, long ready, long transfer, long latency, long now) {
        int to = table.serverOfVgpu[vgpu];
        if (to != from) { // those on the same server have been looked at
            long transferStart = book.earliestTransfer(from, to, ready, transfer, now);
            take(vgpu, transferStart, book.earliestOnVgpu(vgpu, transferStart + transfer, latency, now));
        }
    }

    private void take(int vgpu, long transferStart, long start) {
        if (start < bestStart) {
            bestVgpu = vgpu;
            bestStart = start;
            bestTransferStart = transferStart;
        }
    }

    private long transferMicros(int stage) {
        return table.serverOfVgpu[vgpus[stage - 1]] == table.serverOfVgpu[vgpus[stage]]
                ? 0
                : route.transferMicros()[stage - 1][batchSize];
    }

    /** Returns the time of the last walk in which the batch would neither be computed nor travel. */
    long queueingMicros() {
        return queueingMicros;
    }

    /** Returns whether the last walk takes a link that other models' batches take too. */
    boolean sharesLinks() {
        for (int stage = 1; stage < route.stageCount(); stage++) {
            int from = table.serverOfVgpu[vgpus[stage - 1]];
            int to = table.serverOfVgpu[vgpus[stage]];
            if (from != to && (table.sharedUplink[from] || table.sharedDownlink[to])) {
                return true;
            }
        }
        return false;
    }

    /** Returns the first start of the last walk. */
    long startMicros() {
        return stageStarts[0];
    }

    Reservation[] stages() {
        var stages = new Reservation[route.stageCount()];
        for (int stage = 0; stage < stages.length; stage++) {
            stages[stage] = new Reservation(
                    vgpus[stage], stageStarts[stage], stageStarts[stage] + route.latencyMicros()[stage][batchSize]);
        }
        return stages;
    }

    Transfer[] transfers() {
        var transfers = new Transfer[route.stageCount() - 1];
        for (int stage = 1; stage <= transfers.length; stage++) {
            int from = table.serverOfVgpu[vgpus[stage - 1]];
            int to = table.serverOfVgpu[vgpus[stage]];
            transfers[stage - 1] =
                    new Transfer(from, to, transferStarts[stage], transferStarts[stage] + transferMicros(stage));
        }
        return transfers;
    }
}
