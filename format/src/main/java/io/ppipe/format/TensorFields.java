package io.ppipe.format;

import io.ppipe.model.TensorSpec;

/** Tensors as profiles write them. */
final class TensorFields {
    static final Shape SHAPE = Shape.of("a tensor", "name", "type", "shape");

    private TensorFields() {}

    static TensorSpec read(Fields fields) {
        return fields.build(() -> new TensorSpec(
                fields.text("name"), fields.choice("type", Words.ELEMENT_TYPES), fields.wholeLongs("shape")));
    }

    static NodeBuilder node(TensorSpec tensor) {
        return new NodeBuilder()
                .text("name", tensor.name())
                .text("type", Words.of(Words.ELEMENT_TYPES, tensor.type()))
                .wholes("shape", tensor.shape());
    }
}
