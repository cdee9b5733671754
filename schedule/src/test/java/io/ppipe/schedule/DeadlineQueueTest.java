package io.ppipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineQueueTest {
    private static Request request(long id, long deadline) {
        return new Request(id, 0, 0, deadline);
    }

    private static List<Long> ids(DeadlineQueue queue) {
        var ids = new ArrayList<Long>();
        for (int i = 0; i < queue.size(); i++) {
            ids.add(queue.request(i).id());
        }
        return ids;
    }

    @Test
    void putsTheMostUrgentFirstAndKeepsTheOrderOfArrivalOtherwise() {
        var queue = new DeadlineQueue();
        queue.add(request(1, 20), 20);
        queue.add(request(2, 10), 10);
        queue.add(request(3, 20), 20);
        queue.add(request(4, 10), 10);

        assertThat(ids(queue)).containsExactly(2L, 4L, 1L, 3L);
    }

    @Test
    void findsTheFirstThatNeedNotBeFinishedBefore() {
        var queue = new DeadlineQueue();
        queue.add(request(1, 10), 10);
        queue.add(request(2, 20), 20);

        assertThat(queue.firstNotBefore(10)).isZero();
        assertThat(queue.firstNotBefore(11)).isEqualTo(1);
        assertThat(queue.firstNotBefore(21)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1001})
    void agreesWithASortedList(long firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + 100; seed++) {
            var random = new SplittableRandom(seed);
            var queue = new DeadlineQueue();
            var naive = new ArrayList<Request>();
            int grows = random.nextInt(2, 6);
            for (int step = 0; step < 500; step++) {
                if (naive.isEmpty() || random.nextInt(grows) > 0) {
                    Request request = request(step, step / 3 + random.nextInt(40));
                    queue.add(request, request.deadlineMicros());
                    int at = naive.size();
                    while (at > 0 && naive.get(at - 1).deadlineMicros() > request.deadlineMicros()) {
                        at--;
                    }
                    naive.add(at, request);
                } else {
                    int from = random.nextInt(naive.size());
                    int count = random.nextInt(1, naive.size() - from + 1);
                    queue.remove(from, count);
                    naive.subList(from, from + count).clear();
                }
                assertThat(ids(queue))
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(naive.stream().map(Request::id).toList());
                long micros = random.nextInt(250);
                assertThat(queue.firstNotBefore(micros))
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo((int) naive.stream()
                                .filter(r -> r.deadlineMicros() < micros)
                                .count());
                assertThat(queue.isEmpty()).isEqualTo(naive.isEmpty());
            }
            for (int i = 0; i < naive.size(); i++) {
                assertThat(queue.deadlineMicros(i)).isEqualTo(naive.get(i).deadlineMicros());
                assertThat(queue.indexOf(naive.get(i).id())).isEqualTo(i);
            }
            assertThat(queue.indexOf(-5)).isEqualTo(-1);
        }
    }
}
