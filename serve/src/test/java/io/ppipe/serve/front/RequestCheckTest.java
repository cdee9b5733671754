package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.ServedModel;
import io.ppipe.serve.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RequestCheckTest {
    private static final ServedModel MODEL = new ServedModel(
            "pair",
            "test",
            List.of(
                    new TensorSpec("a", ElementType.FP32, List.of(-1L, 2L)),
                    new TensorSpec("b", ElementType.INT64, List.of(-1L))),
            List.of(new TensorSpec("y", ElementType.FP32, List.of(-1L, 2L))),
            Map.of());

    @Test
    void acceptsAnyBatchThatAllInputsShare() {
        assertThat(check(a(List.of(1L, 2L), 8), b(1))).isEmpty();
        assertThat(check(b(7), a(List.of(7L, 2L), 56))).isEmpty();
    }

    @Test
    void refusesDifferentBatches() {
        assertThat(check(a(List.of(2L, 2L), 16), b(3)))
                .hasValue("Inputs \"a\" and \"b\" have batches of 2 and 3; all inputs must have the same.");
    }

    @Test
    void refusesMissingInputs() {
        assertThat(check(a(List.of(1L, 2L), 8))).hasValue("Input \"b\" is missing; model pair takes \"a\", \"b\".");
    }

    @Test
    void refusesBatchesWhoseSizeOverflows() {
        assertThat(check(a(List.of(Long.MAX_VALUE / 4, 2L), 8), b(1)).orElseThrow())
                .contains("too large");
        assertThat(check(a(List.of(1L << 61, 2L), 0), b(1)).orElseThrow()) // 2^64 bytes: 0 when it wraps
                .contains("too large");
    }

    @Test
    void keepsMessagesToOneLineOfBoundedLength() {
        var odd = new Tensor("x\ny" + "z".repeat(1000), ElementType.FP32, List.of(1L), ByteBuffer.allocate(4));

        assertThat(check(odd).orElseThrow()).doesNotContain("\n").hasSizeLessThan(250);
    }

    private static Optional<String> check(Tensor... inputs) {
        return RequestCheck.check(MODEL, new Call("pair", "", List.of(inputs), List.of(), OptionalLong.empty()));
    }

    private static Tensor a(List<Long> shape, int bytes) {
        return new Tensor("a", ElementType.FP32, shape, ByteBuffer.allocate(bytes));
    }

    private static Tensor b(int batch) {
        return new Tensor("b", ElementType.INT64, List.of((long) batch), ByteBuffer.allocate(8 * batch));
    }
}
