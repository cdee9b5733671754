package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Transfer;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class NoiseTest {
    private static final long PLANNED = 100_000;
    private static final int DRAWS = 200_000;
    private static final Transfer TRANSFER = new Transfer(5, 6, 0, PLANNED);

    private static Batch batch(int model, int pipeline, int firstStage) {
        return new Batch(0, model, pipeline, firstStage, List.of(), List.of(), List.of());
    }

    private static double mean(LongSupplier draw) {
        double sum = 0;
        for (int i = 0; i < DRAWS; i++) {
            sum += draw.getAsLong();
        }
        return sum / DRAWS / PLANNED;
    }

    private static WorldSettings settings(double sigma, double tail, double stragglers, double error) {
        return new WorldSettings(sigma, tail, stragglers, error, 0, 1, List.of());
    }

    @Test
    void changesNothingWhenItIsOff() {
        var noise = new Noise(WorldSettings.EXACT, 1);

        assertThat(noise.stage(batch(0, 0, 0), 0, PLANNED)).isEqualTo(PLANNED);
        assertThat(noise.transfer(TRANSFER, PLANNED)).isEqualTo(PLANNED);
    }

    @Test
    void serviceNoiseKeepsTheProfilesMeanAndHasItsSpread() {
        var noise = new Noise(settings(0.3, 0, 0, 0), 1);
        var squares = new double[1];

        double mean = mean(() -> {
            long micros = noise.stage(batch(0, 0, 0), 0, PLANNED);
            double log = Math.log(micros / (double) PLANNED) + 0.3 * 0.3 / 2;
            squares[0] += log * log;
            return micros;
        });

        assertThat(mean).isCloseTo(1, Offset.offset(0.005)); // seven standard errors
        assertThat(Math.sqrt(squares[0] / DRAWS)).isCloseTo(0.3, Offset.offset(0.005));
    }

    @Test
    void stragglersTakeThreeTimesAsLong() {
        var noise = new Noise(settings(0, 0, 0.1, 0), 1);
        var seen = new TreeSet<Long>();

        double mean = mean(() -> {
            long micros = noise.stage(batch(0, 0, 0), 0, PLANNED);
            seen.add(micros);
            return micros;
        });

        assertThat(seen).containsExactly(PLANNED, 3 * PLANNED);
        assertThat(mean).isCloseTo(1.2, Offset.offset(0.01));
    }

    @Test
    void theProfilesErrorIsAlwaysTheSameForAStageAndNotTheSameForAll() {
        var noise = new Noise(settings(0, 0, 0, 0.2), 1);
        var seen = new TreeSet<Long>();
        for (int stage = 0; stage < 1000; stage++) {
            long micros = noise.stage(batch(stage % 10, stage / 10 % 10, 0), stage / 100, PLANNED);
            assertThat(micros).isBetween((long) (0.8 * PLANNED), (long) (1.2 * PLANNED));
            assertThat(noise.stage(batch(stage % 10, stage / 10 % 10, 0), stage / 100, PLANNED))
                    .isEqualTo(micros);
            seen.add(micros);
        }

        assertThat(seen).hasSizeGreaterThan(950);
        assertThat(seen.stream().mapToLong(Long::longValue).average().orElseThrow())
                .isCloseTo(PLANNED, Offset.offset(0.02 * PLANNED)); // five standard errors
        assertThat(noise.stage(batch(3, 2, 1), 0, PLANNED)).isEqualTo(noise.stage(batch(3, 2, 0), 1, PLANNED));
    }

    @Test
    void theNetworksTailIsHeavy() {
        var noise = new Noise(settings(0, 0.1, 0, 0), 1);
        var delayed = new int[2];

        double mean = mean(() -> {
            long micros = noise.transfer(TRANSFER, PLANNED);
            delayed[0] += micros > PLANNED ? 1 : 0;
            delayed[1] += micros > 11 * PLANNED ? 1 : 0;
            assertThat(micros == PLANNED || (micros >= 2 * PLANNED && micros <= 101 * PLANNED))
                    .isTrue();
            return micros;
        });

        assertThat(delayed[0] / (double) DRAWS).isCloseTo(0.1, Offset.offset(0.004));
        assertThat(delayed[1] / (double) delayed[0]).isCloseTo(Math.pow(10, -1.5), Offset.offset(0.007));
        assertThat(mean).isCloseTo(1 + 0.1 * 2.8, Offset.offset(0.03)); // 3 - 2 / sqrt(100), cut off at 100
    }

    @Test
    void slowLinksAreThoseOfTheFirstServersInBothDirections() {
        var noise = new Noise(new WorldSettings(0, 0, 0, 0, 2, 4, List.of()), 1);

        assertThat(noise.transfer(new Transfer(1, 6, 0, 1), PLANNED)).isEqualTo(4 * PLANNED);
        assertThat(noise.transfer(new Transfer(6, 0, 0, 1), PLANNED)).isEqualTo(4 * PLANNED);
        assertThat(noise.transfer(new Transfer(2, 6, 0, 1), PLANNED)).isEqualTo(PLANNED);
    }

    @Test
    void theSameSeedGivesTheSameNoiseAndAnotherAnother() {
        WorldSettings settings = settings(0.1, 0.1, 0.1, 0.1);
        var once = new Noise(settings, 1);
        var again = new Noise(settings, 1);
        var other = new Noise(settings, 2);
        int same = 0;
        for (int i = 0; i < 100; i++) {
            long micros = once.stage(batch(0, 0, 0), 0, PLANNED);
            assertThat(again.stage(batch(0, 0, 0), 0, PLANNED)).isEqualTo(micros);
            same += other.stage(batch(0, 0, 0), 0, PLANNED) == micros ? 1 : 0;
            assertThat(again.transfer(TRANSFER, PLANNED)).isEqualTo(once.transfer(TRANSFER, PLANNED));
        }
        assertThat(same).isLessThan(5);
    }

    @Test
    void nothingTakesNoTime() {
        var noise = new Noise(settings(1, 0, 0, 0.9), 1);
        for (int i = 0; i < 1000; i++) {
            assertThat(noise.stage(batch(0, 0, 0), 0, 1)).isPositive();
        }
    }
}
