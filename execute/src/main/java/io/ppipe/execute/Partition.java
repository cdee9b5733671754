package io.ppipe.execute;

import io.ppipe.model.TensorSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * Consecutive blocks of a model as an ONNX file of its own.
 *
 * @param model name of the model it was cut from
 * @param firstBlock first block
 * @param endBlock the block after the last one
 * @param onnx the file
 * @param inputs the tensors it needs, in the file's order
 * @param outputs the tensors it makes that later blocks or the client need, in the file's order
 */
public record Partition(
        String model, int firstBlock, int endBlock, Path onnx, List<TensorSpec> inputs, List<TensorSpec> outputs) {
    public Partition {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
