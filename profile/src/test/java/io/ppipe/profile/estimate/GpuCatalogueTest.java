package io.ppipe.profile.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.ErrorBand;
import org.junit.jupiter.api.Test;

class GpuCatalogueTest {
    private final Coefficients coefficients = Coefficients.standard();

    @Test
    void saysPlausibleThingsOfEveryGpu() {
        assertThat(GpuCatalogue.names()).doesNotHaveDuplicates().hasSize(10);
        assertThat(GpuCatalogue.sheets()).allSatisfy(gpu -> {
            assertThat(gpu.peakFlops()).isBetween(1e12, 1e15);
            assertThat(gpu.bytesPerSecond()).isBetween(1e11, 1e13);
            assertThat(gpu.multiprocessors()).isBetween(10, 200);
            assertThat(gpu.memoryGigabytes()).isBetween(8.0, 200.0);
            assertThat(gpu.tf32TeraFlops().orElse(gpu.fp32TeraFlops())).isGreaterThanOrEqualTo(gpu.fp32TeraFlops());
            assertThat(gpu.source()).startsWith("NVIDIA ");
            assertThat(coefficients.roofline(gpu).rates())
                    .isEqualTo(coefficients.rates().get(gpu.fitted()));
        });
    }

    @Test
    void findsGpusByNameAndSaysWhichThereAre() {
        assertThat(GpuCatalogue.sheet("v100").name()).isEqualTo("V100");
        assertThatThrownBy(() -> GpuCatalogue.sheet("L44"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("maybe L4")
                .hasMessageContaining("P4, V100, T4, L4, A10, A30, A100, L40S, H100, H200");
    }

    @Test
    void bandsAreWiderForGpusThatWereNotMeasured() {
        ErrorBand measured = coefficients.band(GpuCatalogue.sheet("L4"));
        ErrorBand other = coefficients.band(GpuCatalogue.sheet("H100"));

        assertThat(GpuCatalogue.sheet("L4").isFitted()).isTrue();
        assertThat(GpuCatalogue.sheet("H100").isFitted()).isFalse();
        assertThat(other.low()).isLessThan(measured.low());
        assertThat(other.high()).isGreaterThan(measured.high());
    }

    @Test
    void writesCoefficientsAsItReadsThem() {
        assertThat(CoefficientsJson.of(coefficients))
                .containsEntry("kind", "roofline-coefficients")
                .containsEntry("whole_model_error", coefficients.wholeModelError())
                .containsKeys("fitted_to", "date", "command", "gpus");
    }
}
