package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {
    private static final double BUCKET_WIDTH = 0.008;

    @Test
    void saysNothingOfNothing() {
        assertThat(new Histogram().percentiles()).isEqualTo(new Percentiles(0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void countsTimesBelow256Exactly() {
        for (long micros = 0; micros < 256; micros++) {
            var histogram = new Histogram();
            histogram.add(micros);
            histogram.add(1_000_000); // so that the largest doesn't hide the bucket

            assertThat(histogram.percentiles().p50()).isEqualTo(micros);
        }
    }

    @Test
    void isOffByAtMostABucketsWidthAndNeverTooLow() {
        for (long micros = 256; micros < 1L << 50; micros += 1 + micros / 97) {
            var histogram = new Histogram();
            histogram.add(micros);
            histogram.add(1L << 52);

            assertThat(histogram.percentiles().p50()).isBetween(micros, micros + (long) (BUCKET_WIDTH * micros));
        }
    }

    @Test
    void knowsTheLargestAndTheMeanExactly() {
        var histogram = new Histogram();
        histogram.add(1_000_003);
        histogram.add(5);
        histogram.add(7);

        assertThat(histogram.percentiles().max()).isEqualTo(1_000_003);
        assertThat(histogram.percentiles().p999()).isEqualTo(1_000_003);
        assertThat(histogram.percentiles().mean()).isEqualTo(1_000_015 / 3.0);
        assertThat(histogram.percentiles().count()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithASortedList(long seed) {
        var random = new SplittableRandom(seed);
        var histogram = new Histogram();
        long[] times = new long[random.nextInt(1, 5000)];
        for (int i = 0; i < times.length; i++) {
            times[i] = (long) Math.exp(random.nextDouble(25));
            histogram.add(times[i]);
        }
        Arrays.sort(times);

        Percentiles found = histogram.percentiles();
        assertClose(found.p50(), times, 0.5);
        assertClose(found.p90(), times, 0.9);
        assertClose(found.p99(), times, 0.99);
        assertClose(found.p999(), times, 0.999);
        assertThat(found.mean())
                .isCloseTo(Arrays.stream(times).average().orElseThrow(), Offset.offset(1e-3 * found.mean()));
    }

    private static void assertClose(long found, long[] sorted, double fraction) {
        long exact = sorted[Math.max(1, (int) Math.ceil(fraction * sorted.length)) - 1];
        assertThat(found).isBetween(exact, exact + (long) (BUCKET_WIDTH * exact));
    }
}
