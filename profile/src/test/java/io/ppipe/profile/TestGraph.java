package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Small ONNX models, written by hand in tests. A dimension of −1 is left open. */
final class TestGraph {
    static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int INT64 = TensorProto.DataType.INT64_VALUE;

    private final SplittableRandom random = new SplittableRandom(7);
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
    private final ModelProto.Builder model = ModelProto.newBuilder();
    private int operatorSet = 17;

    TestGraph operatorSet(int version) {
        operatorSet = version;
        return this;
    }

    TestGraph input(String name, long... shape) {
        return typedInput(name, FLOAT, shape);
    }

    TestGraph typedInput(String name, int type, long... shape) {
        graph.addInput(value(name, type, shape));
        return this;
    }

    TestGraph output(String name, long... shape) {
        return typedOutput(name, FLOAT, shape);
    }

    TestGraph typedOutput(String name, int type, long... shape) {
        graph.addOutput(value(name, type, shape));
        return this;
    }

    TestGraph output(ValueInfoProto output) {
        graph.addOutput(output);
        return this;
    }

    /** A weight with random values in [−1, 1). */
    TestGraph weight(String name, long... shape) {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
        long count = 1;
        for (long dimension : shape) {
            tensor.addDims(dimension);
            count *= dimension;
        }
        for (int i = 0; i < count; i++) {
            tensor.addFloatData((float) (2 * random.nextDouble() - 1));
        }
        graph.addInitializer(tensor);
        return this;
    }

    TestGraph numbers(String name, long... values) {
        graph.addInitializer(integers(name, values).addDims(values.length));
        return this;
    }

    TestGraph number(String name, long value) {
        graph.addInitializer(integers(name, value));
        return this;
    }

    TestGraph initialiser(TensorProto tensor) {
        graph.addInitializer(tensor);
        return this;
    }

    /** Adds a node called as its output. */
    TestGraph node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        return node(proto(operator, output, inputs).toBuilder()
                .addAllAttribute(List.of(attributes))
                .build());
    }

    TestGraph node(NodeProto node) {
        graph.addNode(node);
        return this;
    }

    /** Adds a function of the model's own, in domain "own", of one input "x" and one output "y". */
    TestGraph function(String name, NodeProto... nodes) {
        model.addFunctions(FunctionProto.newBuilder()
                .setName(name)
                .setDomain("own")
                .addInput("x")
                .addOutput("y")
                .addAllNode(List.of(nodes))
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(operatorSet)));
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
        return this;
    }

    ModelProto build() {
        return model.setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(operatorSet))
                .setGraph(graph)
                .build();
    }

    /** Takes what was added as a graph inside a node. */
    GraphProto inner() {
        return graph.build();
    }

    Path write(Path directory) throws IOException {
        Path file = directory.resolve("model.onnx");
        Files.write(file, build().toByteArray());
        return file;
    }

    static NodeProto proto(String operator, String output, List<String> inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .build();
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    static AttributeProto attribute(String name, GraphProto value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(value)
                .build();
    }

    private static TensorProto.Builder integers(String name, long... values) {
        var tensor = TensorProto.newBuilder().setName(name).setDataType(INT64);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor;
    }

    static ValueInfoProto value(String name, int type, long... shape) {
        var dimensions = TensorShapeProto.newBuilder();
        for (int i = 0; i < shape.length; i++) {
            dimensions.addDim(
                    shape[i] < 0
                            ? Dimension.newBuilder().setDimParam(i == 0 ? "N" : "D" + i)
                            : Dimension.newBuilder().setDimValue(shape[i]));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(dimensions)))
                .build();
    }
}
