package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.schedule.Decision.Cause;
import io.ppipe.schedule.Decision.Dispatch;
import io.ppipe.schedule.Decision.Reject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReservationPolicyTest {
    private final List<Decision> decisions = new ArrayList<>();

    private static Dispatcher scheduler(Plan plan) {
        return scheduler(plan, SchedulerSettings.DEFAULT);
    }

    private static Dispatcher scheduler(Plan plan, SchedulerSettings settings) {
        return (Dispatcher) PolicyName.RESERVATION.scheduler(TinyPlans.scenario(), plan, settings);
    }

    private static Request request(long id, long arrival, long deadline) {
        return new Request(id, 0, arrival, deadline);
    }

    private void arrive(Scheduler scheduler, Request request) {
        scheduler.on(new Event.Arrived(request), request.arrivalMicros(), decisions::add);
    }

    private Batch dispatched(int index) {
        return ((Dispatch) decisions.get(index)).batch();
    }

    @Test
    void reservesEveryStageAndTheTransferBetween() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 1, 1));

        arrive(scheduler, request(1, 0, 20_000));

        Batch batch = dispatched(0);
        assertThat(batch.stages()).containsExactly(new Reservation(0, 0, 3000), new Reservation(1, 3050, 4050));
        assertThat(batch.transfers()).containsExactly(new Transfer(TinyPlans.GPUS_PER_CLASS, 0, 3000, 3050));
    }

    @Test
    void spreadsBatchesOverThePool() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 2, 1));

        arrive(scheduler, request(1, 0, 20_000));
        arrive(scheduler, request(2, 0, 20_000));

        assertThat(dispatched(0).stages().getFirst().vgpu()).isEqualTo(0);
        assertThat(dispatched(1).stages().getFirst().vgpu()).isEqualTo(1);
        assertThat(dispatched(1).stages().getLast()).isEqualTo(new Reservation(2, 4050, 5050));
    }

    @Test
    void rejectsARequestThatCannotFinishEvenAlone() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 1, 1));
        Request tooTight = request(1, 0, 4_049);

        arrive(scheduler, tooTight);

        assertThat(decisions).containsExactly(new Reject(tooTight, Cause.DEADLINE_UNREACHABLE));
    }

    @Test
    void rejectsWhatWouldHaveToWaitTooLong() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 1, 1));
        Request second = request(2, 0, 7_049); // the slow vGPU is free at 3000, so it would end at 7050

        arrive(scheduler, request(1, 0, 20_000));
        arrive(scheduler, second);

        assertThat(decisions.getLast()).isEqualTo(new Reject(second, Cause.DEADLINE_UNREACHABLE));
    }

    @Test
    void dispatchesAtOnceWhenTheBatchIsFull() {
        var scheduler = scheduler(TinyPlans.twoStages(2, 1, 1));

        arrive(scheduler, request(1, 0, 20_000));
        assertThat(decisions).isEmpty();
        arrive(scheduler, request(2, 5, 20_005));

        assertThat(dispatched(0).size()).isEqualTo(2);
        assertThat(scheduler.nextTickMicros()).isEqualTo(Scheduler.NEVER);
    }

    @Test
    void waitsForMoreUntilOneMoreWouldBeTooLate() {
        var scheduler = scheduler(TinyPlans.twoStages(2, 1, 1));

        arrive(scheduler, request(1, 0, 20_000));

        // A batch of 2 takes 3100 + 100 + 1100 us.
        assertThat(scheduler.nextTickMicros()).isEqualTo(20_000 - 4_300);
        scheduler.on(new Event.Tick(), 15_700, decisions::add);
        assertThat(dispatched(0).size()).isEqualTo(1);
    }

    @Test
    void makesTheBatchSmallerWhenTheDeadlineAsksForIt() {
        var scheduler = scheduler(TinyPlans.twoStages(4, 1, 1));
        arrive(scheduler, request(1, 0, 4_310)); // at 5 us a batch of 2 is just in time, one of 3 is not

        arrive(scheduler, request(2, 5, 20_000));

        assertThat(dispatched(0).requests()).extracting(Request::id).containsExactly(1L, 2L);
    }

    @Test
    void takesTheMostUrgentFirst() {
        var scheduler = scheduler(TinyPlans.twoStages(2, 1, 1));
        arrive(scheduler, request(1, 0, 20_000));

        arrive(scheduler, request(2, 10, 9_000));

        assertThat(dispatched(0).requests()).extracting(Request::id).containsExactly(2L, 1L);
    }

    @Test
    void usesAnotherPipelineWhenTheFirstIsTooSlow() {
        var scheduler = scheduler(TinyPlans.wholeOnEach(1));

        arrive(scheduler, request(1, 0, 2_000));

        assertThat(dispatched(0).pipeline()).isEqualTo(1);
    }

    @Test
    void aCancelledRequestIsNotRun() {
        var scheduler = scheduler(TinyPlans.twoStages(2, 1, 1));
        arrive(scheduler, request(1, 0, 20_000));

        scheduler.on(new Event.Cancelled(1, 0), 10, decisions::add);

        assertThat(decisions).isEmpty();
        assertThat(scheduler.nextTickMicros()).isEqualTo(Scheduler.NEVER);
    }

    @Test
    void aStageThatIsOverdueKeepsItsVgpuBusy() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 1, 1));
        arrive(scheduler, request(1, 0, 20_000));

        arrive(scheduler, request(2, 5_000, 25_000)); // stage 0 should have ended at 3000, nothing was heard
        scheduler.on(new Event.StageFinished(0, 0, 0, 5_500), 5_500, decisions::add);
        arrive(scheduler, request(3, 5_500, 25_500));

        assertThat(dispatched(1).stages().getFirst().startMicros()).isEqualTo(5_000);
        assertThat(dispatched(2).stages().getFirst().startMicros()).isEqualTo(8_000);
    }

    @Test
    void aLateStageMovesTheRestOfItsRoute() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 2, 1));
        arrive(scheduler, request(1, 0, 20_000));

        scheduler.on(new Event.StageFinished(0, 0, 0, 4_000), 4_000, decisions::add); // 1000 us late: fast from 4050
        arrive(scheduler, request(2, 4_000, 24_000));

        // Stage 0 at 4000..7000, transfer to 7050; the moved reservation ends at 5050 and is not in the way.
        assertThat(dispatched(1).stages().getLast().startMicros()).isEqualTo(7_050);
        assertThat(scheduler.reservationCount()).isEqualTo(7);
    }

    @Test
    void freesEverythingWhenTheBatchEnds() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 1, 1));
        arrive(scheduler, request(1, 0, 20_000));

        scheduler.on(new Event.BatchEnded(0), 100, decisions::add);

        assertThat(scheduler.reservationCount()).isZero();
    }

    @Test
    void keepsTheGuardFreeBeforeTheDeadline() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 1, 1), new SchedulerSettings(0.1, 10, 0, List.of()));

        arrive(scheduler, request(1, 0, 4_499)); // 4050 us of work, and 449 us are kept free
        arrive(scheduler, request(2, 0, 7_800)); // would end at 7050, 780 us are kept free

        assertThat(decisions).hasSize(2);
        assertThat(decisions.getFirst()).isEqualTo(new Dispatch(dispatched(0)));
        assertThat(decisions.getLast()).isInstanceOf(Reject.class);
    }

    @Test
    void rejectsBeyondTheQueueBound() {
        var scheduler = scheduler(TinyPlans.twoStages(4, 1, 1), new SchedulerSettings(0, 2, 0, List.of()));
        arrive(scheduler, request(1, 0, 20_000));
        arrive(scheduler, request(2, 0, 20_000));

        Request third = request(3, 0, 20_000);
        arrive(scheduler, third);

        assertThat(decisions).containsExactly(new Reject(third, Cause.QUEUE_FULL));
    }

    @Test
    void refusesAClockThatGoesBack() {
        var scheduler = scheduler(TinyPlans.twoStages(1, 1, 1));
        scheduler.on(new Event.Tick(), 10, decisions::add);

        assertThatThrownBy(() -> scheduler.on(new Event.Tick(), 9, decisions::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("from 10 us to 9 us");
    }
}
