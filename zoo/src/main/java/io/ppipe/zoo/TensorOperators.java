package io.ppipe.zoo;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.ppipe.model.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Operators on elements and shapes. Axes are counted with the batch, as ONNX does: axis 1 is the first dimension of {@link
 * Value#shape}.
 */
abstract class TensorOperators extends GraphBuilder {
    TensorOperators(String name) {
        super(name);
    }

    final Value relu(Value x) {
        return elementwise("Relu", x);
    }

    final Value sigmoid(Value x) {
        return elementwise("Sigmoid", x);
    }

    /** x · sigmoid(x), as two layers: ONNX has no operator for it before opset 24. */
    final Value silu(Value x) {
        return multiply(x, sigmoid(x));
    }

    /** Of kind "Erf", "Sqrt", "Exp" and the like: one input, same shape. */
    final Value elementwise(String operator, Value x) {
        return node(operator, List.of(x.name()), x.shape());
    }

    final Value clip(Value x, double least, double most) {
        return node("Clip", List.of(x.name(), scalar(least), scalar(most)), x.shape());
    }

    final Value cast(Value x) {
        return node("Cast", List.of(x.name()), x.shape(), attribute("to", number(ElementType.FP32)));
    }

    final Value softmax(Value x, int axis) {
        return node("Softmax", List.of(x.name()), x.shape(), attribute("axis", axis));
    }

    final Value add(Value x, Value y) {
        return binary("Add", x, y);
    }

    final Value subtract(Value x, Value y) {
        return binary("Sub", x, y);
    }

    final Value multiply(Value x, Value y) {
        return binary("Mul", x, y);
    }

    final Value binary(String operator, Value x, Value y) {
        return node(operator, List.of(x.name(), y.name()), broadcast(x, y));
    }

    /** With a scalar on the right, or with weights that {@code x} has the shape of when broadcast. */
    final Value binary(String operator, Value x, String constant) {
        return node(operator, List.of(x.name(), constant), x.shape());
    }

    /** The same with the constant on the left. */
    final Value binary(String operator, String constant, Value x) {
        return node(operator, List.of(constant, x.name()), x.shape());
    }

    private static List<Integer> broadcast(Value x, Value y) {
        int rank = Math.max(x.shape().size(), y.shape().size());
        if (x.shape().size() != y.shape().size()) {
            throw new IllegalArgumentException("%s and %s differ in rank.".formatted(x, y));
        }
        return IntStream.range(0, rank)
                .map(i -> {
                    if (x.dimension(i) != y.dimension(i) && x.dimension(i) != 1 && y.dimension(i) != 1) {
                        throw new IllegalArgumentException("%s and %s don't fit together.".formatted(x, y));
                    }
                    return Math.max(x.dimension(i), y.dimension(i));
                })
                .boxed()
                .toList();
    }

    final Value concat(int axis, List<Value> parts) {
        var shape = new ArrayList<>(parts.getFirst().shape());
        shape.set(
                axis - 1,
                parts.stream().mapToInt(part -> part.dimension(axis - 1)).sum());
        return node("Concat", parts.stream().map(Value::name).toList(), shape, attribute("axis", axis));
    }

    final Value reshape(Value x, Integer... shape) {
        var to = new Value(x.name(), List.of(shape));
        if (to.size() != x.size()) {
            throw new IllegalArgumentException("%s has not as many elements as %s.".formatted(x, to.shape()));
        }
        long[] dimensions = new long[shape.length + 1];
        for (int i = 0; i < shape.length; i++) {
            dimensions[i + 1] = shape[i];
        }
        return node("Reshape", List.of(x.name(), integers(dimensions)), to.shape());
    }

    final Value flatten(Value x) {
        return node("Flatten", List.of(x.name()), List.of(x.size()));
    }

    /** @param order axes as they stand afterwards, without the batch, which stays in front */
    final Value transpose(Value x, int... order) {
        long[] axes = new long[order.length + 1];
        var shape = new ArrayList<Integer>();
        for (int i = 0; i < order.length; i++) {
            axes[i + 1] = order[i];
            shape.add(x.dimension(order[i] - 1));
        }
        return node("Transpose", List.of(x.name()), shape, attributes("perm", axes));
    }

    final Value unsqueeze(Value x, int axis) {
        var shape = new ArrayList<>(x.shape());
        shape.add(axis - 1, 1);
        return node("Unsqueeze", nextName("Unsqueeze"), List.of(x.name(), integers(axis)), x.type(), shape);
    }

    /** Repeats elements along dimensions of 1. */
    final Value expand(Value x, int axis, int count) {
        var shape = new ArrayList<>(x.shape());
        shape.set(axis - 1, count);
        long[] to = new long[shape.size() + 1];
        Arrays.fill(to, 1);
        to[axis] = count;
        return node("Expand", List.of(x.name(), integers(to)), shape);
    }

    final Value reduceMean(Value x, boolean keep, int axis) {
        return node("ReduceMean", List.of(x.name()), reduced(x, keep, axis), attributes("axes", axis), keepdims(keep));
    }

    final Value reduceSum(Value x, int axis) {
        return node("ReduceSum", List.of(x.name(), integers(axis)), reduced(x, false, axis), keepdims(false));
    }

    final Value reduceMax(Value x, int axis) {
        return node("ReduceMax", List.of(x.name()), reduced(x, false, axis), attributes("axes", axis), keepdims(false));
    }

    final Value argMax(Value x, int axis) {
        return node(
                "ArgMax",
                nextName("ArgMax"),
                List.of(x.name()),
                ElementType.INT64,
                reduced(x, true, axis),
                attribute("axis", axis),
                keepdims(true));
    }

    private static AttributeProto keepdims(boolean keep) {
        return attribute("keepdims", keep ? 1 : 0);
    }

    private static List<Integer> reduced(Value x, boolean keep, int axis) {
        var shape = new ArrayList<>(x.shape());
        if (keep) {
            shape.set(axis - 1, 1);
        } else {
            shape.subList(axis - 1, axis).clear();
        }
        return shape;
    }

    final Value slice(Value x, int axis, int start, int end) {
        var shape = new ArrayList<>(x.shape());
        shape.set(axis - 1, end - start);
        return node("Slice", List.of(x.name(), integers(start), integers(end), integers(axis)), shape);
    }

    /** Appends {@code rows} of a value behind the first dimension after the batch. */
    final Value padRows(Value x, int rows, double with) {
        var shape = new ArrayList<>(x.shape());
        shape.set(0, shape.getFirst() + rows);
        long[] pads = new long[2 * (shape.size() + 1)];
        pads[shape.size() + 2] = rows;
        return node("Pad", List.of(x.name(), integers(pads), scalar(with)), shape);
    }

    /** Returns where the {@code count} largest elements of a vector are. */
    final Value largest(Value x, int count) {
        node("TopK", List.of(x.name(), integers(count)), List.of(count));
        return secondOutput("_indices", ElementType.INT64, List.of(count));
    }

    /** @param rows indices {@code [count][1]} of rows of {@code x}, for each request its own */
    final Value gatherRows(Value x, Value rows) {
        var shape = new ArrayList<>(x.shape());
        shape.set(0, rows.dimension(0));
        return node("GatherND", List.of(x.name(), rows.name()), shape, attribute("batch_dims", 1));
    }

    /** Matrix product over the last two dimensions. */
    final Value matMul(Value x, Value y) {
        if (x.dimension(-1) != y.dimension(-2)) {
            throw new IllegalArgumentException("%s and %s can't be multiplied.".formatted(x, y));
        }
        var shape = new ArrayList<>(x.shape());
        shape.set(shape.size() - 1, y.dimension(-1));
        return node("MatMul", List.of(x.name(), y.name()), shape);
    }
}
