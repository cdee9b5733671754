package io.ppipe.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.execute.Partition;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelinePathTest {
    private static final TensorSpec INPUT = tensor("input");
    private static final TensorSpec MASK = tensor("mask");
    private static final TensorSpec SKIP = tensor("skip");
    private static final TensorSpec MIDDLE = tensor("middle");
    private static final TensorSpec EARLY = tensor("early");
    private static final TensorSpec OUTPUT = tensor("output");

    /** The mask and the skip connection pass by the middle stage; "early" is an output of the model made in stage 0. */
    private static final PipelinePath PATH = new PipelinePath(
            List.of(
                    partition(List.of(INPUT), List.of(SKIP, EARLY)),
                    partition(List.of(SKIP), List.of(MIDDLE)),
                    partition(List.of(MIDDLE, SKIP, MASK), List.of(OUTPUT))),
            List.of(INPUT, MASK),
            List.of(OUTPUT, EARLY),
            4);

    private static TensorSpec tensor(String name) {
        return new TensorSpec(name, ElementType.FP32, List.of(-1L, 3L));
    }

    private static Partition partition(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        return new Partition("m", 0, 1, Path.of("none.onnx"), inputs, outputs);
    }

    @Test
    void whatPassesByCrossesToo() {
        assertThat(PATH.crossing(0)).containsExactly(MASK, SKIP, EARLY);
        assertThat(PATH.crossing(1)).containsExactly(MASK, SKIP, EARLY, MIDDLE);
    }

    @Test
    void aTensorIsFinishedAfterTheLastStageThatNeedsIt() {
        assertThat(PATH.finished("input", 0)).isTrue();
        assertThat(PATH.finished("skip", 1)).isFalse();
        assertThat(PATH.finished("skip", 2)).isTrue();
        assertThat(PATH.finished("early", 2)).isFalse();
    }

    @Test
    void buffersHoldAFullBatch() {
        assertThat(PATH.capacity(INPUT)).isEqualTo(4 * 3 * 4);
    }
}
