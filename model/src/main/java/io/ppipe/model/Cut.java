package io.ppipe.model;

import java.util.List;

/**
 * A place between two blocks where a model may be split, with what crosses it: also tensors that merely pass by, made
 * before the block in front of the cut or needed only after the block behind it.
 *
 * @param tensors the boundary tensors as they travel; empty when only the bytes are known (imported profiles)
 * @param bytesPerRequest bytes that one request sends across
 */
public record Cut(List<TensorSpec> tensors, long bytesPerRequest) {
    public Cut {
        tensors = List.copyOf(tensors);
        Checks.atLeast("Cut: bytes_per_request", bytesPerRequest, 0);
    }
}
