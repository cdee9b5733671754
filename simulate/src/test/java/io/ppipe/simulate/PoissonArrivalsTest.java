package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Request;
import io.ppipe.model.Slo;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PoissonArrivalsTest {
    private static final List<PoissonArrivals.Source> SOURCES = List.of(
            new PoissonArrivals.Source(1000, new Slo(5_000, 0.99)), new PoissonArrivals.Source(200, new Slo(9_000, 1)));

    private static List<Request> all(PoissonArrivals arrivals) {
        var requests = new ArrayList<Request>();
        while (arrivals.nextMicros() != Scheduler.NEVER) {
            requests.add(arrivals.next());
        }
        return requests;
    }

    @Test
    void keepsTheRatesAndTheVarianceOfAPoissonProcess() {
        List<Request> requests = all(new PoissonArrivals(SOURCES, 100, 42));

        var perTenth = new long[1000];
        requests.stream().filter(r -> r.model() == 0).forEach(r -> perTenth[(int) (r.arrivalMicros() / 100_000)]++);
        double mean = 0;
        for (long count : perTenth) {
            mean += count / 1000.0;
        }
        double variance = 0;
        for (long count : perTenth) {
            variance += (count - mean) * (count - mean) / 1000;
        }
        assertThat(mean).isCloseTo(100, Offset.offset(2.0)); // six standard errors
        assertThat(variance / mean).isCloseTo(1, Offset.offset(0.25));
        assertThat(requests.stream().filter(r -> r.model() == 1).count()).isBetween(19_100L, 20_900L);
    }

    @Test
    void comesInOrderWithDeadlines() {
        List<Request> requests = all(new PoissonArrivals(SOURCES, 1, 1));

        for (int i = 0; i < requests.size(); i++) {
            Request request = requests.get(i);
            assertThat(request.id()).isEqualTo(i);
            assertThat(request.deadlineMicros() - request.arrivalMicros())
                    .isEqualTo(SOURCES.get(request.model()).slo().latencyMicros());
            assertThat(i == 0 || requests.get(i - 1).arrivalMicros() <= request.arrivalMicros())
                    .isTrue();
        }
    }

    @Test
    void oneModelsArrivalsDoNotShiftAnothers() {
        var quieter = List.of(SOURCES.get(0), new PoissonArrivals.Source(1, new Slo(9_000, 1)));

        List<Long> with = all(new PoissonArrivals(SOURCES, 1, 5)).stream()
                .filter(r -> r.model() == 0)
                .map(Request::arrivalMicros)
                .toList();
        List<Long> without = all(new PoissonArrivals(quieter, 1, 5)).stream()
                .filter(r -> r.model() == 0)
                .map(Request::arrivalMicros)
                .toList();

        assertThat(with).isEqualTo(without);
    }
}
