package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.ppipe.model.ElementType;
import java.util.List;
import java.util.Optional;

/**
 * A node with the sizes of its tensors, in the node's order; nothing for what is left out or isn't known before running.
 */
record Operands(NodeProto node, List<Optional<Dimensions>> inputs, List<Optional<Dimensions>> outputs) {
    private static final Dimensions NOTHING = new Dimensions(ElementType.FP32, List.of(0L));

    Operands {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Returns an input; one of no elements where it isn't known. */
    Dimensions input(int index) {
        return index < inputs.size() ? inputs.get(index).orElse(NOTHING) : NOTHING;
    }

    /** Returns the first output; one of no elements where it isn't known. */
    Dimensions output() {
        return outputs.isEmpty() ? NOTHING : outputs.getFirst().orElse(NOTHING);
    }

    boolean hasInput(int index) {
        return index < node.getInputCount() && !node.getInput(index).isEmpty();
    }

    /** Returns what a convolution convolves with. */
    Dimensions weights() {
        return input(node.getOpType().equals("QLinearConv") ? 3 : 1);
    }
}
