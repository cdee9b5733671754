package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class IntervalListTest {
    private record Interval(long start, long end, long key) {}

    @Test
    void usesAGapThatIsJustLongEnough() {
        var list = new IntervalList();
        list.add(10, 20, 1);
        list.add(30, 40, 2);

        assertThat(list.earliest(0, 10, 0)).isEqualTo(0);
        assertThat(list.earliest(0, 11, 0)).isEqualTo(40);
        assertThat(list.earliest(15, 10, 0)).isEqualTo(20);
    }

    @Test
    void anOverdueEntryIsBusyUntilNow() {
        var list = new IntervalList();
        list.add(10, 20, 1);

        assertThat(list.earliest(25, 5, 27)).isEqualTo(27);
    }

    @RepeatedTest(50)
    void agreesWithASearchThroughEveryStart(RepetitionInfo repetition) {
        var random = new SplittableRandom(repetition.getCurrentRepetition());
        var list = new IntervalList();
        var naive = new ArrayList<Interval>();
        for (int step = 0; step < 200; step++) {
            long from = random.nextInt(100);
            long duration = random.nextLong(1, 11);
            long start = list.earliest(from, duration, 0);
            assertThat(start).as("step %d", step).isEqualTo(naiveEarliest(naive, from, duration));
            if (random.nextInt(3) > 0) {
                list.add(start, start + duration, step);
                naive.add(new Interval(start, start + duration, step));
            } else if (!naive.isEmpty()) {
                Interval gone = naive.remove(random.nextInt(naive.size()));
                assertThat(list.remove(gone.key())).isTrue();
            }
            assertThat(list.size()).isEqualTo(naive.size());
        }
    }

    private static long naiveEarliest(List<Interval> intervals, long from, long duration) {
        for (long start = from; ; start++) {
            long candidate = start;
            if (intervals.stream().noneMatch(i -> i.start() < candidate + duration && candidate < i.end())) {
                return start;
            }
        }
    }
}
