package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole model takes 2000 us on fast, 2200 in a batch of two; on slow 6000 and 6200. */
class PublishedPolicyTest {
    @Test
    void rejectsTheOldestWhereThePlannedBatchWouldBeTooLateEvenIfItWouldFitAlone() {
        var driver = new Driver(PolicyName.PUBLISHED, TinyPlans.wholeOnFast(2, 1));

        Request request = driver.arrives(0, 2_199);

        assertThat(driver.decisions).containsExactly(new Decision.Reject(request, Decision.Cause.DEADLINE_UNREACHABLE));
    }

    @Test
    void doesNotTryAnotherPipelineThanTheOneWithTheLeastWaiting() {
        var driver = new Driver(PolicyName.PUBLISHED, TinyPlans.wholeOnEach(1));

        Request request = driver.arrives(0, 5_999); // fast would do

        assertThat(driver.rejected()).containsExactly(request);
    }

    @Test
    void takesThePipelineWithTheLeastWaiting() {
        var driver = new Driver(PolicyName.PUBLISHED, TinyPlans.wholeOnEach(1));

        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000);
        driver.arrives(0, 20_000); // slow is busy until 6000, fast until 2000

        assertThat(driver.batches()).extracting(Batch::pipeline).containsExactly(0, 1, 1);
        assertThat(driver.lastBatch().stages().getFirst()).isEqualTo(new Reservation(1, 2000, 4000));
    }

    @Test
    void goesAtOnceWhenTheBatchIsFull() {
        var driver = new Driver(PolicyName.PUBLISHED, TinyPlans.wholeOnFast(2, 1));

        driver.arrives(0, 20_000);
        assertThat(driver.decisions).isEmpty();
        driver.arrives(5, 20_005);

        assertThat(driver.lastIds()).containsExactly(1L, 2L);
        assertThat(driver.nextTick()).isEqualTo(Scheduler.NEVER);
    }

    @Test
    void goesWithWhatIsThereWhenTheOldestCanWaitNoLonger() {
        var driver = new Driver(PolicyName.PUBLISHED, TinyPlans.wholeOnFast(2, 1));
        driver.arrives(0, 20_000);

        assertThat(driver.nextTick()).isEqualTo(20_000 - 2_200);
        driver.ticks(17_800);

        assertThat(driver.lastIds()).containsExactly(1L);
    }

    @Test
    void waitsNoLongerThanTheSmallerBatchCanWhereThatOneIsSlower() {
        List<Long> falling = List.of(1000L, 400L, 400L, 400L);
        var driver = new Driver(PolicyName.PUBLISHED.scheduler(
                TinyPlans.scenario(falling, falling), TinyPlans.wholeOnFast(2, 1), SchedulerSettings.DEFAULT));
        driver.arrives(0, 20_000);

        assertThat(driver.nextTick()).isEqualTo(20_000 - 2_000); // not 19200, when only two would be in time
        driver.ticks(18_000);

        assertThat(driver.lastBatch().endMicros()).isEqualTo(20_000);
    }
}
