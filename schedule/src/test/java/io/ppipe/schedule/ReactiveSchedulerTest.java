package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Block 0 takes 3000 us on slow, a transfer 50 for each request, block 1 1000 us on fast. */
class ReactiveSchedulerTest {
    private static Driver reactive(Plan plan) {
        return new Driver(PolicyName.REACTIVE, plan);
    }

    private static int open(Driver driver) {
        return ((ReactiveScheduler) driver.scheduler).openCount();
    }

    @Test
    void takesWhatIsThereAtOnce() {
        Driver driver = reactive(TinyPlans.twoStages(4, 1, 1));

        driver.arrives(0, 20_000);

        Batch batch = driver.lastBatch();
        assertThat(batch.firstStage()).isZero();
        assertThat(batch.stages()).containsExactly(new Reservation(0, 0, 3000));
        assertThat(batch.transfers()).containsExactly(new Transfer(TinyPlans.GPUS_PER_CLASS, 0, 3000, 3050));
        assertThat(batch.reachesEnd()).isFalse();
    }

    @Test
    void takesAllThatWaitedUpToThePlannedBatchWhenAVgpuComesFree() {
        Driver driver = reactive(TinyPlans.twoStages(2, 1, 1));
        driver.arrives(0, 20_000);
        driver.arrives(1, 20_000);
        driver.arrives(2, 20_000);
        driver.arrives(3, 20_000);

        driver.ends(driver.lastBatch(), 0);

        assertThat(driver.lastIds()).containsExactly(2L, 3L);
    }

    @Test
    void batchesEveryStageAnew() {
        Driver driver = reactive(TinyPlans.twoStages(2, 3, 1));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);
        List<Batch> first = driver.batches();
        first.forEach(batch -> driver.ends(batch, 0));
        driver.sentAt(first.get(0), 0, 3_050);
        driver.sentAt(first.get(1), 0, 3_100);
        driver.sentAt(first.get(2), 0, 3_150);
        assertThat(driver.lastIds()).containsExactly(1L);

        driver.ends(driver.lastBatch(), 0);

        Batch merged = driver.lastBatch();
        assertThat(driver.lastIds()).containsExactly(2L, 3L);
        assertThat(merged.firstStage()).isEqualTo(1);
        assertThat(merged.stages()).containsExactly(new Reservation(3, 4_050, 5_150));
        assertThat(merged.reachesEnd()).isTrue();
        driver.ends(merged, 0);
        assertThat(open(driver)).isZero();
    }

    @Test
    void sendsToTheVgpuWithTheLeastToDo() {
        Driver driver = reactive(TinyPlans.twoStages(2, 3, 2));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);

        assertThat(driver.batches())
                .extracting(batch -> batch.transfers().getFirst().toServer())
                .containsExactly(0, 1, 0);
    }

    @Test
    void goesToThePipelineWithTheLeastWaitingForItsRate() {
        Driver driver = reactive(TinyPlans.wholeOnEach(1));
        driver.arrives(0, 90_000); // slow
        driver.arrives(0, 90_000); // fast
        for (int i = 0; i < 4; i++) {
            driver.arrives(1, 90_000);
        }

        driver.ends(driver.batches().get(1), 0);
        driver.ends(driver.lastBatch(), 0);
        driver.ends(driver.lastBatch(), 0);

        // One waits for slow, which takes three times as long, and three for fast.
        assertThat(driver.batches()).extracting(Batch::pipeline).containsExactly(0, 1, 1, 1, 1);
    }

    @Test
    void rejectsAtTheFirstStageWhatCannotBeFinishedAnyMore() {
        Driver driver = reactive(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);
        Request late = driver.arrives(0, 7_049); // needs 4050 from 3000 on

        driver.ends(driver.lastBatch(), 0);

        assertThat(driver.decisions.getLast())
                .isEqualTo(new Decision.Reject(late, Decision.Cause.DEADLINE_UNREACHABLE));
    }

    @Test
    void expiresInMidPipelineWhatHasBecomeLate() {
        Driver driver = reactive(TinyPlans.twoStages(1, 1, 1));
        Request request = driver.arrives(0, 5_000);
        Batch batch = driver.lastBatch();
        driver.endsAt(batch, 0, 3_000);

        driver.sentAt(batch, 0, 4_001); // the transfer took too long: 1000 are needed

        assertThat(driver.decisions.getLast()).isEqualTo(new Decision.Expire(request));
        assertThat(open(driver)).isZero();
    }

    @Test
    void aCancelledRequestIsNotRun() {
        Driver driver = reactive(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);

        driver.happens(new Event.Cancelled(2, 0), 10);
        driver.ends(driver.lastBatch(), 0);

        assertThat(driver.batches()).hasSize(1);
    }

    @Test
    void rejectsBeyondTheQueueBound() {
        var driver = new Driver(
                PolicyName.REACTIVE, TinyPlans.twoStages(1, 1, 1), new SchedulerSettings(0, 1, 0, List.of()));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);

        Request third = driver.arrives(0, 20_000);

        assertThat(driver.decisions.getLast()).isEqualTo(new Decision.Reject(third, Decision.Cause.QUEUE_FULL));
    }

    @Test
    void whatRanOnALostVgpuBeginsAgain() {
        Driver driver = reactive(TinyPlans.twoStages(1, 2, 1));
        driver.arrives(0, 20_000);
        Batch batch = driver.lastBatch();

        driver.happens(new Event.VgpuLost(0), 1_000);

        assertThat(driver.decisions.get(1)).isEqualTo(new Decision.Abort(batch));
        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(1, 1_000, 4_000));
        driver.ends(driver.lastBatch(), 0);
        driver.sentAt(driver.lastBatch(), 0, 4_050);
        driver.ends(driver.lastBatch(), 0);
        assertThat(open(driver)).isZero();
    }

    @Test
    void whatWaitsForAPipelineThatCannotBePassedAnyMoreLeavesIt() {
        Driver driver = reactive(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);
        Request waiting = driver.arrives(0, 20_000);

        driver.happens(new Event.VgpuLost(1), 1_000); // the only one of the last stage

        assertThat(driver.rejected()).containsExactly(waiting);
        Batch batch = driver.lastBatch();
        driver.ends(batch, 0);
        driver.sentAt(batch, 0, 3_050); // its tensors reach nobody
        assertThat(driver.rejected()).extracting(Request::id).containsExactly(2L, 1L);
        assertThat(open(driver)).isZero();
    }

    @Test
    void aVgpuThatReturnsIsAsLoadedAsItIs() {
        Driver driver = reactive(TinyPlans.twoStages(1, 2, 2));
        driver.arrives(0, 20_000); // on its way to vGPU 2
        Batch batch = driver.lastBatch();
        driver.happens(new Event.VgpuLost(2), 1_000);
        driver.happens(new Event.VgpuReturned(2), 2_000);
        driver.ends(batch, 0);
        driver.sentAt(batch, 0, 3_050);

        driver.ends(driver.lastBatch(), 0);

        assertThat(open(driver)).isZero();
    }

    @Test
    void theEndOfABatchThatIsBeingSentDoesNotFreeItsVgpuForAnother() {
        Driver driver = reactive(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);
        Batch sending = driver.lastBatch();
        driver.ends(sending, 0);
        assertThat(driver.batches()).hasSize(2); // the second runs

        driver.happens(new Event.BatchEnded(sending.id()), 3_010);

        assertThat(driver.batches()).hasSize(2);
    }

    @Test
    void refusesAnotherPlan() {
        Driver driver = reactive(TinyPlans.twoStages(1, 1, 1));
        var change = new Event.PlanChanged(TinyPlans.scenario(), TinyPlans.wholeOnFast(1, 1));

        assertThatThrownBy(() -> driver.happens(change, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("can't change its plan");
    }

    @Test
    void refusesAClockThatGoesBack() {
        Driver driver = reactive(TinyPlans.twoStages(1, 1, 1));
        driver.ticks(10);

        assertThatThrownBy(() -> driver.ticks(9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 10 us to 9 us");
    }
}
