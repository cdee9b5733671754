package io.ppipe.serve.front;

import io.ppipe.serve.ModelRepository;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of the protocol that a server may have or not.
 *
 * @param repository answers index, load and unload
 */
public record Extensions(Optional<ModelRepository> repository) {
    /** None of them. */
    public static final Extensions NONE = new Extensions(Optional.empty());

    /** Returns the protocol's names of all extensions that work. */
    List<String> names() {
        var names = new ArrayList<>(List.of("binary_tensor_data", "model_configuration"));
        if (repository.isPresent()) {
            names.add("model_repository");
        }
        names.add("statistics");
        return names;
    }
}
