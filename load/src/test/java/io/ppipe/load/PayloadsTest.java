package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class PayloadsTest {
    @Test
    void floatsLieBetweenZeroAndOneAndDifferBetweenPayloads() {
        List<Payload> payloads = random(ElementType.FP32, 7);

        assertThat(payloads).hasSize(3);
        InputTensor input = payloads.getFirst().inputs().getFirst();
        assertThat(input.shape()).containsExactly(1L, 5L);
        for (ByteBuffer data = input.data(); data.hasRemaining(); ) {
            assertThat(data.getFloat()).isGreaterThanOrEqualTo(0).isLessThan(1);
        }
        assertThat(payloads.get(1)).isNotEqualTo(payloads.getFirst());
        assertThat(random(ElementType.FP32, 7)).isEqualTo(payloads);
        assertThat(random(ElementType.FP32, 8)).isNotEqualTo(payloads);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "BYTES")
    void everyTypeOfFixedSizeIsFilled(ElementType type) {
        assertThat(random(type, 1).getLast().inputs().getFirst().data().remaining())
                .isEqualTo(5 * type.sizeBytes());
    }

    @Test
    void stringsAreRefused() {
        assertThatThrownBy(() -> random(ElementType.BYTES, 1))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("BYTES");
    }

    @Test
    void dataIsAFreshReadOnlyViewEachTime() {
        InputTensor input = random(ElementType.INT32, 1).getFirst().inputs().getFirst();
        input.data().getInt();

        assertThat(input.data().remaining()).isEqualTo(20);
        assertThat(input.data().isReadOnly()).isTrue();
    }

    @Test
    void dataThatDoesNotFitTheShapeIsRefused() {
        assertThatThrownBy(() -> new InputTensor("x", ElementType.FP32, List.of(2L), ByteBuffer.allocate(7)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes 8 bytes, but 7");
    }

    private static List<Payload> random(ElementType type, long seed) {
        return Payloads.random(List.of(new TensorSpec("x", type, List.of(-1L, 5L))), 3, seed);
    }
}
