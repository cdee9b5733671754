package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static Samples of(long... nanos) {
        var samples = new Samples();
        for (long one : nanos) {
            samples.add(one);
        }
        return samples;
    }

    @Test
    void itsIntervalHoldsTheMedianInNineteenOfTwentyCases() {
        var random = new SplittableRandom(7); // the seed of all draws below
        int held = 0;
        int cases = 2_000;
        for (int i = 0; i < cases; i++) {
            var samples = new Samples();
            for (int n = 0; n < 101; n++) {
                samples.add(Math.round(1e6 * Math.exp(0.3 * random.nextGaussian()))); // skewed, with median 1 ms
            }
            // The interval need not be even about the median, so this is only about right.
            held += Math.abs(samples.medianNanos() - 1e6) <= samples.halfIntervalNanos() ? 1 : 0;
        }
        assertThat((double) held / cases).isCloseTo(0.95, within(0.03));
    }

    @Test
    void isNarrowToAFractionOfItsMedianOrToTheResolution() {
        var random = new SplittableRandom(8);
        var samples = new Samples();
        for (int n = 0; n < 1_000; n++) {
            samples.add(1_000_000 + random.nextInt(-100_000, 100_000));
        }
        assertThat(samples.narrow(0.02)).isTrue();
        assertThat(samples.narrow(0.001)).isFalse();
        assertThat(of(5_000, 5_900, 6_800, 5_100, 6_900).narrow(0.001)).isTrue(); // within 1 us
    }

    @Test
    void countsWhatIsFarOut() {
        Samples samples = of(10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 900, 40);

        assertThat(samples.outliers()).isEqualTo(1);
        assertThat(samples.worst()).isCloseTo(900.0 / 17, within(1e-9));
        assertThat(of(7).outliers()).isZero();
    }
}
