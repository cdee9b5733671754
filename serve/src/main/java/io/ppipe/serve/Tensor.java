package io.ppipe.serve;

import io.ppipe.model.ElementType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A tensor of a request or an answer.
 *
 * @param shape dimensions, outermost first, the batch included
 * @param data the elements in row-major order, little-endian, from position to limit
 */
public record Tensor(String name, ElementType type, List<Long> shape, ByteBuffer data) {
    public Tensor {
        shape = List.copyOf(shape);
    }
}
