package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.schedule.Batch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgendaTest {
    private static Flight flight(long id) {
        return new Flight(new Batch(id, 0, 0, 0, List.of(), List.of(), List.of()), 0, 0);
    }

    @Test
    void whatComesUpFirstStepsFirstAtTheSameTime() {
        var agenda = new Agenda();
        agenda.add(flight(1), 10);
        agenda.add(flight(2), 5);
        agenda.add(flight(3), 10);
        agenda.add(flight(4), 5);

        var order = new ArrayList<Long>();
        while (!agenda.isEmpty()) {
            assertThat(agenda.first().atMicros).isEqualTo(order.size() < 2 ? 5 : 10);
            order.add(agenda.remove().batch.id());
        }
        assertThat(order).containsExactly(2L, 4L, 1L, 3L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithAStablySortedList(long seed) {
        var random = new SplittableRandom(seed);
        var agenda = new Agenda();
        var naive = new ArrayList<Flight>();
        for (int step = 0; step < 5000; step++) {
            if (naive.isEmpty() || random.nextInt(5) > 1) {
                Flight flight = flight(step);
                agenda.add(flight, random.nextInt(300));
                naive.add(flight);
                naive.sort(Comparator.comparingLong(f -> f.atMicros)); // stable
            } else {
                assertThat(agenda.remove()).isSameAs(naive.removeFirst());
            }
            assertThat(agenda.isEmpty()).isEqualTo(naive.isEmpty());
        }
    }
}
