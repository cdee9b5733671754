package io.ppipe.profile;

import io.ppipe.model.ElementType;
import java.util.List;

/**
 * What a tensor takes at one batch size.
 *
 * @param sizes outermost first, none negative; empty for a scalar
 */
record Dimensions(ElementType type, List<Long> sizes) {
    Dimensions {
        sizes = List.copyOf(sizes);
    }

    long elements() {
        return Saturating.product(sizes);
    }

    long bytes() {
        return Saturating.product(elements(), type.sizeBytes());
    }

    int rank() {
        return sizes.size();
    }

    /** Returns a size by its axis, which may count from the end as in ONNX (−1 is the last); 1 where there is no such axis. */
    long size(int axis) {
        int index = axis < 0 ? axis + sizes.size() : axis;
        return index < 0 || index >= sizes.size() ? 1 : sizes.get(index);
    }

    /** Returns the product of the sizes from an axis on. */
    long elementsFrom(int axis) {
        return Saturating.product(sizes.subList(Math.min(axis, sizes.size()), sizes.size()));
    }
}
