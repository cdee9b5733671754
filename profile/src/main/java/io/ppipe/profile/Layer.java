package io.ppipe.profile;

import java.util.List;

/**
 * One node of an ONNX graph that computes on activations. Weights, constants and shape computations are no layers.
 *
 * @param name distinct in the model; also the node's name in every file that {@link PartitionWriter} writes, so that ONNX
 *     Runtime's own profile can be matched with it
 * @param operator ONNX operator, as in {@code op_type}
 * @param weightBytes size of the constant tensors that it reads
 * @param outputs names of the tensors that it makes
 */
public record Layer(String name, String operator, OperatorKind kind, long weightBytes, List<String> outputs) {
    public Layer {
        outputs = List.copyOf(outputs);
    }
}
