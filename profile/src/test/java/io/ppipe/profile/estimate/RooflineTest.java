package io.ppipe.profile.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.profile.Kernel;
import io.ppipe.profile.KernelKind;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RooflineTest {
    private static final Coefficients COEFFICIENTS = Coefficients.standard();

    private static final List<KernelKind> KINDS = List.of(KernelKind.values());

    private final Roofline roofline = COEFFICIENTS.roofline(GpuCatalogue.sheet("T4"));

    @Test
    void takesWhatItsBytesTakeWhereNothingIsComputed() {
        var copy = new Kernel(0, KernelKind.MEMORY, 0, 1, 320_000_000, 0);

        double micros = roofline.micros(copy, 1, 1) - roofline.rates().launchMicros();

        assertThat(micros * roofline.rates().memory()).isCloseTo(1_000, within(1e-6));
        assertThat(roofline.micros(List.of(copy, copy), 1, 1)).isEqualTo(2 * roofline.micros(copy, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void moreWorkAndSmallerSharesNeverTakeLess(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            GpuSheet gpu = GpuCatalogue.sheets()
                    .get(random.nextInt(GpuCatalogue.sheets().size()));
            Roofline any = COEFFICIENTS.roofline(gpu);
            KernelKind kind = KINDS.get(random.nextInt(KINDS.size()));
            var kernel = kernel(random, kind);
            int batch = 1 + random.nextInt(16);
            int shares = 1 + random.nextInt(4);
            double micros = any.micros(kernel, batch, shares);

            assertThat(any.micros(kernel, batch + 1, shares))
                    .as("seed %d, %s on %s, batch %d", seed, kernel, gpu.name(), batch)
                    .isGreaterThanOrEqualTo(micros);
            assertThat(any.micros(kernel, batch + 1, shares) / (batch + 1))
                    .as("seed %d, %s on %s, per request", seed, kernel, gpu.name())
                    .isLessThanOrEqualTo(micros / batch * (1 + 1e-12));
            assertThat(any.micros(larger(kernel), batch, shares)).isGreaterThanOrEqualTo(micros);
            assertThat(any.micros(kernel, batch, shares + 1)).isGreaterThanOrEqualTo(micros);
        }
    }

    private static Kernel kernel(Random random, KernelKind kind) {
        return new Kernel(
                0,
                kind,
                kind.computes() ? random.nextLong(1, 1L << 36) : 0,
                random.nextLong(1, 1L << 24),
                random.nextLong(1, 1L << 28),
                random.nextLong(1, 1L << 24));
    }

    private static Kernel larger(Kernel kernel) {
        return new Kernel(
                0,
                kernel.kind(),
                2 * kernel.flops(),
                kernel.outputs(),
                2 * kernel.activationBytes(),
                2 * kernel.parameterBytes());
    }
}
