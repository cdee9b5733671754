package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SendScheduleTest {
    @Test
    void fixedSendTimesAreEquallyFarApart() {
        assertThat(times(SendSchedule.of(Arrivals.FIXED, 4, 1.5, 1)))
                .containsExactly(0, 250_000_000, 500_000_000, 750_000_000, 1_000_000_000, 1_250_000_000);
    }

    @Test
    void fixedCountIsRateTimesSecondsInSpiteOfRounding() {
        assertThat(SendSchedule.of(Arrivals.FIXED, 0.1, 30, 1).count()).isEqualTo(3);
        assertThat(SendSchedule.of(Arrivals.FIXED, 1000, 0.1, 1).count()).isEqualTo(100);
        assertThat(SendSchedule.of(Arrivals.FIXED, 1, 0.2, 1).count()).isEqualTo(1);
    }

    @Test
    void sameSeedGivesTheSameTimesAndAnotherSeedOthers() {
        long[] first = times(SendSchedule.of(Arrivals.POISSON, 100, 10, 7));

        assertThat(times(SendSchedule.of(Arrivals.POISSON, 100, 10, 7))).isEqualTo(first);
        assertThat(times(SendSchedule.of(Arrivals.POISSON, 100, 10, 8))).isNotEqualTo(first);
    }

    @Test
    void poissonTimesAscendWithinTheRunAtTheWantedRate() {
        long[] times = times(SendSchedule.of(Arrivals.POISSON, 500, 200, 11));

        assertThat(times).isSorted();
        assertThat(times[0]).isNotNegative();
        assertThat(times[times.length - 1]).isLessThan(200_000_000_000L);
        assertThat(times.length / 200.0).isCloseTo(500, within(7.0)); // four standard errors: 4 * sqrt(500 / 200)
    }

    @Test
    void poissonCountsPerSecondVaryAsMuchAsTheirMean() {
        int seconds = 2000;
        double[] perSecond = new double[seconds];
        for (long nanos : times(SendSchedule.of(Arrivals.POISSON, 20, seconds, 3))) {
            perSecond[(int) (nanos / 1_000_000_000)]++;
        }

        double mean = LongStream.range(0, seconds)
                        .mapToDouble(i -> perSecond[(int) i])
                        .sum()
                / seconds;
        double variance = LongStream.range(0, seconds)
                        .mapToDouble(i -> Math.pow(perSecond[(int) i] - mean, 2))
                        .sum()
                / (seconds - 1);

        // The index of dispersion of n Poisson counts is 1 with standard error sqrt(2 / n) = 0.032.
        assertThat(variance / mean).isCloseTo(1, within(0.13));
    }

    private static long[] times(SendSchedule schedule) {
        return LongStream.range(0, schedule.count())
                .map(i -> schedule.nanosOf((int) i))
                .toArray();
    }
}
