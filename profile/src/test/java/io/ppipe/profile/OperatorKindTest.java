package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorKindTest {
    @ParameterizedTest
    @CsvSource({
        "Conv, CONVOLUTION",
        "ConvTranspose, CONVOLUTION",
        "Gemm, CONVOLUTION",
        "MatMul, CONVOLUTION",
        "LSTM, CONVOLUTION",
        "Relu, ACTIVATION",
        "Clip, ACTIVATION",
        "HardSwish, ACTIVATION",
        "Softmax, ACTIVATION",
        "Add, ELEMENT_WISE",
        "MaxPool, ELEMENT_WISE",
        "BatchNormalization, ELEMENT_WISE",
        "LRN, ELEMENT_WISE",
        "SomethingUnheardOf, ELEMENT_WISE",
    })
    void sortsOperatorsByWhatBoundsThem(String operator, OperatorKind kind) {
        assertThat(OperatorKind.of(operator)).isEqualTo(kind);
    }
}
