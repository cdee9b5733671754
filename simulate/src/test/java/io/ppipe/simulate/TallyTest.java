package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Request;
import io.ppipe.model.Utilisation;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Reservation;
import io.ppipe.simulate.SimulationReport.ModelReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TallyTest {
    private final RandomPlan random = RandomPlan.of(1);
    private final Tally tally = new Tally(new long[] {100_000, 100_000, 100_000});

    private static Request request(long id, long deadline) {
        return new Request(id, 0, 0, deadline);
    }

    private static Batch batch(Request... requests) {
        return new Batch(0, 0, 0, 0, List.of(requests), List.of(new Reservation(0, 100, 900)), List.of());
    }

    private ModelReport report() {
        List<Utilisation> none = List.of();
        return tally.report(random.plan(), none, 1, 0).models().getFirst();
    }

    @ParameterizedTest
    @CsvSource({
        // answered at, compute longer by, transfers longer by
        "1500, 400, 100, LATE_COMPUTE",
        "1500, 100, 400, LATE_TRANSFER",
        "1500, 1, 0, LATE_QUEUE",
        "1500, 0, 0, LATE_QUEUE",
        "1500, 350, 50, LATE_COMPUTE",
        "1500, 100, 150, LATE_QUEUE",
        "1500, 300, 300, LATE_COMPUTE",
    })
    void aMissIsTheFaultOfWhatTookMostOfItsDelay(long at, long computeOver, long transferOver, MissCause cause) {
        Request late = request(1, 1_000);
        var flight = new Flight(batch(late), 50, 0);
        flight.computeOverMicros = computeOver;
        flight.transferOverMicros = transferOver;
        tally.arrived(late);

        tally.answered(flight, at);

        assertThat(report().misses()).isEqualTo(Map.of(cause, 1L));
        assertThat(report().summary().late()).isEqualTo(1);
    }

    @Test
    void phasesOfStagesThatBatchSeparatelyAddUp() {
        Request request = request(1, 10_000);
        tally.arrived(request);
        var first = new Flight(batch(request), 50, 0);
        first.computeMicros = 100;
        first.transferMicros = 30;
        tally.passed(first);
        var second = new Flight(batch(request), 300, 0);
        second.computeMicros = 200;

        tally.answered(second, 600);

        SimulationReport.Phases phases = report().phases();
        assertThat(phases.batchWait().max()).isEqualTo(50);
        assertThat(phases.compute().max()).isEqualTo(300);
        assertThat(phases.transfer().max()).isEqualTo(30);
        assertThat(phases.queue().max()).isEqualTo(600 - 50 - 300 - 30);
    }

    @Test
    void whatWasNeverReservedToEndInTimeIsLateByWaiting() {
        Request late = request(1, 800); // its batch is reserved until 900
        var flight = new Flight(batch(late), 50, 0);
        flight.computeOverMicros = 100;
        tally.arrived(late);

        tally.answered(flight, 1_000);

        assertThat(report().misses()).isEqualTo(Map.of(MissCause.LATE_QUEUE, 1L));
    }

    @Test
    void anAnswerAtTheDeadlineIsInTime() {
        Request request = request(1, 900);
        tally.arrived(request);

        tally.answered(new Flight(batch(request), 50, 0), 900);

        assertThat(report().summary().inTime()).isEqualTo(1);
        assertThat(report().misses()).isEmpty();
    }

    @Test
    void theFourPartsOfAnAnswersTimeAddUp() {
        Request request = request(1, 2_000);
        var flight = new Flight(batch(request), 50, 0);
        flight.computeMicros = 100;
        flight.transferMicros = 30;
        tally.arrived(request);

        tally.answered(flight, 200);

        SimulationReport.Phases phases = report().phases();
        assertThat(phases.total().mean()).isEqualTo(200);
        assertThat(phases.batchWait().mean()).isEqualTo(50);
        assertThat(phases.compute().mean()).isEqualTo(100);
        assertThat(phases.transfer().mean()).isEqualTo(30);
        assertThat(phases.queue().mean()).isEqualTo(20);
    }

    @Test
    void whatIsRejectedAfterAnAbortWasLost() {
        Request request = request(1, 1_000);
        tally.arrived(request);
        tally.aborted(batch(request));

        tally.rejected(request, Decision.Cause.DEADLINE_UNREACHABLE);

        assertThat(report().misses()).isEqualTo(Map.of(MissCause.LOST, 1L));
        assertThat(report().summary().failed()).isEqualTo(1);
    }

    @Test
    void whatIsAnsweredAfterAnAbortWasNotLost() {
        Request request = request(1, 1_000);
        tally.arrived(request);
        tally.aborted(batch(request));

        tally.answered(new Flight(batch(request), 50, 0), 900);

        assertThat(report().misses()).isEmpty();
    }

    @Test
    void countsBatchesBySize() {
        tally.dispatched(batch(request(1, 1), request(2, 1)));
        tally.dispatched(batch(request(3, 1)));
        tally.dispatched(batch(request(4, 1), request(5, 1)));

        assertThat(report().batchSizes()).containsExactly(1L, 2L);
        assertThat(report().meanBatchSize()).isEqualTo(5 / 3.0);
    }

    @Test
    void refusesToReportWhatHasNoOutcome() {
        tally.arrived(request(1, 1_000));

        assertThatThrownBy(this::report)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("1 requests have no outcome");
    }
}
