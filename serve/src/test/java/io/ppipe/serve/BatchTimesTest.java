package io.ppipe.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Request;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Transfer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTimesTest {
    private static final Batch BATCH = new Batch(
            0,
            0,
            0,
            0,
            List.of(new Request(0, 0, 0, 1000)),
            List.of(new Reservation(0, 100, 300), new Reservation(1, 400, 600)),
            List.of(new Transfer(0, 1, 300, 400)));

    private static BatchTimes times(long[] firstStage, long[] transfer, long[] secondStage) {
        var times = new BatchTimes(100, 2);
        times.stage(0, firstStage[0], firstStage[1]);
        times.transfer(0, transfer[0], transfer[1]);
        times.stage(1, secondStage[0], secondStage[1]);
        return times;
    }

    private static long[] from(long start, long end) {
        return new long[] {start, end};
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void thePhasesAddUpToTheTimeFromArrivalToTheLastStagesEnd(long seed) {
        var random = new Random(seed);
        int stages = 1 + random.nextInt(4);
        long now = random.nextInt(1000);
        long arrival = 0;
        var times = new BatchTimes(now, stages);
        for (int stage = 0; stage < stages; stage++) {
            long start = now + random.nextInt(1000);
            long end = start + 1 + random.nextInt(1000);
            times.stage(stage, start, end);
            long sent = end + random.nextInt(1000);
            now = sent + random.nextInt(1000);
            if (stage < stages - 1) {
                times.transfer(stage, sent, now);
            }
        }

        long sum = times.batchWaitMicros(arrival);
        for (int stage = 0; stage < stages; stage++) {
            sum += times.queueMicros(stage) + times.computeMicros(stage) + times.transferMicros(stage);
        }
        assertThat(sum).as("seed %d", seed).isEqualTo(times.endMicros(stages - 1));
    }

    @Test
    void isLateForComputeWhenAStageTookLonger() {
        BatchTimes times = times(from(100, 900), from(900, 1000), from(1000, 1200));

        assertThat(times.lateCause(BATCH, 1000)).isEqualTo(Cause.LATE_COMPUTE);
    }

    @Test
    void isLateForTransferWhenThatTookLonger() {
        BatchTimes times = times(from(100, 300), from(300, 1000), from(1000, 1200));

        assertThat(times.lateCause(BATCH, 1000)).isEqualTo(Cause.LATE_TRANSFER);
    }

    @Test
    void isLateForTheQueueWhenItWaitedOrWasReservedLate() {
        BatchTimes waited = times(from(800, 1000), from(1000, 1100), from(1100, 1300));
        BatchTimes asReserved = times(from(100, 300), from(300, 400), from(400, 600));

        assertThat(waited.lateCause(BATCH, 1000)).isEqualTo(Cause.LATE_QUEUE);
        assertThat(asReserved.lateCause(BATCH, 500)).isEqualTo(Cause.LATE_QUEUE);
    }
}
