package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What feedback does to the promises. Block 0 takes 3000 us on slow, the transfer 50, block 1 1000 us on fast. */
class ReservationBookTest {
    private static final int SLOW = 0;
    private static final int FAST = 1;
    private static final int SLOW_SERVER = 4;

    private final Plan plan = TinyPlans.twoStages(1, 1, 1);
    private final ReservationBook book = new ReservationBook(new RouteTable(TinyPlans.scenario(), plan));
    private final Batch batch = batch(7, 0);

    private static Batch batch(long id, long start) {
        return new Batch(
                id,
                0,
                0,
                0,
                List.of(),
                List.of(new Reservation(SLOW, start, start + 3000), new Reservation(FAST, start + 3050, start + 4050)),
                List.of(new Transfer(SLOW_SERVER, 0, start + 3000, start + 3050)));
    }

    @Test
    void holdsBothVgpusAndBothLinksOfARoute() {
        book.reserve(batch);

        assertThat(book.size()).isEqualTo(4);
        assertThat(book.earliestOnVgpu(SLOW, 0, 1, 0)).isEqualTo(3000);
        assertThat(book.earliestOnVgpu(FAST, 3050, 1, 0)).isEqualTo(4050);
        assertThat(book.earliestTransfer(SLOW_SERVER, 1, 3000, 1, 0)).isEqualTo(3050);
        assertThat(book.earliestTransfer(5, 0, 3000, 1, 0)).isEqualTo(3050);
        assertThat(book.earliestTransfer(0, SLOW_SERVER, 3000, 1, 0)).isEqualTo(3000); // the other directions
    }

    @Test
    void findsATimeAtWhichBothLinksAreFree() {
        book.holdLinks(new Transfer(1, 6, 0, 100), 0, 1000);
        book.holdLinks(new Transfer(2, 3, 120, 200), 0, 1001);
        book.holdLinks(new Transfer(1, 7, 220, 300), 0, 1002);

        assertThat(book.earliestTransfer(1, 3, 0, 20, 0)).isEqualTo(100);
        assertThat(book.earliestTransfer(1, 3, 0, 21, 0)).isEqualTo(300);
    }

    @Test
    void anEarlyEndOpensAGap() {
        book.reserve(batch);

        book.stageFinished(batch, 0, 2000);

        assertThat(book.earliestOnVgpu(SLOW, 2000, 3000, 2000)).isEqualTo(2000);
        assertThat(book.pool(0).tailMicros(0)).isEqualTo(PoolIndex.ALWAYS);
        assertThat(book.earliestOnVgpu(FAST, 3000, 1000, 2000)).isEqualTo(4050); // the rest stays
    }

    @Test
    void aLateEndMovesWhatFollowsOnTheRoute() {
        book.reserve(batch);

        book.stageFinished(batch, 0, 3500);

        assertThat(book.earliestTransfer(SLOW_SERVER, 1, 3000, 500, 3000))
                .isEqualTo(3000); // the link isn't held before
        assertThat(book.earliestTransfer(SLOW_SERVER, 1, 3500, 1, 3500)).isEqualTo(3550);
        assertThat(book.earliestOnVgpu(FAST, 3050, 500, 3050)).isEqualTo(3050);
        assertThat(book.earliestOnVgpu(FAST, 3550, 1, 3500)).isEqualTo(4550);
        assertThat(book.pool(1).tailMicros(0)).isEqualTo(4550);
    }

    @Test
    void aLateEndMovesOnlyWhatTheSlackDoesNotTake() {
        var loose = new Batch(
                1,
                0,
                0,
                0,
                List.of(),
                List.of(new Reservation(SLOW, 0, 3000), new Reservation(FAST, 3600, 4600)),
                List.of(new Transfer(SLOW_SERVER, 0, 3100, 3150)));
        book.reserve(loose);

        book.stageFinished(loose, 0, 3400); // 300 after the transfer should have begun, 450 before the next stage

        assertThat(book.earliestTransfer(SLOW_SERVER, 1, 3400, 1, 3400)).isEqualTo(3450);
        assertThat(book.earliestOnVgpu(FAST, 3600, 1, 3400)).isEqualTo(4600);
        assertThat(book.earliestOnVgpu(FAST, 2600, 1000, 2600)).isEqualTo(2600);
    }

    @Test
    void aLateTransferMovesTheNextStage() {
        book.reserve(batch);
        book.stageFinished(batch, 0, 3000);

        book.transferFinished(batch, 0, 3350);

        assertThat(book.size()).isEqualTo(1);
        assertThat(book.earliestOnVgpu(FAST, 3050, 300, 3050)).isEqualTo(3050);
        assertThat(book.earliestOnVgpu(FAST, 3350, 1, 3350)).isEqualTo(4350);
    }

    @Test
    void movesStagesOfThreeAndTheirTransfersByWhatIsLeftOfTheLateness() {
        List<Long> row = List.of(1000L, 1000L, 1000L, 1000L);
        Plan three = TinyPlans.plan(TinyPlans.pipeline(
                1,
                TinyPlans.stage(0, 1, "fast", 1),
                TinyPlans.stage(1, 2, "slow", 1),
                TinyPlans.stage(2, 3, "fast", 1)));
        var of = new ReservationBook(new RouteTable(
                TinyPlans.scenario(1, List.of(1000, 1000), List.of(row, row, row), List.of(row, row, row)), three));
        var route = new Batch(
                3,
                0,
                0,
                0,
                List.of(),
                List.of(
                        new Reservation(0, 0, 1000),
                        new Reservation(1, 1050, 2050),
                        new Reservation(2, 2300, 3300)), // 200 of slack before it
                List.of(new Transfer(0, 4, 1000, 1050), new Transfer(4, 1, 2050, 2100)));
        of.reserve(route);

        of.stageFinished(route, 0, 1500);

        assertThat(of.earliestOnVgpu(1, 1550, 1, 1500)).isEqualTo(2550);
        assertThat(of.earliestTransfer(4, 2, 2550, 1, 1500)).isEqualTo(2600);
        assertThat(of.earliestOnVgpu(2, 2600, 1, 1500)).isEqualTo(3600);
        assertThat(of.earliestOnVgpu(2, 2300, 300, 1500)).isEqualTo(2300);
    }

    @Test
    void theEndOfABatchFreesEverything() {
        book.reserve(batch);
        book.stageFinished(batch, 0, 4000);

        book.ended(batch);

        assertThat(book.size()).isZero();
        assertThat(book.pool(0).tailMicros(0)).isEqualTo(PoolIndex.ALWAYS);
        assertThat(book.pool(1).tailMicros(0)).isEqualTo(PoolIndex.ALWAYS);
    }

    @Test
    void feedbackOfABatchThatHasEndedChangesNothing() {
        book.reserve(batch);
        book.ended(batch);

        book.stageFinished(batch, 1, 9000);
        book.ended(batch);

        assertThat(book.size()).isZero();
    }

    @Test
    void aLostVgpuIsNoCandidateUntilItReturns() {
        book.lose(FAST);

        assertThat(book.lost(FAST)).isTrue();
        assertThat(book.pool(1).count()).isZero();

        book.regain(FAST);

        assertThat(book.lost(FAST)).isFalse();
        assertThat(book.pool(1).count()).isEqualTo(1);
        assertThat(book.earliestOnVgpu(FAST, 5, 1000, 5)).isEqualTo(5);
    }

    @Test
    void aBatchNeedsItsVgpuUntilWhatItMadeHasBeenSent() {
        book.reserve(batch);
        assertThat(book.pending(batch, 0, SLOW)).isTrue();

        book.stageFinished(batch, 0, 3000);
        assertThat(book.pending(batch, 0, SLOW)).isTrue();

        book.transferFinished(batch, 0, 3050);
        assertThat(book.pending(batch, 0, SLOW)).isFalse();
        assertThat(book.pending(batch, 1, FAST)).isTrue();
    }
}
