package io.ppipe.zoo;

import io.ppipe.model.ElementType;
import java.util.List;

/**
 * A tensor of a network that is being built.
 *
 * @param shape without the batch: {@code [channels][height][width]} for images
 */
record Value(String name, ElementType type, List<Integer> shape) {
    Value {
        shape = List.copyOf(shape);
    }

    Value(String name, List<Integer> shape) {
        this(name, ElementType.FP32, shape);
    }

    int dimension(int index) {
        return shape.get(index < 0 ? shape.size() + index : index);
    }

    int channels() {
        return dimension(0);
    }

    int height() {
        return dimension(1);
    }

    int width() {
        return dimension(2);
    }

    /** Returns how many elements there are per request. */
    int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
