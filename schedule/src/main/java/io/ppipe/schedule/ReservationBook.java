package io.ppipe.schedule;

/**
 * What is promised of every vGPU, uplink and downlink. Follows reality: a promise leaves when it is reported finished, not
 * when it should have been; one that ends late moves what follows on its batch's route.
 */
final class ReservationBook {
    private final RouteTable table;
    private final IntervalList[] vgpus;
    private final IntervalList[] uplinks;
    private final IntervalList[] downlinks;
    private final PoolIndex[] pools;
    private final boolean[] lost;
    /** What earlier plans' batches hold of GPUs on which this plan has no vGPU: a later plan may have. */
    private final IntervalList[] unplannedGpus;

    private final boolean[] lostUnplannedGpus;

    ReservationBook(RouteTable table) {
        this.table = table;
        vgpus = lists(table.serverOfVgpu.length);
        uplinks = lists(table.serverCount);
        downlinks = lists(table.serverCount);
        pools = new PoolIndex[table.poolCount];
        lost = new boolean[vgpus.length];
        unplannedGpus = lists(table.gpuCount);
        lostUnplannedGpus = new boolean[table.gpuCount];
        for (RouteTable.Route[] model : table.routes) {
            for (RouteTable.Route route : model) {
                for (int stage = 0; stage < route.stageCount(); stage++) {
                    pools[route.pools()[stage]] =
                            new PoolIndex(route.vgpus()[stage], shortest(route.latencyMicros()[stage]));
                }
            }
        }
    }

    private static long shortest(long[] bySize) {
        long shortest = bySize[1];
        for (int size = 2; size < bySize.length; size++) {
            shortest = Math.min(shortest, bySize[size]);
        }
        return shortest;
    }

    private static IntervalList[] lists(int count) {
        var lists = new IntervalList[count];
        for (int i = 0; i < count; i++) {
            lists[i] = new IntervalList();
        }
        return lists;
    }

    PoolIndex pool(int pool) {
        return pools[pool];
    }

    /** Returns when a vGPU could start, not before {@code from}, to be busy for {@code duration}. */
    long earliestOnVgpu(int vgpu, long from, long duration, long now) {
        return vgpus[vgpu].earliest(from, duration, now);
    }

    /** Returns when the sender's uplink is free for {@code duration}. */
    long earliestOnUplink(int server, long from, long duration, long now) {
        return uplinks[server].earliest(from, duration, now);
    }

    /** Returns when the sender's uplink and the receiver's downlink are both free for {@code duration}. */
    long earliestTransfer(int fromServer, int toServer, long from, long duration, long now) {
        if (duration == 0) {
            return from;
        }
        long start = from;
        while (true) {
            long up = uplinks[fromServer].earliest(start, duration, now);
            long down = downlinks[toServer].earliest(up, duration, now);
            if (down == up) {
                return up;
            }
            start = down; // the uplink's answer still has to be asked for from there; starts only grow, so this ends
        }
    }

    void reserve(Batch batch) {
        for (int stage = 0; stage < batch.stages().size(); stage++) {
            Reservation reservation = batch.stages().get(stage);
            promise(reservation.vgpu(), reservation.startMicros(), reservation.endMicros(), key(batch, stage));
        }
        for (int stage = 0; stage < batch.transfers().size(); stage++) {
            addTransfer(batch, stage, 0);
        }
    }

    /** Promises a vGPU for an interval. */
    void promise(int vgpu, long startMicros, long endMicros, long key) {
        vgpus[vgpu].add(startMicros, endMicros, key);
        pools[table.poolOfVgpu[vgpu]].update(vgpu, vgpus[vgpu]);
    }

    /** Takes a promise of a vGPU back; returns whether there was one. */
    boolean release(int vgpu, long key) {
        if (!vgpus[vgpu].remove(key)) {
            return false;
        }
        pools[table.poolOfVgpu[vgpu]].update(vgpu, vgpus[vgpu]);
        return true;
    }

    /** A stage has really ended: its promise goes, and what follows on the batch's route moves if it ended late. */
    void stageFinished(Batch batch, int stage, long endMicros) {
        release(batch.stages().get(stage).vgpu(), key(batch, stage));
        if (stage < batch.transfers().size()) {
            delay(batch, stage, endMicros - batch.transfers().get(stage).startMicros());
        }
    }

    /** A transfer has really ended: its promise goes, and what follows on the batch's route moves if it ended late. */
    void transferFinished(Batch batch, int stage, long endMicros) {
        endTransfer(batch, stage);
        if (stage + 1 < batch.stages().size()) {
            long lateness = endMicros - batch.stages().get(stage + 1).startMicros();
            if (lateness > 0) {
                moveStage(batch, stage + 1, lateness);
                delay(batch, stage + 1, lateness - slack(batch, stage + 1));
            }
        }
    }

    /** Nothing further of this batch will happen. */
    void ended(Batch batch) {
        for (int stage = 0; stage < batch.stages().size(); stage++) {
            release(batch.stages().get(stage).vgpu(), key(batch, stage));
        }
        endTransfers(batch);
    }

    /** Returns whether a batch still needs a vGPU that is held for a stage: to run it, or to send what it made. */
    boolean pending(Batch batch, int stage, int vgpu) {
        return vgpus[vgpu].has(key(batch, stage))
                || (stage < batch.transfers().size()
                        && uplinks[batch.transfers().get(stage).fromServer()].has(key(batch, stage)));
    }

    /** No further transfer of this batch will happen. */
    void endTransfers(Batch batch) {
        for (int stage = 0; stage < batch.transfers().size(); stage++) {
            endTransfer(batch, stage);
        }
    }

    void lose(int vgpu) {
        pools[table.poolOfVgpu[vgpu]].lose(vgpu);
        vgpus[vgpu].clear();
        lost[vgpu] = true;
    }

    void regain(int vgpu) {
        pools[table.poolOfVgpu[vgpu]].regain(vgpu);
        pools[table.poolOfVgpu[vgpu]].update(vgpu, vgpus[vgpu]); // an earlier plan's batch may still hold its GPU
        lost[vgpu] = false;
    }

    boolean lost(int vgpu) {
        return lost[vgpu];
    }

    /** Moves the transfer behind {@code stage}, and all after it, by what is left of {@code lateness} after the gaps. */
    private void delay(Batch batch, int stage, long lateness) {
        long late = lateness;
        for (int i = stage; i < batch.transfers().size() && late > 0; i++) {
            endTransfer(batch, i);
            addTransfer(batch, i, late);
            if (i + 1 == batch.stages().size()) {
                return;
            }
            late -= batch.stages().get(i + 1).startMicros()
                    - batch.transfers().get(i).endMicros();
            if (late > 0) {
                moveStage(batch, i + 1, late);
                late -= slack(batch, i + 1);
            }
        }
    }

    /** Returns the time between the end of a stage and the start of the transfer behind it. */
    private static long slack(Batch batch, int stage) {
        return stage < batch.transfers().size()
                ? batch.transfers().get(stage).startMicros()
                        - batch.stages().get(stage).endMicros()
                : 0;
    }

    private void moveStage(Batch batch, int stage, long lateness) {
        Reservation reservation = batch.stages().get(stage);
        if (release(reservation.vgpu(), key(batch, stage))) {
            promise(
                    reservation.vgpu(),
                    reservation.startMicros() + lateness,
                    reservation.endMicros() + lateness,
                    key(batch, stage));
        }
    }

    private void addTransfer(Batch batch, int stage, long lateness) {
        Transfer transfer = batch.transfers().get(stage);
        if (transfer.endMicros() > transfer.startMicros()) {
            holdLinks(transfer, lateness, key(batch, stage));
        }
    }

    /** Promises both links of a transfer, later than it says by {@code lateness}. */
    void holdLinks(Transfer transfer, long lateness, long key) {
        long start = transfer.startMicros() + lateness;
        long end = transfer.endMicros() + lateness;
        uplinks[transfer.fromServer()].add(start, end, key);
        downlinks[transfer.toServer()].add(start, end, key);
    }

    /** The transfer behind a stage holds its links no longer. */
    void endTransfer(Batch batch, int stage) {
        Transfer transfer = batch.transfers().get(stage);
        uplinks[transfer.fromServer()].remove(key(batch, stage));
        downlinks[transfer.toServer()].remove(key(batch, stage));
    }

    /**
     * Takes over what another plan's book promises: a GPU's vGPUs are all held for what any vGPU on it was held for, links
     * for what they were, and a lost GPU is lost.
     *
     * @param vgpusOnGpu of this book's plan
     */
    void takeOver(ReservationBook other, int[][] vgpusOnGpu) {
        for (int old = 0; old < other.vgpus.length; old++) {
            if (other.lost[old]) {
                loseGpu(other.table.gpuOfVgpu[old], vgpusOnGpu);
            }
        }
        for (int old = 0; old < other.vgpus.length; old++) {
            holdGpu(other.table.gpuOfVgpu[old], other.vgpus[old], vgpusOnGpu);
        }
        for (int gpu = 0; gpu < unplannedGpus.length; gpu++) {
            if (other.lostUnplannedGpus[gpu]) {
                loseGpu(gpu, vgpusOnGpu);
            }
            holdGpu(gpu, other.unplannedGpus[gpu], vgpusOnGpu);
        }
        System.arraycopy(other.uplinks, 0, uplinks, 0, uplinks.length);
        System.arraycopy(other.downlinks, 0, downlinks, 0, downlinks.length);
    }

    private void loseGpu(int gpu, int[][] vgpusOnGpu) {
        lostUnplannedGpus[gpu] = vgpusOnGpu[gpu].length == 0;
        for (int vgpu : vgpusOnGpu[gpu]) {
            lose(vgpu);
        }
    }

    private void holdGpu(int gpu, IntervalList promises, int[][] vgpusOnGpu) {
        for (int i = 0; i < promises.size(); i++) {
            for (int vgpu : vgpusOnGpu[gpu]) {
                if (!vgpus[vgpu].has(promises.key(i))) {
                    promise(vgpu, promises.startMicros(i), promises.endMicros(i), promises.key(i));
                }
            }
            if (vgpusOnGpu[gpu].length == 0 && !unplannedGpus[gpu].has(promises.key(i))) {
                unplannedGpus[gpu].add(promises.startMicros(i), promises.endMicros(i), promises.key(i));
            }
        }
    }

    /** Takes back a promise of a GPU to an earlier plan's batch. */
    void releaseGpu(int gpu, int[] itsVgpus, long key) {
        for (int vgpu : itsVgpus) {
            release(vgpu, key);
        }
        unplannedGpus[gpu].remove(key);
    }

    /** Returns how many promises there are of vGPUs and links. */
    int size() {
        int size = 0;
        for (IntervalList[] lists : new IntervalList[][] {vgpus, uplinks, downlinks, unplannedGpus}) {
            for (IntervalList list : lists) {
                size += list.size();
            }
        }
        return size;
    }

    /** Returns what names a batch's promise for a stage, or for the transfer behind it. */
    static long key(Batch batch, int stage) {
        return batch.id() * RouteTable.MAX_STAGES + stage;
    }
}
