package io.ppipe.profile;

import java.util.Set;

/** What bounds an operator's speed, and so how much slower it is on a slower GPU class. */
public enum OperatorKind {
    /** Convolution and matrix work: bound by arithmetic. */
    CONVOLUTION,
    /** Everything else, bound by memory: arithmetic on elements, pooling, normalisation, copies. */
    ELEMENT_WISE,
    /** Activation functions. */
    ACTIVATION;

    private static final Set<String> CONVOLUTIONS = Set.of(
            "Conv",
            "ConvTranspose",
            "ConvInteger",
            "QLinearConv",
            "DeformConv",
            "Gemm",
            "MatMul",
            "MatMulInteger",
            "QLinearMatMul",
            "Einsum",
            "Attention",
            "LSTM",
            "GRU",
            "RNN");

    private static final Set<String> ACTIVATIONS = Set.of(
            "Relu",
            "LeakyRelu",
            "PRelu",
            "ThresholdedRelu",
            "Clip",
            "Elu",
            "Selu",
            "Celu",
            "Gelu",
            "Mish",
            "Swish",
            "HardSwish",
            "Sigmoid",
            "HardSigmoid",
            "Tanh",
            "Erf",
            "Softplus",
            "Softsign",
            "Softmax",
            "LogSoftmax",
            "Hardmax");

    /**
     * Returns the kind of an operator.
     *
     * @param operator the ONNX operator, as in {@code op_type}; unknown ones count as memory-bound
     */
    public static OperatorKind of(String operator) {
        if (CONVOLUTIONS.contains(operator)) {
            return CONVOLUTION;
        }
        return ACTIVATIONS.contains(operator) ? ACTIVATION : ELEMENT_WISE;
    }
}
