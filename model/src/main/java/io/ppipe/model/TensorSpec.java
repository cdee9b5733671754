package io.ppipe.model;

import java.util.List;

/**
 * What a tensor looks like: name, element type and shape.
 *
 * @param shape dimensions, outermost first; dimension 0 is the batch and is −1 where a model accepts any batch.
 *     Every other dimension is at least 1 (0 is not allowed: ppipe needs to know the size of one request).
 */
public record TensorSpec(String name, ElementType type, List<Long> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
        for (int i = 0; i < shape.size(); i++) {
            long dimension = shape.get(i);
            if (dimension < 1 && !(i == 0 && dimension == -1)) {
                throw new IllegalArgumentException(
                        "Tensor %s: dimension %d (%d) must be at least 1; only dimension 0 may be -1 (any batch)."
                                .formatted(name, i, dimension));
            }
        }
    }

    /** Returns whether dimension 0 takes any batch size. */
    public boolean batched() {
        return !shape.isEmpty() && shape.getFirst() == -1;
    }

    /** Returns the number of elements of one request: the product of all dimensions, a batch of −1 counted as 1. */
    public long elementsPerRequest() {
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, Math.max(1, dimension));
        }
        return elements;
    }

    /** Returns the size of one request of this tensor in bytes; 0 for {@link ElementType#BYTES}. */
    public long bytesPerRequest() {
        return Math.multiplyExact(elementsPerRequest(), type.sizeBytes());
    }
}
