package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningBatchesTest {
    private static Batch batch(long id) {
        return new Batch(id, 0, 0, 0, List.of(), List.of(), List.of());
    }

    @Test
    void keepsABatchThatRunsWhileThousandsComeAndGo() {
        var running = new RunningBatches();
        running.add(batch(0));
        for (long id = 1; id < 3000; id++) {
            running.add(batch(id));
            assertThat(running.remove(id)).isNotNull();
        }

        assertThat(running.count()).isEqualTo(1);
        assertThat(running.all()).containsExactly(batch(0));
        assertThat(running.get(0)).isEqualTo(batch(0));
    }

    @Test
    void knowsNothingOfABatchWhosePlaceAnotherHas() {
        var running = new RunningBatches();
        running.add(batch(1));

        assertThat(running.get(257)).isNull();
        assertThat(running.remove(257)).isNull();
        assertThat(running.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1001})
    void agreesWithAMap(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + 50; seed++) {
            var random = new SplittableRandom(seed);
            var running = new RunningBatches();
            var naive = new TreeMap<Long, Batch>();
            long next = 0;
            for (int step = 0; step < 2000; step++) {
                if (naive.isEmpty() || random.nextInt(3) > 0) {
                    Batch batch = batch(next);
                    running.add(batch);
                    naive.put(next, batch);
                    next += random.nextInt(10) == 0 ? random.nextInt(1, 300) : 1;
                } else {
                    Long gone = naive.higherKey(random.nextLong(next) - 1);
                    long id = gone == null ? next : gone;
                    assertThat(running.remove(id)).as("seed %d", seed).isEqualTo(naive.remove(id));
                }
                long asked = random.nextLong(next + 1);
                assertThat(running.get(asked)).as("seed %d", seed).isEqualTo(naive.get(asked));
                assertThat(running.count()).as("seed %d", seed).isEqualTo(naive.size());
            }
            assertThat(running.all())
                    .as("seed %d", seed)
                    .containsExactly(naive.values().toArray(Batch[]::new));
        }
    }
}
