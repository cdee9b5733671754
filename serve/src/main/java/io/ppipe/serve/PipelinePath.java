package io.ppipe.serve;

import io.ppipe.execute.Partition;
import io.ppipe.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One pipeline as tensors see it: which stage makes a tensor, which needs it last, so that its buffer can be used again.
 */
final class PipelinePath {
    private final List<Partition> stages;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final Map<String, Integer> lastStage = new HashMap<>();
    private final int batchSize;

    /**
     * @param inputs the model's inputs
     * @param outputs the model's outputs
     * @param batchSize the pipeline's planned batch size: buffers are made for it
     */
    PipelinePath(List<Partition> stages, List<TensorSpec> inputs, List<TensorSpec> outputs, int batchSize) {
        this.stages = List.copyOf(stages);
        this.inputs = List.copyOf(inputs);
        this.outputs = List.copyOf(outputs);
        this.batchSize = batchSize;
        for (int stage = 0; stage < stages.size(); stage++) {
            for (TensorSpec input : stages.get(stage).inputs()) {
                lastStage.put(input.name(), stage);
            }
        }
        outputs.forEach(output -> lastStage.put(output.name(), stages.size()));
    }

    Partition stage(int stage) {
        return stages.get(stage);
    }

    int stageCount() {
        return stages.size();
    }

    List<TensorSpec> inputs() {
        return inputs;
    }

    List<TensorSpec> outputs() {
        return outputs;
    }

    /** Returns the capacity of the buffer that holds a full batch of a tensor. */
    int capacity(TensorSpec tensor) {
        return Math.toIntExact(Math.multiplyExact(tensor.bytesPerRequest(), (long) batchSize));
    }

    /** Returns whether a tensor is of no use once {@code stage} has run. */
    boolean finished(String tensor, int stage) {
        return lastStage.getOrDefault(tensor, -1) <= stage;
    }

    /** Returns the tensors that cross the cut behind a stage, those that merely pass by included. */
    List<TensorSpec> crossing(int stage) {
        var crossing = new ArrayList<TensorSpec>();
        for (TensorSpec input : inputs) {
            if (!finished(input.name(), stage)) {
                crossing.add(input);
            }
        }
        for (int maker = 0; maker <= stage; maker++) {
            for (TensorSpec output : stages.get(maker).outputs()) {
                if (!finished(output.name(), stage)) {
                    crossing.add(output);
                }
            }
        }
        return crossing;
    }
}
