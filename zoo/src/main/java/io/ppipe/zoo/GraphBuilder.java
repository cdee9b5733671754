package io.ppipe.zoo;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.ppipe.model.ElementType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Nodes, weights and small constants of a model that takes any batch: what every operator is made of. */
abstract class GraphBuilder {
    private final GraphProto.Builder graph;
    private final Map<String, Weight> weights = new LinkedHashMap<>();
    private final Set<String> constants = new HashSet<>();
    private LayerNames names = new LayerNames.Scoped();
    private String module = "";

    GraphBuilder(String name) {
        graph = GraphProto.newBuilder().setName(name);
    }

    /** From here on, layers are called as these say. */
    final void names(LayerNames layerNames) {
        names = layerNames;
    }

    /** Following layers belong to this module; numbered names don't show it. */
    final void at(String name) {
        module = name;
    }

    final void skip(int nodes) {
        names.skip(nodes);
    }

    final Value input(String name, Integer... shape) {
        var value = new Value(name, List.of(shape));
        graph.addInput(info(value));
        return value;
    }

    /** Makes a value an output of the model, under a name of its own. */
    final void output(String name, Value value) {
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals(value.name())) {
                    node.setInput(i, name);
                }
            }
            for (int i = 0; i < node.getOutputCount(); i++) {
                if (node.getOutput(i).equals(value.name())) {
                    node.setOutput(i, name);
                }
            }
        }
        graph.addOutput(info(new Value(name, value.type(), value.shape())));
    }

    final GraphProto graph() {
        return graph.build();
    }

    final List<Weight> weights() {
        return List.copyOf(weights.values());
    }

    final int layerCount() {
        return graph.getNodeCount();
    }

    /** Returns the name of the layer that is added next. */
    final String nextName(String operator) {
        return names.next(operator, module);
    }

    final Value node(String operator, List<String> inputs, List<Integer> shape, AttributeProto... attributes) {
        return node(operator, nextName(operator), inputs, ElementType.FP32, shape, attributes);
    }

    final Value node(
            String operator,
            String name,
            List<String> inputs,
            ElementType type,
            List<Integer> shape,
            AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(List.of(attributes)));
        return new Value(name, type, shape);
    }

    /** Gives the node that was added last a second output. */
    final Value secondOutput(String suffix, ElementType type, List<Integer> shape) {
        NodeProto.Builder node = graph.getNodeBuilder(graph.getNodeCount() - 1);
        String name = node.getName() + suffix;
        node.addOutput(name);
        return new Value(name, type, shape);
    }

    /** Adds weights; layers that share them add them again. */
    final String weight(Weight weight) {
        Weight before = weights.putIfAbsent(weight.name(), weight);
        if (before != null && !before.equals(weight)) {
            throw new IllegalArgumentException("%s and %s have one name.".formatted(before, weight));
        }
        return weight.name();
    }

    /** Returns weights near a value, as normalisation has them: one for each channel. */
    final String near(String name, double centre, Integer... shape) {
        return weight(new Weight(name, List.of(shape), centre, 0.05, centre));
    }

    final String scalar(double value) {
        return floats("scalar_" + value, List.of(), List.of((float) value));
    }

    final String floats(String name, List<Integer> shape, List<Float> values) {
        if (constants.add(name)) {
            var tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
            shape.forEach(tensor::addDims);
            graph.addInitializer(tensor.addAllFloatData(values));
        }
        return name;
    }

    /** Returns a vector of integers; equal ones are one. */
    final String integers(long... values) {
        var name = new StringBuilder("integers");
        for (long value : values) {
            name.append('_').append(value);
        }
        if (constants.add(name.toString())) {
            var tensor = TensorProto.newBuilder()
                    .setName(name.toString())
                    .setDataType(TensorProto.DataType.INT64_VALUE)
                    .addDims(values.length);
            for (long value : values) {
                tensor.addInt64Data(value);
            }
            graph.addInitializer(tensor);
        }
        return name.toString();
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto attributes(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    static int number(ElementType type) {
        return switch (type) {
            case FP32 -> TensorProto.DataType.FLOAT_VALUE;
            case INT64 -> TensorProto.DataType.INT64_VALUE;
            default -> throw new IllegalArgumentException("Networks have no values of type %s.".formatted(type));
        };
    }

    private static ValueInfoProto info(Value value) {
        var shape = TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("batch"));
        value.shape().forEach(dimension -> shape.addDim(Dimension.newBuilder().setDimValue(dimension)));
        var type =
                TypeProto.Tensor.newBuilder().setElemType(number(value.type())).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(value.name())
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }
}
