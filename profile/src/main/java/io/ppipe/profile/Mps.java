package io.ppipe.profile;

import io.ppipe.model.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** NVIDIA's Multi-Process Service, by which processes get parts of a GPU's multiprocessors. */
final class Mps {
    private static final String PIPE = "CUDA_MPS_PIPE_DIRECTORY";
    private static final String DEFAULT_PIPE = "/tmp/nvidia-mps";

    private Mps() {}

    /**
     * Returns the environment of a process that gets one of m equal shares.
     *
     * @throws BadInputException when the daemon doesn't run: processes would then take turns with the whole GPU, and say
     *     nothing of it
     */
    static Map<String, String> environment(int shares) {
        return environment(shares, Path.of(System.getenv().getOrDefault(PIPE, DEFAULT_PIPE)));
    }

    static Map<String, String> environment(int shares, Path pipes) {
        if (!Files.exists(pipes.resolve("control"))) {
            throw new BadInputException(
                    "Shares of a GPU need NVIDIA's MPS, whose daemon does not run (no %s). Start it with `nvidia-cuda-mps-control -d`, under the same user and %s."
                            .formatted(pipes.resolve("control"), PIPE));
        }
        // Rounded down: shares that sum to more than the GPU would overlap.
        return Map.of("CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", Integer.toString(100 / shares), PIPE, pipes.toString());
    }
}
