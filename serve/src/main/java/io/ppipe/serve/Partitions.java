package io.ppipe.serve;

import io.ppipe.execute.Partition;

/** Where the server gets the stages' ONNX files from. */
@FunctionalInterface
public interface Partitions {
    /**
     * Returns the partition that runs the blocks {@code [firstBlock, endBlock)}.
     *
     * @param model index of the model in the plan
     */
    Partition of(int model, int firstBlock, int endBlock);
}
