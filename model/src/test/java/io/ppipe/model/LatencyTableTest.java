package io.ppipe.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyTableTest {
    private static final Provenance PROVENANCE = new Provenance(Provenance.Kind.MEASURED, "cpu", "ort", "");
    private static final List<List<Long>> ROWS = List.of(List.of(10L, 20L), List.of(30L, 50L), List.of(5L, 9L));

    private static LatencyTable table(LatencyTable.Run... runs) {
        return new LatencyTable("g", 1, List.of(1, 4), ROWS, PROVENANCE, List.of(runs));
    }

    private static LatencyTable.Run run(int first, int end, Long... micros) {
        return new LatencyTable.Run(first, end, List.of(micros));
    }

    @Test
    void aMeasuredRunReplacesTheSumOfJustItsBlocks() {
        LatencyTable table = table(run(0, 3, 31L, 90L));

        assertThat(table.latencyMicros(0, 3, 1)).isEqualTo(31);
        assertThat(table.latencyMicros(0, 3, 2)).isEqualTo(90); // the next larger batch size
        assertThat(table.sumMicros(0, 3, 1)).isEqualTo(45);
        assertThat(table.latencyMicros(0, 2, 1))
                .isEqualTo(40); // more than the whole: a run may be shorter than its part
        assertThat(table.latencyMicros(1, 3, 4)).isEqualTo(59);
    }

    @Test
    void timeScaleAppliesToRunsToo() {
        assertThat(table(run(0, 3, 31L, 90L)).scaled(2).latencyMicros(0, 3, 1)).isEqualTo(62);
    }

    @Test
    void withoutRunsItsTextIsWhatFingerprintsWereMadeOfBefore() {
        assertThat(table())
                .hasToString(
                        "LatencyTable[gpuClass=g, sharesPerGpu=1, batchSizes=[1, 4], blockMicros=[[10, 20], [30, 50],"
                                + " [5, 9]], provenance=" + PROVENANCE + "]");
        assertThat(table(run(0, 2, 1L, 2L)).toString()).contains("Run[firstBlock=0, endBlock=2, micros=[1, 2]]");
    }

    @Test
    void refusesRunsThatItsBlocksCannotHave() {
        assertThatThrownBy(() -> run(1, 2, 7L, 8L)).hasMessageContaining("at least two blocks");
        assertThatThrownBy(() -> run(0, 2, 0L)).hasMessageContaining("must be at least 1");
        assertThatThrownBy(() -> table(run(1, 4, 7L, 8L))).hasMessageContaining("the table has 3 blocks");
        assertThatThrownBy(() -> table(run(0, 2, 7L))).hasMessageContaining("1 latencies for 2 batch sizes");
        assertThatThrownBy(() -> table(run(0, 2, 7L, 8L), run(0, 2, 9L, 9L))).hasMessageContaining("is there twice");
    }
}
