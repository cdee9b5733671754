package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ppipe.model.Plan;
import io.ppipe.schedule.RouteTable.Route;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Looking for a route, reserving it and following what happens allocate nothing once all arrays have grown. */
class AllocationTest {
    private static final int ROUNDS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Plan plan = TinyPlans.twoStages(4, 3, 2);
    private final RouteTable table = new RouteTable(TinyPlans.scenario(), plan);
    private final ReservationBook book = new ReservationBook(table);
    private final Route route = table.routes[0][0];
    private final Probe probe = new Probe(table, book);
    private long kept;

    /** One round's work; {@code now} grows from round to round. */
    private interface Work {
        void round(long now);
    }

    private static long allocatedBytes(Work work) {
        long now = 0;
        for (int i = 0; i < ROUNDS; i++) { // until it is compiled: interpreted code may allocate for itself
            work.round(now += 10_000);
        }
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS; i++) {
                work.round(now += 10_000);
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private Batch batch(long id, int slow, int fast) {
        return new Batch(
                id,
                0,
                0,
                0,
                List.of(),
                List.of(new Reservation(slow, 0, 3000), new Reservation(3 + fast, 3050, 4050)),
                List.of(new Transfer(4 + slow, fast, 3000, 3050)));
    }

    @Test
    void aWalk() {
        book.reserve(batch(0, 0, 0));
        book.reserve(batch(1, 1, 1));

        assertThat(allocatedBytes(now -> {
                    for (int size = 1; size <= 4; size++) {
                        kept += probe.walk(route, size, now % 7000, 0);
                    }
                }))
                .isZero();
        assertThat(kept).isPositive();
    }

    @Test
    void reservingAndFreeing() {
        Batch one = batch(0, 0, 0);
        Batch other = batch(1, 1, 0);

        assertThat(allocatedBytes(_ -> {
                    book.reserve(one);
                    book.reserve(other);
                    book.ended(one);
                    book.ended(other);
                }))
                .isZero();
        assertThat(book.size()).isZero();
    }

    @Test
    void feedback() {
        Batch one = batch(0, 0, 0);
        Batch other = batch(1, 1, 1);

        assertThat(allocatedBytes(_ -> {
                    book.reserve(one);
                    book.reserve(other);
                    book.stageFinished(one, 0, 3500);
                    book.stageFinished(other, 0, 2500);
                    book.transferFinished(one, 0, 3600);
                    book.transferFinished(other, 0, 3050);
                    book.stageFinished(one, 1, 4600);
                    book.stageFinished(other, 1, 4000);
                }))
                .isZero();
        assertThat(book.size()).isZero();
    }

    @Test
    void eventsThatLeadToNoDecision() {
        for (PolicyName policy : PolicyName.values()) {
            Scheduler scheduler = policy.scheduler(TinyPlans.scenario(), plan, SchedulerSettings.DEFAULT);
            var tick = new Event.Tick();

            assertThat(allocatedBytes(now -> scheduler.on(tick, now, _ -> {})))
                    .as(policy.text())
                    .isZero();
        }
    }
}
