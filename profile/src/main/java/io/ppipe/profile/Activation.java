package io.ppipe.profile;

import io.ppipe.model.TensorSpec;
import java.util.List;
import java.util.Optional;

/**
 * What goes from layer to layer.
 *
 * @param spec nothing where its shape isn't known before running, or has the batch elsewhere than in dimension 0
 * @param maker the layer that makes it; −1 for the model's inputs
 * @param readers the layers that read it, ascending
 * @param output whether it is an output of the model
 */
public record Activation(String name, Optional<TensorSpec> spec, int maker, List<Integer> readers, boolean output) {
    public Activation {
        readers = List.copyOf(readers);
    }
}
