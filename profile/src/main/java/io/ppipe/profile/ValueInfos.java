package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Inputs and outputs as ONNX files declare them. */
final class ValueInfos {
    /** The first version of the format in which weights need not be listed among the inputs. */
    static final int IR_VERSION = 4;

    /** What a buffer of one tensor can hold. */
    private static final long MAX_BYTES = Integer.MAX_VALUE;

    private ValueInfos() {}

    static ValueInfoProto of(TensorSpec spec) {
        return of(spec.name(), OnnxTypes.number(spec.type()), spec.shape());
    }

    /** @param type as ONNX files number them */
    static ValueInfoProto of(String name, int type, List<Long> dimensions) {
        var shape = TensorShapeProto.newBuilder();
        for (long dimension : dimensions) {
            shape.addDim(
                    dimension == -1
                            ? Dimension.newBuilder().setDimParam("batch")
                            : Dimension.newBuilder().setDimValue(dimension));
        }
        var tensor = TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** Returns what an input looks like; dimension 0 is −1 where the file leaves it open. */
    static TensorSpec input(OnnxFile file, ValueInfoProto value) {
        String name = value.getName();
        var declared = value.getType().getTensorType();
        ElementType type = OnnxTypes.of(declared.getElemType())
                .filter(OnnxTypes::travels)
                .orElseThrow(() -> file.bad(
                        "input %s is no tensor of a supported type (floats, signed integers, uint8, bool). Cast or split it in the model."
                                .formatted(name)));
        if (!declared.hasShape()) {
            throw file.bad("input %s has no shape. Give it one when exporting the model.".formatted(name));
        }
        List<Long> shape = shape(value, -1);
        for (int i = 1; i < shape.size(); i++) {
            if (shape.get(i) < 1) {
                throw file.bad(
                        "dimension %d of input %s is left open; only dimension 0 (the batch) may be. Fix it: python -m onnxruntime.tools.make_dynamic_shape_fixed --input_name %s --input_shape D0,D1,... IN OUT."
                                .formatted(i, name, name));
            }
        }
        var input = new TensorSpec(name, type, shape);
        long bytes = ShapeByBatch.of(input).at(1).bytes();
        if (bytes > MAX_BYTES) {
            throw file.bad("input %s of shape %s takes more than %d bytes, the most that can be sent."
                    .formatted(name, shape, MAX_BYTES));
        }
        return input;
    }

    /**
     * Returns what the file says of an output, for shapes that can't be inferred; nothing when it leaves more than
     * dimension 0 open.
     *
     * @param batch what stands for an open dimension 0
     */
    static Optional<TensorSpec> declared(ValueInfoProto output, long batch) {
        var declared = output.getType().getTensorType();
        List<Long> shape = shape(output, batch);
        boolean known = declared.hasShape() && shape.stream().skip(1).allMatch(dimension -> dimension >= 1);
        return known
                ? OnnxTypes.of(declared.getElemType()).map(type -> new TensorSpec(output.getName(), type, shape))
                : Optional.empty();
    }

    private static List<Long> shape(ValueInfoProto value, long batch) {
        var shape = new ArrayList<Long>();
        for (Dimension dimension : value.getType().getTensorType().getShape().getDimList()) {
            boolean open = dimension.getDimValue() < 1;
            shape.add(open && shape.isEmpty() ? batch : open ? -1 : dimension.getDimValue());
        }
        return shape;
    }
}
