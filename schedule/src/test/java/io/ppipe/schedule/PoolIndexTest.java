package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolIndexTest {
    private static final long SHORTEST = 5;
    private static final int VGPUS = 100;

    private record Gap(long start, long end, int vgpu) {}

    private static List<Gap> gaps(PoolIndex index) {
        var gaps = new ArrayList<Gap>();
        for (int i = 0; i < index.gapCount(); i++) {
            gaps.add(new Gap(index.gapStartMicros(i), index.gapEndMicros(i), index.gapVgpu(i)));
        }
        return gaps;
    }

    private static List<Integer> order(PoolIndex index) {
        var order = new ArrayList<Integer>();
        for (int i = 0; i < index.count(); i++) {
            order.add(index.vgpu(i));
        }
        return order;
    }

    @Test
    void putsTheVgpuThatIsFreeFirstInFront() {
        var index = new PoolIndex(new int[] {7, 8, 9}, SHORTEST);
        var promises = new IntervalList();
        promises.add(0, 10, 1);
        index.update(7, promises);

        assertThat(order(index)).containsExactly(8, 9, 7);
        assertThat(index.tailMicros(0)).isEqualTo(PoolIndex.ALWAYS);
        assertThat(index.tailMicros(2)).isEqualTo(10);
    }

    @Test
    void leavesOutGapsThatAreTooShortForAnyBatch() {
        var index = new PoolIndex(new int[] {7}, SHORTEST);
        var promises = new IntervalList();
        promises.add(0, 10, 1);
        promises.add(14, 20, 2);
        promises.add(25, 30, 3);
        index.update(7, promises);

        assertThat(gaps(index)).containsExactly(new Gap(PoolIndex.ALWAYS, 0, 7), new Gap(20, 25, 7));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1001})
    void agreesWithAModelThatIsBuiltAnew(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + 100; seed++) {
            var random = new SplittableRandom(seed);
            int[] vgpus = random.ints(random.nextInt(1, 9), 0, VGPUS).distinct().toArray();
            var index = new PoolIndex(vgpus, SHORTEST);
            var naive = new IntervalList[VGPUS];
            Arrays.setAll(naive, _ -> new IntervalList());
            var lost = new TreeSet<Integer>();
            for (int step = 0; step < 200; step++) {
                int vgpu = vgpus[random.nextInt(vgpus.length)];
                IntervalList promises = naive[vgpu];
                switch (random.nextInt(10)) {
                    case 0 -> {
                        index.lose(vgpu);
                        promises.clear();
                        lost.add(vgpu);
                    }
                    case 1 -> {
                        index.regain(vgpu);
                        lost.remove(vgpu);
                    }
                    case 2, 3, 4 -> {
                        if (!promises.isEmpty()) {
                            promises.remove(promises.key(random.nextInt(promises.size())));
                            index.update(vgpu, promises);
                        }
                    }
                    default -> {
                        if (!lost.contains(vgpu)) {
                            // Not always where it is free: promises that end late overlap what follows.
                            long start = random.nextInt(200);
                            promises.add(start, start + random.nextInt(1, 30), step);
                            index.update(vgpu, promises);
                        }
                    }
                }
                check(index, vgpus, naive, lost, "seed %d, step %d".formatted(seed, step));
            }
        }
    }

    private static void check(PoolIndex index, int[] vgpus, IntervalList[] naive, TreeSet<Integer> lost, String when) {
        var alive = new TreeSet<>(Arrays.stream(vgpus).boxed().toList());
        alive.removeAll(lost);
        assertThat(order(index)).as(when).containsExactlyInAnyOrderElementsOf(alive);
        var gaps = new ArrayList<Gap>();
        for (int place = 0; place < index.count(); place++) {
            IntervalList promises = naive[index.vgpu(place)];
            assertThat(index.tailMicros(place))
                    .as(when)
                    .isEqualTo(promises.isEmpty() ? PoolIndex.ALWAYS : promises.lastEndMicros());
            assertThat(place == 0 || index.tailMicros(place - 1) <= index.tailMicros(place))
                    .as(when)
                    .isTrue();
            addGaps(gaps, index.vgpu(place), promises);
        }
        var byAll =
                Comparator.comparingLong(Gap::start).thenComparingLong(Gap::end).thenComparingInt(Gap::vgpu);
        gaps.sort(byAll);
        List<Gap> found = gaps(index);
        assertThat(found).as(when).isSortedAccordingTo(Comparator.comparingLong(Gap::start));
        assertThat(found.stream().sorted(byAll).toList()).as(when).isEqualTo(gaps);
    }

    /** Finds the gaps by looking at every microsecond. */
    private static void addGaps(List<Gap> gaps, int vgpu, IntervalList promises) {
        if (promises.isEmpty()) {
            return;
        }
        gaps.add(new Gap(PoolIndex.ALWAYS, promises.startMicros(0), vgpu));
        long freeSince = -1;
        for (long micros = promises.startMicros(0); micros < promises.lastEndMicros(); micros++) {
            boolean busy = false;
            for (int i = 0; i < promises.size(); i++) {
                busy |= promises.startMicros(i) <= micros && micros < promises.endMicros(i);
            }
            if (!busy && freeSince < 0) {
                freeSince = micros;
            } else if (busy && freeSince >= 0) {
                if (micros - freeSince >= SHORTEST) {
                    gaps.add(new Gap(freeSince, micros, vgpu));
                }
                freeSince = -1;
            }
        }
    }
}
