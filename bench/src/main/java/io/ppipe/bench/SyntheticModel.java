package io.ppipe.bench;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A residual CNN of any depth and any size of file, as exporters write them: each residual block has two convolutions, two
 * activations and a sum; every second one also a Reshape by a shape that is computed from an activation's.
 */
final class SyntheticModel {
    private static final int CONV_NODES = 5;
    private static final int SHAPE_NODES = 5;
    private static final int SIDE = 32;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("synthetic");
    private final long channels;
    private final ByteString weights;

    private SyntheticModel(long channels, long seed) {
        this.channels = channels;
        var bytes = new byte[(int) (channels * channels * 9 * Float.BYTES)];
        new SplittableRandom(seed).nextBytes(bytes);
        weights = ByteString.copyFrom(bytes);
    }

    /**
     * Writes such a model.
     *
     * @param nodes at least this many
     * @param weightBytes the weights take about this much
     */
    static void write(Path file, int nodes, long weightBytes, long seed) throws IOException {
        int pairs = Math.ceilDiv(nodes, 2 * CONV_NODES + SHAPE_NODES);
        long channels = Math.max(1, Math.round(Math.sqrt(weightBytes / (4.0 * pairs * 9 * Float.BYTES))));
        ModelProto model = new SyntheticModel(channels, seed).model(pairs);
        try (OutputStream out = Files.newOutputStream(file)) {
            model.writeTo(out);
        }
    }

    private ModelProto model(int pairs) {
        graph.addInput(value("x"));
        vector("first", 0);
        vector("rest", channels, SIDE, SIDE);
        String x = "x";
        for (int i = 0; i < pairs; i++) {
            x = residual(reshape(residual(x, "a" + i), "r" + i), "b" + i);
        }
        graph.addOutput(value(x));
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("ppipe bench")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
    }

    private String residual(String x, String name) {
        String inner = node("Relu", name + ".inner", List.of(convolution(x, name + ".one")));
        String sum = node("Add", name + ".sum", List.of(x, convolution(inner, name + ".two")));
        return node("Relu", name, List.of(sum));
    }

    private String reshape(String x, String name) {
        String shape = node("Shape", name + ".shape", List.of(x));
        String batch = node("Gather", name + ".batch", List.of(shape, "first"));
        String target = node("Concat", name + ".target", List.of(batch, "rest"), integer("axis", 0));
        return node("Sigmoid", name, List.of(node("Reshape", name + ".reshaped", List.of(x, target))));
    }

    private String convolution(String x, String name) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name + ".weight")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(List.of(channels, channels, 3L, 3L))
                .setRawData(weights));
        return node(
                "Conv",
                name,
                List.of(x, name + ".weight"),
                AttributeProto.newBuilder()
                        .setName("pads")
                        .setType(AttributeProto.AttributeType.INTS)
                        .addAllInts(List.of(1L, 1L, 1L, 1L))
                        .build());
    }

    private String node(String operator, String name, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(Arrays.asList(attributes)));
        return name;
    }

    private void vector(String name, long... values) {
        var tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph.addInitializer(tensor);
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private ValueInfoProto value(String name) {
        var shape = TensorShapeProto.newBuilder().addDim(Dimension.newBuilder().setDimParam("batch"));
        for (long size : List.of(channels, (long) SIDE, (long) SIDE)) {
            shape.addDim(Dimension.newBuilder().setDimValue(size));
        }
        var type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }
}
