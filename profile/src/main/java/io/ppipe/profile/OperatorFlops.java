package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/*
 * Counted is what the definition of the operator computes, not what an algorithm may save (Winograd, FFT). A multiply-add is
 * two operations, as in data sheets of GPUs. Comparisons count, indexing and copying don't. A function of one element (exp,
 * erf, a division) counts as one: layers of such are bound by memory, and what matters is that they are never free.
 */

/** Floating-point operations of one layer, by operator, from the sizes of its tensors. */
final class OperatorFlops {
    /** Largest, difference, exp, sum, division. */
    private static final int PER_SOFTMAX_ELEMENT = 5;

    /** Mean, difference, square, mean of it, division, scale, shift: two passes over the elements. */
    private static final int PER_NORMALISED_ELEMENT = 7;

    private static final Set<String> HAS_STATISTICS = Set.of("BatchNormalization");

    private OperatorFlops() {}

    static long of(Operands layer, LayerKind kind) {
        NodeProto node = layer.node();
        long made = layer.output().elements();
        return switch (kind) {
            case CONVOLUTION, GROUPED_CONVOLUTION, DEPTHWISE_CONVOLUTION -> convolution(layer);
            case MATRIX -> matrix(layer);
            case POOLING -> pooling(layer);
            case NORMALISATION -> normalisation(layer);
            case SOFTMAX -> Saturating.product(PER_SOFTMAX_ELEMENT, made);
            case REDUCTION -> layer.input(0).elements();
            case RESIZE -> resize(layer);
            case ACTIVATION -> made;
            case ELEMENT_WISE -> Saturating.product(made, Math.max(1, summands(node)));
            case COPY, VIEW, CONTROL -> 0;
        };
    }

    /** Groups need no care: the weights' dimension 1 is what one output element sums over, or one input goes out to. */
    private static long convolution(Operands layer) {
        long made = layer.output().elements();
        boolean transposed = layer.node().getOpType().equals("ConvTranspose");
        long each = transposed ? layer.input(0).elements() : made;
        long products = Saturating.product(2, each, layer.weights().elementsFrom(1));
        boolean biased = switch (layer.node().getOpType()) {
            case "QLinearConv" -> layer.hasInput(8);
            case "DeformConv" -> layer.hasInput(3);
            case "ConvInteger" -> false;
            default -> layer.hasInput(2);
        };
        return biased ? Saturating.sum(products, made) : products;
    }

    private static long matrix(Operands layer) {
        NodeProto node = layer.node();
        long made = layer.output().elements();
        return switch (node.getOpType()) {
            case "Gemm", "FusedGemm" -> {
                long inner = layer.input(0).size(Attributes.integer(node, "transA", 0) == 0 ? 1 : 0);
                long products = Saturating.product(2, made, inner);
                yield layer.hasInput(2) ? Saturating.sum(products, made) : products;
            }
            case "FusedMatMul" ->
                Saturating.product(2, made, layer.input(0).size(Attributes.integer(node, "transA", 0) == 0 ? -1 : -2));
            case "Einsum" -> einsum(layer);
            case "Attention" -> {
                long keys = layer.input(1).size(-2);
                yield Saturating.product(2, keys, Saturating.sum(layer.input(0).elements(), made));
            }
            case "LSTM", "GRU", "RNN" -> recurrent(layer);
            default -> Saturating.product(2, made, layer.input(0).size(-1));
        };
    }

    /** The input is [steps, batch, features], or [batch, steps, features]; the weights hold all gates and directions. */
    private static long recurrent(Operands layer) {
        long steps = Saturating.product(layer.input(0).size(0), layer.input(0).size(1));
        long weights = Saturating.sum(layer.input(1).elements(), layer.input(2).elements());
        return Saturating.product(2, steps, weights);
    }

    /** A product over all letters that occur; an ellipsis is taken for the dimensions of the output that no letter names. */
    private static long einsum(Operands layer) {
        String equation = Attributes.text(layer.node(), "equation", "").replace(" ", "");
        String[] terms = equation.split("->", 2)[0].split(",", -1);
        Map<Character, Long> sizes = new HashMap<>();
        long others = 1;
        for (int i = 0; i < terms.length; i++) {
            int ellipsis = terms[i].indexOf("...");
            String letters = terms[i].replace(".", "");
            Dimensions operand = layer.input(i);
            int named = ellipsis < 0 ? letters.length() : ellipsis;
            for (int axis = 0; axis < letters.length(); axis++) {
                int place = axis < named ? axis : axis - letters.length();
                sizes.merge(letters.charAt(axis), operand.size(place), Math::max);
            }
            long own = 1;
            for (int axis = named; axis < operand.rank() - (letters.length() - named); axis++) {
                own = Saturating.product(own, operand.size(axis));
            }
            others = Math.max(others, own);
        }
        long all = others;
        for (long size : sizes.values()) {
            all = Saturating.product(all, size);
        }
        return Saturating.product(Math.max(1, terms.length), all);
    }

    private static long pooling(Operands layer) {
        String operator = layer.node().getOpType();
        if (operator.startsWith("Global") || operator.equals("MaxRoiPool")) {
            return layer.input(0).elements();
        }
        return Saturating.product(
                layer.output().elements(), Saturating.product(Attributes.integers(layer.node(), "kernel_shape")));
    }

    private static long normalisation(Operands layer) {
        long elements = layer.output().elements();
        String operator = layer.node().getOpType();
        if (HAS_STATISTICS.contains(operator)) {
            return Saturating.product(2, elements);
        }
        if (operator.equals("LRN")) {
            long neighbours = Math.max(1, Attributes.integer(layer.node(), "size", 1));
            return Saturating.product(elements, Saturating.sum(3, Saturating.product(2, neighbours)));
        }
        return Saturating.product(PER_NORMALISED_ELEMENT, elements);
    }

    /** A linear one weighs two neighbours along each scaled axis, a cubic one four. */
    private static long resize(Operands layer) {
        boolean sampled = layer.node().getOpType().equals("GridSample");
        String mode = Attributes.text(layer.node(), "mode", sampled ? "linear" : "nearest");
        long neighbours = mode.contains("linear") || mode.equals("avg") ? 2 : mode.contains("cubic") ? 4 : 0;
        long weighed = 1;
        for (int axis = 0; axis < layer.output().rank(); axis++) {
            if (layer.output().size(axis) != layer.input(0).size(axis)) {
                weighed = Saturating.product(weighed, neighbours);
            }
        }
        return weighed <= 1 ? 0 : Saturating.product(2, weighed, layer.output().elements());
    }

    /** Sum, Mean, Max and Min take any number of tensors. */
    private static int summands(NodeProto node) {
        return switch (node.getOpType()) {
            case "Sum", "Mean", "Max", "Min" -> node.getInputCount() - 1;
            default -> 1;
        };
    }
}
