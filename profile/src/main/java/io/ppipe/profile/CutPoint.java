package io.ppipe.profile;

import io.ppipe.model.Cut;
import io.ppipe.model.TensorSpec;
import java.util.List;

/**
 * A position in a model's topological order where it may be cut.
 *
 * @param afterLayer the layer in front of the cut, from 0
 * @param tensors everything that crosses, as it travels: what later layers need of earlier layers and of the model's
 *     inputs, and the model's outputs that are already made; in the order in which they were made, inputs first
 * @param bytesPerRequest what one request sends across
 */
public record CutPoint(int afterLayer, List<TensorSpec> tensors, long bytesPerRequest) {
    public CutPoint {
        tensors = List.copyOf(tensors);
    }

    /** Returns the cut as the planner and the scheduler see it. */
    public Cut cut() {
        return new Cut(tensors, bytesPerRequest);
    }
}
