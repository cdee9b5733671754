package io.ppipe.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of {@code ppipe bench estimate} that need no published figures. */
class EstimateBenchTest {
    @Test
    void ranksCorrelateWhateverTheValues() {
        assertThat(Ranks.correlation(List.of(1.0, 2.0, 30.0), List.of(0.1, 5.0, 6.0)))
                .isEqualTo(1, within(1e-12));
        assertThat(Ranks.correlation(List.of(1.0, 2.0, 3.0), List.of(9.0, 5.0, 1.0)))
                .isEqualTo(-1, within(1e-12));
        assertThat(Ranks.correlation(List.of(1.0, 1.0, 2.0), List.of(1.0, 1.0, 2.0)))
                .isEqualTo(1, within(1e-12));
        assertThat(Ranks.correlation(List.of(1.0, 1.0), List.of(1.0, 2.0))).isZero();
    }

    @Test
    void solvesLeastSquares() {
        var equations = new NormalEquations(2);
        double[][] slopes = {{1, 1, 1}, {0, 1, 2}};
        for (int row = 0; row < 3; row++) {
            equations.add(new int[] {0, 1}, slopes, row, -(3 + 2 * row), 1);
        }

        assertThat(equations.moved(new double[] {10, 20}, 0)).containsExactly(new double[] {13, 22}, within(1e-9));
    }

    @Test
    void needsAFolderWithModelsOfTheZoo(@TempDir Path folder) {
        Ended ended = Ended.of(List.of("estimate", "--reference", folder.toString()));

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("leaving one out needs two");
    }
}
