package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.Price;
import io.ppipe.model.Provenance;
import io.ppipe.model.Sharing;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmulatedTimesTest {
    private static final Executor.Emulated FACTORS = new Executor.Emulated(5, 2, 10, 7, 0.25, true);
    private static final Provenance PROVENANCE = new Provenance(Provenance.Kind.EMULATED, "a CPU", "a runtime", "");

    @Test
    void addsUpScaledLayerTimesByKindAndTheFixedTimeOfEachLayer() {
        // Layers of 30 + 10 + 10 us by themselves, 100 us together as served: they count as 60 + 20 + 20 us.
        MeasuredBlock block = block(100, 30, 10, 10);

        assertThat(table(1, block).blockMicros().getFirst().getFirst()).isEqualTo(60 * 5 + 20 * 2 + 20 * 10 + 3 * 7);
    }

    @Test
    void multipliesOnlyTheComputePartOnAShare() {
        MeasuredBlock block = block(100, 30, 10, 10);

        assertThat(table(4, block).blockMicros().getFirst().getFirst()).isEqualTo(4 * 540 + 3 * 7);
    }

    @Test
    void makesABatchCheaperByTheGain() {
        List<Long> row = table(1, block(100, 30, 10, 10)).blockMicros().getFirst();

        assertThat(row).containsExactly(561L, Math.round(561 * (0.25 + 0.75 * 2)), Math.round(561 * (0.25 + 0.75 * 8)));
    }

    @Test
    void dividesABlockEquallyWhereItsLayersAreTooFastToBeTimed() {
        MeasuredBlock block = block(30, 0, 0, 0);

        assertThat(table(1, block).blockMicros().getFirst().getFirst()).isEqualTo(10 * (5 + 2 + 10) + 3 * 7);
    }

    @Test
    void promisesAtLeastOneMicrosecond() {
        var free = new Executor.Emulated(0.001, 0.001, 0.001, 0, 0, true);

        LatencyTable table =
                new EmulatedTimes(free).table(gpuClass(), 1, List.of(block(3, 1, 1, 1)), List.of(1), PROVENANCE);

        assertThat(table.blockMicros()).containsExactly(List.of(1L));
    }

    private static LatencyTable table(int sharesPerGpu, MeasuredBlock block) {
        return new EmulatedTimes(FACTORS).table(gpuClass(), sharesPerGpu, List.of(block), List.of(1, 2, 8), PROVENANCE);
    }

    private static GpuClass gpuClass() {
        return new GpuClass("slow", 1, 1, 1 << 30, List.of(1, 2, 4), Sharing.MPS, 1e10, Price.UNKNOWN, FACTORS);
    }

    /** A block of one convolution, one addition and one ReLU. */
    private static MeasuredBlock block(double cpuMicros, double... layerMicros) {
        return MeasuredBlock.of(List.of(layer("Conv"), layer("Add"), layer("Relu")), cpuMicros, layerMicros);
    }

    private static Layer layer(String operator) {
        return new Layer(operator, operator, OperatorKind.of(operator), 0, List.of(operator));
    }
}
