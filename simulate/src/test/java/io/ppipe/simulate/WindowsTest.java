package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WindowsTest {
    @Test
    void isUncertainAsLongAsNothingIsKnown() {
        assertThat(new Windows(100).attainment(0, 1000)).isEqualTo(new Attainment(1, Double.POSITIVE_INFINITY));
        assertThat(new Windows(100).attainment(0, -1000)).isEqualTo(new Attainment(1, Double.POSITIVE_INFINITY));
    }

    @Test
    void oneWindowSaysNothingOfTheSpread() {
        var windows = new Windows(100);
        windows.arrived(5);
        windows.arrived(6);
        windows.missed(6);

        assertThat(windows.attainment(0, 100)).isEqualTo(new Attainment(0.5, Double.POSITIVE_INFINITY));
    }

    @Test
    void agreesWithBatchMeansByHand() {
        var windows = new Windows(100);
        add(windows, 0, 10, 1);
        add(windows, 1, 20, 2);
        add(windows, 2, 10, 5);
        add(windows, 3, 0, 0);

        Attainment attainment = windows.attainment(0, 400);

        // 8 of 40 miss, a fifth; the windows' residuals are 1 - 2, 2 - 4, 5 - 2, 0.
        assertThat(attainment.value()).isEqualTo(0.8);
        assertThat(attainment.standardError()).isCloseTo(Math.sqrt((1 + 4 + 9) * 4.0 / 3) / 40, Offset.offset(1e-12));
    }

    @Test
    void leavesOutTheWindowThatHasNotEnded() {
        var windows = new Windows(100);
        add(windows, 0, 10, 0);
        add(windows, 1, 10, 10);

        assertThat(windows.attainment(0, 199).value()).isEqualTo(1);
        assertThat(windows.attainment(0, 200).value()).isEqualTo(0.5);
    }

    @Test
    void growsWithTheRun() {
        var windows = new Windows(1);
        windows.arrived(0);
        windows.arrived(64);
        windows.arrived(100_000);
        windows.missed(100_000);

        assertThat(windows.attainment(0, 100_001).value()).isCloseTo(2 / 3.0, Offset.offset(1e-12));
    }

    /** The interval of two standard errors holds the truth about 19 times of 20. */
    @Test
    void isAsCertainAsItSays() {
        int inside = 0;
        int runs = 400;
        for (int seed = 0; seed < runs; seed++) {
            var random = new SplittableRandom(seed);
            var windows = new Windows(100);
            for (int window = 0; window < 100; window++) {
                int arrived = random.nextInt(5, 15);
                double miss = random.nextBoolean() ? 0.15 : 0.05; // bad times and good ones: 0.1 on average
                int missed = 0;
                for (int i = 0; i < arrived; i++) {
                    missed += random.nextDouble() < miss ? 1 : 0;
                }
                add(windows, window, arrived, missed);
            }
            Attainment attainment = windows.attainment(0, 10_000);
            inside += Math.abs(attainment.value() - 0.9) < 2 * attainment.standardError() ? 1 : 0;
        }
        assertThat(inside / (double) runs).isBetween(0.91, 0.98);
    }

    private static void add(Windows windows, int window, int arrived, int missed) {
        for (int i = 0; i < arrived; i++) {
            windows.arrived(100L * window + i);
            if (i < missed) {
                windows.missed(100L * window + i);
            }
        }
    }
}
