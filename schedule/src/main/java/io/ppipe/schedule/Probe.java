package io.ppipe.schedule;

import io.ppipe.schedule.RouteTable.Route;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks a pipeline's stages over the reservation book and finds a route. Its result stays in its fields until the next
 * walk, so that probing allocates nothing.
 */
final class Probe {
    private final RouteTable table;
    private final ReservationBook book;
    private final int[] vgpus = new int[RouteTable.MAX_STAGES];
    private final long[] stageStarts = new long[RouteTable.MAX_STAGES];
    private final long[] transferStarts = new long[RouteTable.MAX_STAGES];
    private Route route = new Route(1, new long[0][], new long[0][], new int[0][]);
    private int batchSize;
    private long queueingMicros;

    Probe(RouteTable table, ReservationBook book) {
        this.table = table;
        this.book = book;
    }

    /**
     * Finds, stage by stage, the vGPU of the pool that would finish first; ties go to the lower index.
     *
     * @param from when the batch could start at the earliest; may lie in the future
     * @return when the batch would be finished
     */
    long walk(Route onRoute, int size, long from, long now) {
        route = onRoute;
        batchSize = size;
        long ready = from;
        long work = 0;
        for (int stage = 0; stage < route.stageCount(); stage++) {
            long latency = route.latencyMicros()[stage][size];
            long best = Long.MAX_VALUE;
            long transferWork = 0;
            for (int vgpu : route.pools()[stage]) {
                long transferStart = ready;
                long transfer = 0;
                if (stage > 0) {
                    int fromServer = table.serverOfVgpu[vgpus[stage - 1]];
                    int toServer = table.serverOfVgpu[vgpu];
                    transfer = fromServer == toServer ? 0 : route.transferMicros()[stage - 1][size];
                    transferStart = book.earliestTransfer(fromServer, toServer, ready, transfer, now);
                }
                long start = book.earliestOnVgpu(vgpu, transferStart + transfer, latency, now);
                if (start + latency < best) {
                    best = start + latency;
                    vgpus[stage] = vgpu;
                    stageStarts[stage] = start;
                    transferStarts[stage] = transferStart;
                    transferWork = transfer;
                }
            }
            work += latency + transferWork;
            ready = best;
        }
        queueingMicros = ready - from - work;
        return ready;
    }

    /** Returns the time of the last walk in which the batch would neither be computed nor travel. */
    long queueingMicros() {
        return queueingMicros;
    }

    List<Reservation> stages() {
        var stages = new ArrayList<Reservation>(route.stageCount());
        for (int stage = 0; stage < route.stageCount(); stage++) {
            stages.add(new Reservation(
                    vgpus[stage], stageStarts[stage], stageStarts[stage] + route.latencyMicros()[stage][batchSize]));
        }
        return stages;
    }

    List<Transfer> transfers() {
        var transfers = new ArrayList<Transfer>(route.stageCount() - 1);
        for (int stage = 1; stage < route.stageCount(); stage++) {
            int from = table.serverOfVgpu[vgpus[stage - 1]];
            int to = table.serverOfVgpu[vgpus[stage]];
            long micros = from == to ? 0 : route.transferMicros()[stage - 1][batchSize];
            transfers.add(new Transfer(from, to, transferStarts[stage], transferStarts[stage] + micros));
        }
        return transfers;
    }
}
