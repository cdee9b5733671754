package io.ppipe.serve;

import io.ppipe.model.BadInputException;
import java.nio.file.Path;

/** Cuts other versions of planned models where the plan cuts them. */
@FunctionalInterface
public interface VersionCutter {
    /**
     * Reads a version and checks that the plan fits it: the same inputs, outputs and boundary tensors.
     *
     * @param model index of the model in the plan
     * @return its stages, to be closed when they are loaded
     * @throws BadInputException when the file can't be read, or the plan doesn't fit it
     */
    Stages cut(int model, Path onnx);

    /** The stages of one version as files, for its own model only. */
    interface Stages extends Partitions, AutoCloseable {
        /** Deletes the files. */
        @Override
        void close();
    }
}
