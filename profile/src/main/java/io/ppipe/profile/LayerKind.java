package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.Set;

/** What a layer does with its tensors: layers of one kind reach a similar part of a device's peak rates. */
public enum LayerKind {
    /** Convolution of all channels with all filters, transposed ones included. */
    CONVOLUTION,
    /** Convolution in groups of several channels each. */
    GROUPED_CONVOLUTION,
    /** Convolution of every channel with filters of its own. */
    DEPTHWISE_CONVOLUTION,
    /** Matrix products: dense layers, attention, recurrent cells. */
    MATRIX,
    POOLING,
    /** Batch, instance, layer and group normalisation, and the local one across channels. */
    NORMALISATION,
    /** Sums, means, extremes along axes, and their positions. */
    REDUCTION,
    SOFTMAX,
    RESIZE,
    ACTIVATION,
    /** Arithmetic, comparisons and casts, element by element; also every operator that isn't known. */
    ELEMENT_WISE,
    /** Moves elements without computing: transpositions, concatenations, slices. */
    COPY,
    /** Gives the same elements another shape: moves nothing. */
    VIEW,
    /** Holds graphs of its own: If, Loop, Scan. What these cost isn't known before running. */
    CONTROL;

    private static final Set<String> CONVOLUTIONS =
            Set.of("Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "DeformConv", "FusedConv");

    private static final Set<String> MATRICES = Set.of(
            "Gemm",
            "FusedGemm",
            "MatMul",
            "FusedMatMul",
            "MatMulInteger",
            "QLinearMatMul",
            "Einsum",
            "Attention",
            "LSTM",
            "GRU",
            "RNN");

    private static final Set<String> POOLINGS = Set.of(
            "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool", "MaxRoiPool");

    private static final Set<String> NORMALISATIONS = Set.of(
            "BatchNormalization",
            "InstanceNormalization",
            "LayerNormalization",
            "GroupNormalization",
            "RMSNormalization",
            "MeanVarianceNormalization",
            "LpNormalization",
            "LRN");

    private static final Set<String> COPIES = Set.of(
            "Transpose",
            "Concat",
            "Split",
            "Slice",
            "Gather",
            "GatherElements",
            "GatherND",
            "ScatterElements",
            "ScatterND",
            "Pad",
            "Expand",
            "Tile",
            "DepthToSpace",
            "SpaceToDepth",
            "ReverseSequence",
            "Compress",
            "CenterCropPad");

    private static final Set<String> VIEWS =
            Set.of("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout");

    private static final Set<String> CONTROLS = Set.of("If", "Loop", "Scan");

    /**
     * Returns the kind of a node.
     *
     * @param weights dimensions of what a convolution convolves with: [filters, channels per group, …], for a transposed one
     *     [channels, filters per group, …]
     */
    static LayerKind of(NodeProto node, Dimensions weights) {
        String operator = node.getOpType();
        if (CONVOLUTIONS.contains(operator)) {
            return convolution(node, weights);
        }
        return of(operator);
    }

    /** Returns the kind of an operator, as in {@code op_type}; convolutions are taken for ungrouped ones. */
    static LayerKind of(String operator) {
        if (CONVOLUTIONS.contains(operator)) {
            return CONVOLUTION;
        } else if (MATRICES.contains(operator)) {
            return MATRIX;
        } else if (POOLINGS.contains(operator)) {
            return POOLING;
        } else if (NORMALISATIONS.contains(operator)) {
            return NORMALISATION;
        } else if (operator.endsWith("Softmax") || operator.equals("Hardmax")) {
            return SOFTMAX;
        } else if (operator.startsWith("Reduce")
                || Set.of("ArgMax", "ArgMin", "CumSum", "TopK").contains(operator)) {
            return REDUCTION;
        } else if (Set.of("Resize", "Upsample", "GridSample", "RoiAlign").contains(operator)) {
            return RESIZE;
        } else if (COPIES.contains(operator)) {
            return COPY;
        } else if (VIEWS.contains(operator)) {
            return VIEW;
        } else if (CONTROLS.contains(operator)) {
            return CONTROL;
        }
        return OperatorKind.of(operator) == OperatorKind.ACTIVATION ? ACTIVATION : ELEMENT_WISE;
    }

    private static LayerKind convolution(NodeProto node, Dimensions weights) {
        long groups = Attributes.integer(node, "group", 1);
        boolean transposed = node.getOpType().equals("ConvTranspose");
        long channels = transposed ? weights.size(0) : Saturating.product(groups, weights.size(1));
        if (groups <= 1) {
            return CONVOLUTION;
        }
        return groups == channels ? DEPTHWISE_CONVOLUTION : GROUPED_CONVOLUTION;
    }
}
