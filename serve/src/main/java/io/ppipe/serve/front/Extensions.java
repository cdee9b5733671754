package io.ppipe.serve.front;

import io.ppipe.serve.ModelRepository;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of the protocol that a server may have or not.
 *
 * @param repository answers index, load and unload
 * @param sharedMemory tensors may be in shared memory; closed by the front end
 */
public record Extensions(Optional<ModelRepository> repository, Optional<SharedMemory> sharedMemory) {
    /** None of them. */
    public static final Extensions NONE = new Extensions(Optional.empty(), Optional.empty());

    /** @throws NotEnabledException when there is none */
    SharedMemory memory() {
        return sharedMemory.orElseThrow(NotEnabledException::sharedMemory);
    }

    /** Returns the protocol's names of all extensions that work. */
    List<String> names() {
        var names = new ArrayList<>(List.of("binary_tensor_data", "model_configuration"));
        if (repository.isPresent()) {
            names.add("model_repository");
        }
        names.add("statistics");
        if (sharedMemory.isPresent()) {
            names.add("system_shared_memory");
        }
        return names;
    }
}
