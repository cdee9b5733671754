package io.ppipe.schedule;

/**
 * What is promised of every vGPU, uplink and downlink. Follows reality: an entry leaves when it is reported finished,
 * not when it should have been.
 */
final class ReservationBook {
    private final IntervalList[] vgpus;
    private final IntervalList[] uplinks;
    private final IntervalList[] downlinks;

    ReservationBook(int vgpuCount, int serverCount) {
        vgpus = lists(vgpuCount);
        uplinks = lists(serverCount);
        downlinks = lists(serverCount);
    }

    private static IntervalList[] lists(int count) {
        var lists = new IntervalList[count];
        for (int i = 0; i < count; i++) {
            lists[i] = new IntervalList();
        }
        return lists;
    }

    /** Returns when a vGPU could start, not before {@code from}, to be busy for {@code duration}. */
    long earliestOnVgpu(int vgpu, long from, long duration, long now) {
        return vgpus[vgpu].earliest(from, duration, now);
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
            vgpus[reservation.vgpu()].add(reservation.startMicros(), reservation.endMicros(), key(batch, stage));
        }
        for (int stage = 0; stage < batch.transfers().size(); stage++) {
            addTransfer(batch, stage, 0);
        }
    }

    /** A stage has really ended: its entry goes, and what follows on the batch's route moves if it ended late. */
    void stageFinished(Batch batch, int stage, long endMicros) {
        vgpus[batch.stages().get(stage).vgpu()].remove(key(batch, stage));
        if (stage < batch.transfers().size()) {
            delay(batch, stage, endMicros - batch.transfers().get(stage).startMicros());
        }
    }

    /** A transfer has really ended: its entry goes, and what follows on the batch's route moves if it ended late. */
    void transferFinished(Batch batch, int stage, long endMicros) {
        removeTransfer(batch, stage);
        long lateness = endMicros - batch.stages().get(stage + 1).startMicros();
        if (lateness > 0) {
            moveStage(batch, stage + 1, lateness);
            delay(batch, stage + 1, lateness - slack(batch, stage + 1));
        }
    }

    /** Nothing further of this batch will happen. */
    void ended(Batch batch) {
        for (int stage = 0; stage < batch.stages().size(); stage++) {
            vgpus[batch.stages().get(stage).vgpu()].remove(key(batch, stage));
        }
        for (int stage = 0; stage < batch.transfers().size(); stage++) {
            removeTransfer(batch, stage);
        }
    }

    /** Moves the transfer behind {@code stage}, and all after it, by what is left of {@code lateness} after the gaps. */
    private void delay(Batch batch, int stage, long lateness) {
        long late = lateness;
        for (int i = stage; i < batch.transfers().size() && late > 0; i++) {
            removeTransfer(batch, i);
            addTransfer(batch, i, late);
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
        IntervalList list = vgpus[reservation.vgpu()];
        if (list.remove(key(batch, stage))) {
            list.add(reservation.startMicros() + lateness, reservation.endMicros() + lateness, key(batch, stage));
        }
    }

    private void addTransfer(Batch batch, int stage, long lateness) {
        Transfer transfer = batch.transfers().get(stage);
        if (transfer.endMicros() > transfer.startMicros()) {
            long start = transfer.startMicros() + lateness;
            long end = transfer.endMicros() + lateness;
            uplinks[transfer.fromServer()].add(start, end, key(batch, stage));
            downlinks[transfer.toServer()].add(start, end, key(batch, stage));
        }
    }

    private void removeTransfer(Batch batch, int stage) {
        Transfer transfer = batch.transfers().get(stage);
        uplinks[transfer.fromServer()].remove(key(batch, stage));
        downlinks[transfer.toServer()].remove(key(batch, stage));
    }

    /** Returns how many entries there are on vGPUs and links. */
    int size() {
        int size = 0;
        for (IntervalList[] lists : new IntervalList[][] {vgpus, uplinks, downlinks}) {
            for (IntervalList list : lists) {
                size += list.size();
            }
        }
        return size;
    }

    private static long key(Batch batch, int stage) {
        return batch.id() * RouteTable.MAX_STAGES + stage;
    }
}
