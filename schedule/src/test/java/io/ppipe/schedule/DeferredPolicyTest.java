package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests for each part of the essay above the policy, and one without the part. The whole model takes 2000 us on fast and
 * 2200 in a batch of two; on slow 6000.
 */
class DeferredPolicyTest {
    private static Driver deferred(Plan plan) {
        return new Driver(PolicyName.DEFERRED, plan);
    }

    private static Driver without(DeferredPart part, Plan plan) {
        return new Driver(PolicyName.DEFERRED, plan, SchedulerSettings.DEFAULT.withoutParts(List.of(part)));
    }

    /** Returns a driver of eight vGPUs of class fast: requests from 0 on keep all busy but vGPU 7. */
    private static Driver oneIdle(int batchSize, SchedulerSettings settings) {
        var driver = new Driver(PolicyName.DEFERRED, TinyPlans.wholeOnFast(batchSize, 8), settings);
        for (int i = 0; i < 7; i++) {
            driver.arrives(0, 50_000);
        }
        assertThat(driver.batches()).hasSize(7);
        return driver;
    }

    private static Driver oneIdle(int batchSize) {
        return oneIdle(batchSize, SchedulerSettings.DEFAULT);
    }

    // 1. Late binding.

    @Test
    void bindsABatchOnlyWhenAVgpuIsFree() {
        Driver driver = deferred(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);

        driver.arrives(100, 20_100);

        assertThat(driver.batches()).hasSize(1);
        driver.ends(driver.lastBatch(), 0);
        assertThat(driver.batches()).hasSize(2);
        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 2000, 4000));
    }

    @Test
    void whicheverPipelineHasRoomFirstTakesWhatWaits() {
        Driver driver = deferred(TinyPlans.wholeOnEach(1));
        driver.arrives(0, 20_000); // fast, until 2000
        driver.arrives(0, 20_000); // slow, until 6000
        driver.arrives(100, 20_100);

        driver.endsAt(driver.lastBatch(), 0, 1_500); // slow is done much earlier than it should be

        assertThat(driver.lastBatch().pipeline()).isZero();
        assertThat(driver.lastIds()).containsExactly(3L);
    }

    @Test
    void withoutLateBindingReservesAsSoonAsARouteIsKnown() {
        Driver driver = without(DeferredPart.LATE_BINDING, TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);

        driver.arrives(100, 20_100);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 2000, 4000));
    }

    @Test
    void bindsAheadOfTheEndByAsMuchAsADecisionNeedsToGetThere() {
        var driver = new Driver(
                PolicyName.DEFERRED, TinyPlans.wholeOnFast(1, 1), new SchedulerSettings(0, 10, 500, List.of()));
        driver.arrives(0, 20_000);
        driver.arrives(100, 20_100);
        assertThat(driver.batches()).hasSize(1);

        assertThat(driver.nextTick()).isEqualTo(1_500);
        driver.ticks(1_500);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(0, 2000, 4000));
        driver.arrives(1_600, 20_100); // bound ahead is one, not many
        assertThat(driver.batches()).hasSize(2);
    }

    @Test
    void aModelsOnlyPipelineIsBoundEarlierByHalfOfWhatOthersBookLinksAheadOfIt() {
        Plan shortFirst = TinyPlans.fastThenSlow(1, 1, 2); // its first stage takes 1000
        Plan longFirst = TinyPlans.plan( // its first stage takes 3000
                2, TinyPlans.pipeline(1, TinyPlans.stage(0, 1, "slow", 1), TinyPlans.stage(1, 2, "fast", 1)));
        var alone = new Driver(PolicyName.DEFERRED, shortFirst);
        var beside = new Driver(PolicyName.DEFERRED.scheduler(
                TinyPlans.twoModels(), TinyPlans.besideEachOther(shortFirst, longFirst), SchedulerSettings.DEFAULT));
        for (Driver driver : List.of(alone, beside)) {
            driver.arrives(0, 20_000); // until 1000
            driver.arrives(0, 20_000);
        }

        assertThat(alone.batches()).hasSize(1);
        assertThat(beside.batches()).hasSize(2);
        assertThat(beside.lastBatch().stages().getFirst()).isEqualTo(new Reservation(0, 1000, 2000));
        beside.arrives(0, 20_000); // the next is free at 2000, and (3000 − 1000) ÷ 2 is 1000
        assertThat(beside.batches()).hasSize(2);
        assertThat(beside.nextTick()).isEqualTo(1000);
    }

    // 2. Waiting for fuller batches.

    @Test
    void waitsForAFullerBatchUntilTheLastMoment() {
        Driver driver = oneIdle(2);
        driver.arrives(0, 20_000);

        assertThat(driver.batches()).hasSize(7);
        assertThat(driver.nextTick()).isEqualTo(20_000 - 2_200);
        driver.ticks(17_800);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(7, 17_800, 19_800));
    }

    @Test
    void aFullBatchGoesAtOnce() {
        Driver driver = oneIdle(2);
        driver.arrives(0, 20_000);

        driver.arrives(9_000, 29_000);

        assertThat(driver.lastIds()).containsExactly(8L, 9L);
        assertThat(driver.lastBatch().stages().getFirst().startMicros()).isEqualTo(9_000);
        assertThat(driver.nextTick()).isEqualTo(Scheduler.NEVER);
    }

    @Test
    void aMoreUrgentRequestEndsTheWait() {
        Driver driver = oneIdle(4);
        driver.arrives(0, 20_000);
        driver.arrives(100, 3_000);

        assertThat(driver.nextTick()).isEqualTo(3_000 - 2_400); // three would take so long
        driver.ticks(600);

        assertThat(driver.lastIds()).containsExactly(9L, 8L);
    }

    @Test
    void waitsNoLongerThanTheBatchAtHandCanWhereALargerOneIsFaster() {
        List<Long> falling = List.of(1000L, 400L, 400L, 400L);
        var driver = new Driver(PolicyName.DEFERRED.scheduler(
                TinyPlans.scenario(falling, falling), TinyPlans.wholeOnFast(2, 8), SchedulerSettings.DEFAULT));
        for (int i = 0; i < 7; i++) {
            driver.arrives(0, 50_000);
        }
        driver.arrives(0, 20_000);

        assertThat(driver.nextTick()).isEqualTo(18_000); // alone it takes 2000; two would take 800
        driver.ticks(18_000);

        assertThat(driver.rejected()).isEmpty();
        assertThat(driver.lastBatch().endMicros()).isEqualTo(20_000);
    }

    @Test
    void nobodyWaitsWhileMoreThanAnEighthOfThePoolIsIdle() {
        Driver driver = deferred(TinyPlans.wholeOnFast(2, 8));

        for (int i = 0; i < 7; i++) {
            driver.arrives(0, 20_000);
        }

        assertThat(driver.batches()).hasSize(7);
        driver.arrives(0, 20_000);
        assertThat(driver.batches()).as("the last idle one of eight waits").hasSize(7);
    }

    @Test
    void withoutWaitingTakesWhatIsThere() {
        Driver driver = oneIdle(2, SchedulerSettings.DEFAULT.withoutParts(List.of(DeferredPart.WAITING)));

        driver.arrives(0, 20_000);

        assertThat(driver.lastBatch().stages()).containsExactly(new Reservation(7, 0, 2000));
    }

    // 3. Skipping.

    /** Makes two full-batch requests wait behind one that is too urgent for a batch of two. */
    private static void oneUrgentAndTwoWhoCanWait(Driver driver) {
        driver.arrives(0, 2_200);
        driver.ticks(0);
        driver.arrives(100, 4_100);
        driver.arrives(100, 20_000);
        driver.arrives(100, 20_000);
        driver.ends(driver.batches().getFirst(), 0);
    }

    @Test
    void sacrificesARequestThatOnlyASmallerBatchWouldSave() {
        Driver driver = deferred(TinyPlans.wholeOnFast(2, 1));

        oneUrgentAndTwoWhoCanWait(driver);

        assertThat(driver.lastIds()).containsExactly(3L, 4L);
        assertThat(driver.rejected()).extracting(Request::id).containsExactly(2L);
    }

    @Test
    void leavesAnOldRequestToAFasterPipeline() {
        Driver driver = deferred(TinyPlans.wholeOnEach(1));
        driver.arrives(0, 20_000); // fast, until 2000
        driver.arrives(0, 20_000); // slow, until 6000
        driver.arrives(0, 8_500); // in time on fast from 6500 on at the latest
        driver.arrives(0, 20_000);

        driver.endsAt(driver.lastBatch(), 0, 1_999); // slow is free first: 7999 is too late for nobody
        assertThat(driver.lastIds()).containsExactly(3L);

        driver.arrives(1_999, 7_000); // too late for slow, whenever it is free
        driver.endsAt(driver.batches().getLast(), 0, 3_000);

        assertThat(driver.lastIds()).containsExactly(4L); // skips the more urgent one
        driver.endsAt(driver.batches().getFirst(), 0, 3_500);
        assertThat(driver.lastIds()).containsExactly(5L);
        assertThat(driver.rejected()).isEmpty();
    }

    @Test
    void withoutSkippingBeginsWithTheMostUrgent() {
        Driver driver = without(DeferredPart.SKIPPING, TinyPlans.wholeOnFast(2, 1));

        oneUrgentAndTwoWhoCanWait(driver);

        assertThat(driver.lastIds()).containsExactly(2L);
    }

    @Test
    void offersWorkToTheShortestPipelineFirst() {
        Driver driver = deferred(TinyPlans.wholeOnEach(1));

        driver.arrives(0, 20_000);

        assertThat(driver.lastBatch().pipeline()).isEqualTo(1);
    }

    // 4. Pacing.

    @Test
    void startsABatchWhenItWillJustNotQueueBehindItsFirstStage() {
        Driver driver = deferred(TinyPlans.fastThenSlow(1, 2, 1));
        driver.arrives(0, 20_000); // on slow from 1050 to 4050

        driver.arrives(0, 20_000); // from 0 it would be finished at 7050, and from 3000 too

        assertThat(driver.batches()).hasSize(1);
        long start = driver.nextTick();
        assertThat(start).isBetween(1L, 3_000L); // a little earlier than it would have to
        driver.ticks(start);
        assertThat(driver.lastBatch().stages().getFirst().startMicros()).isEqualTo(start);
        assertThat(driver.lastBatch().endMicros()).isEqualTo(7_050);
    }

    @Test
    void withoutPacingStartsWheneverAVgpuIsFree() {
        Driver driver = without(DeferredPart.PACING, TinyPlans.fastThenSlow(1, 2, 1));
        driver.arrives(0, 20_000);

        driver.arrives(0, 20_000);

        assertThat(driver.lastBatch().stages().getFirst().startMicros()).isZero();
        assertThat(driver.lastBatch().endMicros()).isEqualTo(7_050);
    }

    @Test
    void whoSharesALinkWithAnotherModelDoesNotHoldBack() {
        Plan paced = TinyPlans.fastThenSlow(1, 2, 1);
        Plan other = TinyPlans.plan(
                2, TinyPlans.pipeline(1, TinyPlans.stage(0, 1, "fast", 1), TinyPlans.stage(1, 2, "slow", 1)));
        List<Long> fast = List.of(1000L, 1100L, 1200L, 1300L);
        List<Long> slow = List.of(3000L, 3100L, 3200L, 3300L);
        for (int gpusPerServer : List.of(1, TinyPlans.GPUS_PER_CLASS)) {
            var one = TinyPlans.scenario(
                    gpusPerServer, List.of(TinyPlans.CUT_BYTES), List.of(fast, fast), List.of(slow, slow));
            var driver = new Driver(PolicyName.DEFERRED.scheduler(
                    TinyPlans.twoModels(one), TinyPlans.besideEachOther(paced, other), SchedulerSettings.DEFAULT));
            driver.arrives(0, 20_000);

            driver.arrives(0, 20_000);

            assertThat(driver.batches()).hasSize(gpusPerServer == 1 ? 1 : 2);
        }
    }

    // What is rejected, and when.

    @Test
    void rejectsNothingWhileItCouldStillBeServed() {
        Driver driver = deferred(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);

        driver.arrives(0, 4_000); // from 2000 on, when the vGPU is free, just in time

        assertThat(driver.rejected()).isEmpty();
        assertThat(driver.nextTick()).isEqualTo(2_001);
        driver.ends(driver.lastBatch(), 0);
        assertThat(driver.lastBatch().endMicros()).isEqualTo(4_000);
    }

    @Test
    void rejectsWhatNoVgpuIsFreeInTimeFor() {
        Driver driver = deferred(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);

        Request request = driver.arrives(0, 3_999);

        assertThat(driver.rejected()).containsExactly(request);
    }

    @Test
    void rejectsWhenItBecomesUnreachable() {
        Driver driver = deferred(TinyPlans.wholeOnFast(1, 1));
        driver.arrives(0, 20_000);
        Request request = driver.arrives(0, 4_000);

        driver.ticks(2_001); // nothing was heard of the first batch's end

        assertThat(driver.rejected()).containsExactly(request);
        assertThat(driver.nextTick()).isEqualTo(Scheduler.NEVER);
    }

    @Test
    void keepsARequestThatOnlyABusyPipelineCanServe() {
        Driver driver = deferred(TinyPlans.wholeOnEach(1));
        driver.arrives(0, 20_000); // fast, until 2000
        driver.arrives(0, 20_000); // slow
        driver.ends(driver.batches().getFirst(), 0);
        driver.arrives(2_000, 20_000); // fast, until 4000

        driver.arrives(2_000, 6_500);

        assertThat(driver.rejected()).isEmpty();
        driver.ends(driver.lastBatch(), 0);
        assertThat(driver.lastIds()).containsExactly(4L);
    }

    @Test
    void rejectsEverythingWhenAllVgpusOfItsFirstPoolsAreLost() {
        Driver driver = deferred(TinyPlans.wholeOnFast(2, 1));
        driver.arrives(0, 20_000);
        Request waiting = driver.arrives(0, 20_000);

        driver.happens(new Event.VgpuLost(0), 10);

        assertThat(driver.rejected()).contains(waiting);
    }
}
