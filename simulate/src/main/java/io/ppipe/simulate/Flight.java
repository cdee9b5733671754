package io.ppipe.simulate;

import io.ppipe.schedule.Batch;

/** A batch under way, and what happens to it next. A batch has one thing ahead at a time. */
final class Flight {
    /** What happens next. */
    enum Step {
        START_STAGE,
        END_STAGE,
        START_TRANSFER,
        END_TRANSFER
    }

    final Batch batch;
    final long dispatchedMicros;
    /** Index of the plan that it was dispatched under. */
    final int epoch;

    Step step = Step.START_STAGE;
    /** Of the stage, or of the transfer behind it. */
    int position;

    long atMicros;
    long sequence;
    boolean aborted;

    long startMicros;
    long computeMicros;
    long transferMicros;
    /** How much longer than reserved. */
    long computeOverMicros;

    long transferOverMicros;

    Flight(Batch batch, long dispatchedMicros, int epoch) {
        this.batch = batch;
        this.dispatchedMicros = dispatchedMicros;
        this.epoch = epoch;
    }
}
