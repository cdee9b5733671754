package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all policies with reservations have in common: feedback, losses and changes of plan. */
class DispatcherTest {
    private static Driver reservation(Plan plan) {
        return new Driver(PolicyName.RESERVATION, plan);
    }

    private static Event.PlanChanged change(Plan plan) {
        return new Event.PlanChanged(TinyPlans.scenario(), plan);
    }

    /** Half a fast GPU runs the whole model in 4000 us. */
    private static Plan halves(int vgpus) {
        return TinyPlans.plan(TinyPlans.pipeline(1, TinyPlans.stage(0, 2, "fast", 2, vgpus)));
    }

    @ParameterizedTest
    @EnumSource(names = "REACTIVE", mode = EnumSource.Mode.EXCLUDE)
    void aCancelledRequestIsNotRun(PolicyName policy) {
        var driver = new Driver(policy, TinyPlans.twoStages(2, 1, 1));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000); // no vGPU is idle now, and no batch to be filled
        Request waiting = driver.arrives(0, 20_000);
        assertThat(driver.batches()).noneMatch(batch -> batch.requests().contains(waiting));

        driver.happens(new Event.Cancelled(waiting.id(), 0), 10);

        driver.ends(driver.batches().getFirst(), 0);
        while (driver.nextTick() != Scheduler.NEVER) {
            driver.ticks(driver.nextTick());
        }
        assertThat(driver.batches()).noneMatch(batch -> batch.requests().contains(waiting));
        assertThat(driver.rejected()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "REACTIVE", mode = EnumSource.Mode.EXCLUDE)
    void rejectsBeyondTheQueueBound(PolicyName policy) {
        var driver = new Driver(policy, TinyPlans.twoStages(4, 1, 1), new SchedulerSettings(0, 2, 0, List.of()));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);
        assertThat(driver.rejected()).isEmpty();
        driver.arrives(0, 20_000); // the deferred policy has begun with the first

        Request fourth = driver.arrives(0, 20_000);

        assertThat(driver.decisions).contains(new Decision.Reject(fourth, Decision.Cause.QUEUE_FULL));
    }

    @ParameterizedTest
    @EnumSource(names = "REACTIVE", mode = EnumSource.Mode.EXCLUDE)
    void keepsTheGuardFreeBeforeTheDeadline(PolicyName policy) {
        var driver = new Driver(policy, TinyPlans.wholeOnFast(1, 2), SchedulerSettings.DEFAULT.withGuard(0.1));

        driver.arrives(0, 2_222); // 2000 us of work, and 222 are kept free
        Request tight = driver.arrives(0, 2_221); // 1999 are left

        assertThat(driver.batches()).hasSize(1);
        assertThat(driver.rejected()).containsExactly(tight);
    }

    @ParameterizedTest
    @EnumSource(names = "REACTIVE", mode = EnumSource.Mode.EXCLUDE)
    void refusesAClockThatGoesBack(PolicyName policy) {
        var driver = new Driver(policy, TinyPlans.wholeOnFast(1, 1));
        driver.ticks(10);

        assertThatThrownBy(() -> driver.ticks(9))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 10 us to 9 us");
    }

    @Test
    void theEndOfABatchFreesWhatItHolds() {
        Driver driver = reservation(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);

        driver.happens(new Event.BatchEnded(0), 100);
        driver.arrives(100, 20_000);

        assertThat(driver.lastBatch().stages().getFirst().startMicros()).isEqualTo(100);
        assertThat(driver.held()).isEqualTo(4);
    }

    @Test
    void abortsWhatNeedsALostVgpuAndServesItAgain() {
        Driver driver = reservation(TinyPlans.twoStages(1, 2, 1));
        driver.arrives(0, 20_000);
        Batch batch = driver.lastBatch();

        driver.happens(new Event.VgpuLost(0), 1_000);

        assertThat(driver.decisions.get(1)).isEqualTo(new Decision.Abort(batch));
        assertThat(driver.lastIds()).containsExactly(1L);
        assertThat(driver.lastBatch().stages().getFirst()).isEqualTo(new Reservation(1, 1_000, 4_000));
        assertThat(driver.held()).isEqualTo(4);
    }

    @Test
    void leavesABatchAloneThatIsDoneWithTheLostVgpu() {
        Driver driver = reservation(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);
        Batch batch = driver.lastBatch();
        driver.ends(batch, 0);
        driver.sentAt(batch, 0, 3_050);

        driver.happens(new Event.VgpuLost(0), 3_050);

        assertThat(driver.decisions).hasSize(1);
    }

    @Test
    void abortsABatchWhoseTensorsHaveNotLeftTheLostVgpu() {
        Driver driver = reservation(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);
        Batch batch = driver.lastBatch();
        driver.ends(batch, 0);

        driver.happens(new Event.VgpuLost(0), 3_049);

        assertThat(driver.decisions.get(1)).isEqualTo(new Decision.Abort(batch));
        assertThat(driver.rejected()).hasSize(1);
        assertThat(driver.held()).isZero();
    }

    @Test
    void usesAVgpuAgainThatReturned() {
        Driver driver = reservation(TinyPlans.wholeOnFast(1, 1));
        driver.happens(new Event.VgpuLost(0), 10);
        driver.arrives(10, 20_000);
        assertThat(driver.rejected()).hasSize(1);

        driver.happens(new Event.VgpuReturned(0), 20);
        driver.arrives(20, 20_000);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 20, 2_020));
    }

    // Changes of plan.

    @Test
    void keepsWhatWaitsWhenThePlanChanges() {
        Driver driver = reservation(TinyPlans.wholeOnFast(4, 1));
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);

        driver.happens(change(TinyPlans.twoStages(2, 1, 1)), 100);

        assertThat(driver.lastIds()).containsExactly(1L, 2L);
        assertThat(driver.lastBatch().stages()).hasSize(2);
    }

    @Test
    void aBatchUnderWayEndsAsItBeganAndItsGpuIsBusyUntilThen() {
        Driver driver = reservation(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);
        Batch old = driver.lastBatch();

        driver.happens(change(halves(2)), 500);
        driver.arrives(500, 20_000);
        driver.arrives(500, 20_000);

        assertThat(driver.decisions).hasSize(3).noneMatch(Decision.Abort.class::isInstance);
        assertThat(driver.batches().get(1).stages()).containsExactly(new Reservation(0, 2_000, 6_000));
        assertThat(driver.batches().get(2).stages()).containsExactly(new Reservation(1, 2_000, 6_000));
        driver.ends(old, 0);
        assertThat(driver.held()).isEqualTo(2);
    }

    @Test
    void aWholeGpuWaitsForAllOldParts() {
        Driver driver = reservation(halves(2));
        driver.arrives(0, 20_000);
        driver.arrives(500, 20_000); // the other half, until 4500

        driver.happens(change(TinyPlans.wholeOnFast(1, 1)), 600);
        driver.arrives(600, 20_000);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 4_500, 6_500));
    }

    @Test
    void anEarlyEndOfAnOldBatchFreesItsGpu() {
        Driver driver = reservation(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);
        Batch old = driver.lastBatch();
        driver.happens(change(halves(2)), 500);

        driver.endsAt(old, 0, 1_000);
        driver.arrives(1_000, 20_000);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 1_000, 5_000));
    }

    @Test
    void aGpuThatAPlanDoesNotUseIsStillHeldWhenTheNextOneDoes() {
        Driver driver = reservation(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);

        driver.happens(change(TinyPlans.plan(1, TinyPlans.pipeline(1, TinyPlans.stage(0, 2, "fast", 1)))), 100);
        driver.happens(change(TinyPlans.wholeOnFast(1, 1)), 200);
        driver.arrives(200, 20_000);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 2_000, 4_000));
    }

    @Test
    void aLateTransferOfAnOldBatchMovesNothingOfTheNewPlan() {
        Driver driver = reservation(TinyPlans.twoStages(1, 1, 1));
        driver.arrives(0, 20_000);
        Batch old = driver.lastBatch();
        driver.happens(change(TinyPlans.wholeOnFast(1, 1)), 100); // has no vGPU 1
        driver.ends(old, 0);

        driver.sentAt(old, 0, 3_500);
        driver.endsAt(old, 1, 4_500);

        assertThat(driver.held()).isZero();
    }

    @Test
    void theLossOfAGpuStopsOldBatchesOnIt() {
        Driver driver = reservation(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);
        Batch old = driver.lastBatch();
        driver.happens(change(TinyPlans.wholeOnFast(1, 2)), 100);

        driver.happens(new Event.VgpuLost(0), 200);

        assertThat(driver.decisions.get(1)).isEqualTo(new Decision.Abort(old));
        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(1, 200, 2_200));
        assertThat(driver.held()).isEqualTo(1);
    }

    @Test
    void aLostGpuIsLostInTheNextPlanTooUntilItReturns() {
        Driver driver = reservation(TinyPlans.wholeOnFast(1, 1));
        driver.happens(new Event.VgpuLost(0), 10);
        driver.happens(change(halves(4)), 20); // two of them on the lost GPU

        driver.arrives(20, 20_000);
        assertThat(driver.lastBatch().stages().getFirst().vgpu()).isEqualTo(2);

        driver.happens(new Event.VgpuReturned(1), 30);
        driver.arrives(30, 20_000);
        assertThat(driver.lastBatch().stages().getFirst().vgpu()).isIn(1, 3);
        driver.arrives(30, 20_000);
        assertThat(driver.batches()).hasSize(3);
    }

    @Test
    void aGpuThatReturnsIsHeldForTheOldBatchThatStillRunsOnIt() {
        Driver driver = reservation(halves(2));
        driver.happens(new Event.VgpuLost(0), 0);
        driver.arrives(0, 20_000); // on the other half, until 4000
        driver.happens(change(TinyPlans.wholeOnFast(1, 1)), 100);

        driver.happens(new Event.VgpuReturned(0), 200);
        driver.arrives(200, 20_000);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 4_000, 6_000));
    }

    @Test
    void refusesAPlanForAnotherCluster() {
        Driver driver = reservation(TinyPlans.wholeOnFast(1, 1));
        var row = List.of(1L, 1L, 1L, 1L);
        var other = new Event.PlanChanged(
                TinyPlans.scenario(2, List.of(1), List.of(row, row), List.of(row, row)), TinyPlans.wholeOnFast(1, 1));

        assertThatThrownBy(() -> driver.happens(other, 0)).hasMessageContaining("another cluster");
    }
}
