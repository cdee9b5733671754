package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Event.StageFinished;
import io.ppipe.schedule.Event.TransferFinished;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Scheduler;
import io.ppipe.schedule.Transfer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches with reservations made by hand, so that they may collide. */
class WorldTest {
    private final World world = world(WorldSettings.EXACT, 1);
    private long nextId;

    private static World world(WorldSettings settings, long seed) {
        RandomPlan random = RandomPlan.of(11);
        assertThat(random.plan().vgpus()).hasSizeGreaterThan(3);
        return new World(random.scenario(), random.plan(), new Noise(settings, seed), Observer.NONE, true);
    }

    private Batch oneStage(int vgpu, long start, long end) {
        return new Batch(nextId++, 0, 0, 0, List.of(), List.of(new Reservation(vgpu, start, end)), List.of());
    }

    /** Stage 0 for 100 us, the transfer for 50, stage 1 for 100. */
    private Batch twoStages(int firstVgpu, int lastVgpu, int from, int to, long start) {
        return new Batch(
                nextId++,
                0,
                0,
                0,
                List.of(),
                List.of(
                        new Reservation(firstVgpu, start, start + 100),
                        new Reservation(lastVgpu, start + 150, start + 250)),
                List.of(new Transfer(from, to, start + 100, start + (from == to ? 100 : 150))));
    }

    private List<Event> run() {
        var events = new ArrayList<Event>();
        while (world.nextMicros() != Scheduler.NEVER) {
            Event event = world.step();
            if (event != null) {
                events.add(event);
            }
        }
        return events;
    }

    @Test
    void startsWhatIsReservedWhenItIsReserved() {
        world.begin(twoStages(0, 1, 0, 1, 1_000), 0);

        assertThat(run())
                .containsExactly(
                        new StageFinished(0, 0, 1_000, 1_100),
                        new TransferFinished(0, 0, 1_100, 1_150),
                        new StageFinished(0, 1, 1_150, 1_250));
    }

    @Test
    void startsAtOnceWhatShouldHaveStarted() {
        world.begin(oneStage(0, 100, 200), 500);

        assertThat(run()).containsExactly(new StageFinished(0, 0, 500, 600));
    }

    @Test
    void aVgpuRunsOneAfterTheOther() {
        world.begin(oneStage(0, 0, 100), 0);
        world.begin(oneStage(0, 50, 150), 0);
        world.begin(oneStage(1, 50, 150), 0);

        assertThat(run())
                .containsExactly(
                        new StageFinished(0, 0, 0, 100),
                        new StageFinished(2, 0, 50, 150),
                        new StageFinished(1, 0, 100, 200));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 2, 150", // share an uplink
        "0, 2, 1, 2, 150", // share a downlink
        "0, 1, 1, 0, 100", // one's uplink is the other's server's downlink: both directions at once
        "0, 1, 2, 3, 100", // share nothing
        "0, 1, 0, 0, 100", // nothing travels within a server
    })
    void aLinkCarriesOneAfterTheOtherInEachDirection(int from, int to, int otherFrom, int otherTo, long otherStart) {
        world.begin(twoStages(0, 1, from, to, 0), 0);
        world.begin(twoStages(2, 3, otherFrom, otherTo, 0), 0);

        assertThat(run())
                .contains(new TransferFinished(0, 0, 100, 150))
                .contains(new TransferFinished(1, 0, otherStart, otherStart + (otherFrom == otherTo ? 0 : 50)));
    }

    @Test
    void anAbortedStageFreesItsVgpuAndCountsOnlyUntilThen() {
        Batch batch = oneStage(0, 0, 100);
        world.begin(batch, 0);
        world.step(); // starts

        world.abort(batch, 40);
        world.begin(oneStage(0, 40, 140), 40);

        assertThat(run()).containsExactly(new StageFinished(1, 0, 40, 140));
        assertThat(world.epochs().getFirst().busyMicros[0]).isEqualTo(140);
    }

    @Test
    void anAbortedTransferFreesItsLinks() {
        Batch batch = twoStages(0, 1, 0, 1, 0);
        world.begin(batch, 0);
        for (int step = 0; step < 3; step++) {
            world.step(); // stage starts and ends, transfer starts at 100
        }

        world.abort(batch, 110);
        world.begin(twoStages(2, 3, 0, 1, 10), 10);

        assertThat(run()).contains(new TransferFinished(1, 0, 110, 160));
    }

    @Test
    void aBatchThatWaitsForALostVgpuNeverRuns() {
        Batch batch = oneStage(0, 100, 200);
        world.begin(batch, 0);

        world.abort(batch, 50);

        assertThat(world.nextMicros()).isEqualTo(Scheduler.NEVER);
        assertThat(world.epochs().getFirst().busyMicros[0]).isZero();
    }

    @Test
    void anOldPlansBatchEndsOnItsOwnVgpu() {
        RandomPlan random = RandomPlan.of(11);
        world.begin(oneStage(0, 0, 100), 0);
        world.step();

        world.change(random.otherPlan(1), 50);
        world.begin(oneStage(0, 50, 150), 50);

        assertThat(run()).containsExactly(new StageFinished(0, 0, 0, 100), new StageFinished(1, 0, 50, 150));
        assertThat(world.epochs()).hasSize(2);
        assertThat(world.epochs().getFirst().busyMicros[0]).isEqualTo(100);
        assertThat(world.epochs().getLast().busyMicros[0]).isEqualTo(100);
    }
}
