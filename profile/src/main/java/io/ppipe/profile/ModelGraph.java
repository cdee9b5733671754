package io.ppipe.profile;

import io.ppipe.model.BoundaryType;
import io.ppipe.model.TensorSpec;
import java.nio.file.Path;
import java.util.List;

/** An ONNX model as layers in topological order, with every position where it may be cut. */
public final class ModelGraph {
    private ModelGraph() {}

    /**
     * Reads and analyses a model.
     *
     * @throws io.ppipe.model.BadInputException when the file is no ONNX model, or one that ppipe can't serve
     */
    public static ModelGraph read(Path onnx) {
        throw new IllegalStateException(onnx.toString());
    }

    /** Returns the SHA-256 of the file, hexadecimal. */
    public String sha256() {
        return "";
    }

    /** Returns the model's inputs, initialisers left out. */
    public List<TensorSpec> inputs() {
        return List.of();
    }

    /** Returns the model's outputs. */
    public List<TensorSpec> outputs() {
        return List.of();
    }

    /** Returns whether the model takes any batch size: dimension 0 of every input and output is −1. */
    public boolean dynamicBatch() {
        return false;
    }

    /** Returns the layers in topological order; at least one. */
    public List<Layer> layers() {
        return List.of();
    }

    /** Returns every position where the model may be cut, in order; may be empty. */
    public List<CutPoint> cutPoints(BoundaryType boundary) {
        return List.of();
    }

    /** Returns what a user should know about how the model was read (no valid cut, batch fixed at 1), or "". */
    public String note() {
        return "";
    }
}
