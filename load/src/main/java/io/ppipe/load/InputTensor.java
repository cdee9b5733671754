package io.ppipe.load;

import io.ppipe.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One input of a request.
 *
 * @param data the elements in row-major order, little-endian; every call returns a new read-only view
 */
public record InputTensor(String name, ElementType type, List<Long> shape, ByteBuffer data) {
    public InputTensor {
        shape = List.copyOf(shape);
        data = data.asReadOnlyBuffer();
        long bytes = type.sizeBytes();
        for (long dimension : shape) {
            bytes = Math.multiplyExact(bytes, dimension);
        }
        if (type != ElementType.BYTES && data.remaining() != bytes) {
            throw new IllegalArgumentException("Tensor %s: %s%s takes %d bytes, but %d were given."
                    .formatted(name, type, shape, bytes, data.remaining()));
        }
    }

    @Override
    public ByteBuffer data() {
        return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
