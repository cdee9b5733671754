package io.ppipe.serve;

import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Transfer;

/**
 * When the steps of a batch really happened, on the run's clock, and so where its requests spent their time. The phases are
 * the simulator's: batch wait, queue, transfer and compute of a request add up to the time from its arrival to the end of its
 * last stage. Handed from thread to thread with its batch; one array is all that it allocates.
 */
final class BatchTimes {
    private static final int START = 0;
    private static final int END = 1;
    private static final int SENT = 2;
    private static final int RECEIVED = 3;
    private static final int STEPS = 4;

    private final long dispatchedMicros;
    private final long[] micros;

    BatchTimes(long dispatchedMicros, int stageCount) {
        this.dispatchedMicros = dispatchedMicros;
        this.micros = new long[STEPS * stageCount];
    }

    /** A stage ran during {@code [startMicros, endMicros)}. */
    void stage(int stage, long startMicros, long endMicros) {
        micros[STEPS * stage + START] = startMicros;
        micros[STEPS * stage + END] = endMicros;
    }

    /** What a stage made travelled during {@code [sentMicros, receivedMicros)}. */
    void transfer(int stage, long sentMicros, long receivedMicros) {
        micros[STEPS * stage + SENT] = sentMicros;
        micros[STEPS * stage + RECEIVED] = receivedMicros;
    }

    long startMicros(int stage) {
        return micros[STEPS * stage + START];
    }

    long endMicros(int stage) {
        return micros[STEPS * stage + END];
    }

    /** Returns how long a request waited until its batch was dispatched. */
    long batchWaitMicros(long arrivalMicros) {
        return Math.max(0, dispatchedMicros - arrivalMicros);
    }

    /** Returns how long the batch waited before a stage, for its vGPU and for the link to it. */
    long queueMicros(int stage) {
        long since = stage == 0 ? dispatchedMicros : endMicros(stage - 1) + transferMicros(stage - 1);
        return Math.max(0, startMicros(stage) - since);
    }

    long computeMicros(int stage) {
        return endMicros(stage) - startMicros(stage);
    }

    /** Returns how long the tensors behind a stage travelled. */
    long transferMicros(int stage) {
        return micros[STEPS * stage + RECEIVED] - micros[STEPS * stage + SENT];
    }

    /** Returns what a late answer of the batch is owed to, by the rule of the simulator. */
    Cause lateCause(Batch batch, long deadlineMicros) {
        long computeOver = 0;
        for (int i = 0; i < batch.stages().size(); i++) {
            Reservation slot = batch.stages().get(i);
            computeOver += Math.max(0, computeMicros(i) - (slot.endMicros() - slot.startMicros()));
        }
        long transferOver = 0;
        for (int i = 0; i < batch.transfers().size(); i++) {
            Transfer slot = batch.transfers().get(i);
            transferOver += Math.max(0, transferMicros(i) - (slot.endMicros() - slot.startMicros()));
        }
        long over = endMicros(batch.stages().size() - 1) - batch.endMicros();
        boolean inTimeAsReserved = batch.endMicros() <= deadlineMicros;
        if (!inTimeAsReserved || over - computeOver - transferOver > Math.max(computeOver, transferOver)) {
            return Cause.LATE_QUEUE;
        }
        return computeOver >= transferOver ? Cause.LATE_COMPUTE : Cause.LATE_TRANSFER;
    }
}
