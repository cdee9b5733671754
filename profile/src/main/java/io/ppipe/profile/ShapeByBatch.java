package io.ppipe.profile;

import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a tensor grows with the batch: every size is {@code fixed + perRequest × batch}. So it also describes tensors into
 * whose dimensions the batch is folded, such as [batch · 196, 512], which can't cross a cut but cost time.
 */
record ShapeByBatch(ElementType type, List<Long> fixed, List<Long> perRequest) {
    ShapeByBatch {
        fixed = List.copyOf(fixed);
        perRequest = List.copyOf(perRequest);
    }

    /** Takes a shape as it is at every batch; an open dimension 0 is the batch. */
    static ShapeByBatch of(TensorSpec spec) {
        var fixed = new ArrayList<>(spec.shape());
        var perRequest = new ArrayList<Long>();
        spec.shape().forEach(size -> perRequest.add(size == -1 ? 1L : 0L));
        fixed.replaceAll(size -> size == -1 ? 0L : size);
        return new ShapeByBatch(spec.type(), fixed, perRequest);
    }

    /** Takes what grows linearly from one batch to the next larger; nothing for tensors of another kind. */
    static Optional<ShapeByBatch> between(TensorSpec first, TensorSpec second, long firstBatch) {
        if (first.type() != second.type()
                || first.shape().size() != second.shape().size()) {
            return Optional.empty();
        }
        var fixed = new ArrayList<Long>();
        var perRequest = new ArrayList<Long>();
        for (int i = 0; i < first.shape().size(); i++) {
            long slope = second.shape().get(i) - first.shape().get(i);
            if (slope < 0) {
                return Optional.empty();
            }
            perRequest.add(slope);
            fixed.add(first.shape().get(i) - slope * firstBatch);
        }
        return Optional.of(new ShapeByBatch(first.type(), fixed, perRequest));
    }

    Dimensions at(long batch) {
        var sizes = new ArrayList<Long>();
        for (int i = 0; i < fixed.size(); i++) {
            long growing = Math.min(Saturating.product(perRequest.get(i), batch), Long.MAX_VALUE / 2);
            sizes.add(Math.max(0, fixed.get(i) + growing));
        }
        return new Dimensions(type, sizes);
    }
}
