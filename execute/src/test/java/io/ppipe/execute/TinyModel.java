package io.ppipe.execute;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** ONNX models of one or two nodes. */
final class TinyModel {
    private TinyModel() {}

    /** input → operator(input, input) → output, all of one type and shape. */
    static Partition binary(Path directory, String operator, ElementType type, List<Long> shape) {
        return single(directory, "binary", operator, List.of("input", "input"), type, shape);
    }

    /** input → copy → output. */
    static Partition identity(Path directory, ElementType type, List<Long> shape) {
        return single(directory, "identity", "Identity", List.of("input"), type, shape);
    }

    /** input → sum = input + input; the input is the second output. */
    static Partition passingItsInputOn(Path directory) {
        Partition sum = binary(directory, "Add", ElementType.FP32, List.of(-1L, 2L));
        TensorSpec input = sum.inputs().getFirst();
        change(sum, model -> model.getGraphBuilder().addOutput(valueInfo(input)));
        return new Partition(
                "passing", 0, 1, sum.onnx(), sum.inputs(), List.of(sum.outputs().getFirst(), input));
    }

    /** The same with a name for its first node. */
    static Partition named(String name, Partition partition) {
        change(partition, model -> model.getGraphBuilder().getNodeBuilder(0).setName(name));
        return partition;
    }

    private static void change(Partition partition, Consumer<ModelProto.Builder> edit) {
        try {
            var model = ModelProto.parseFrom(Files.readAllBytes(partition.onnx())).toBuilder();
            edit.accept(model);
            Files.write(partition.onnx(), model.build().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Partition single(
            Path directory, String name, String operator, List<String> inputs, ElementType type, List<Long> shape) {
        var input = new TensorSpec("input", type, shape);
        var output = new TensorSpec("output", type, shape);
        NodeProto node = NodeProto.newBuilder()
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput("output")
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .setName(name)
                .addNode(node)
                .addInput(valueInfo(input))
                .addOutput(valueInfo(output))
                .build();
        return write(directory, graph, input, output);
    }

    /** float32 [−1, 3, 16, 16] → 3×3 convolution with random weights → ReLU → [−1, 8, 16, 16]. */
    static Partition convolution(Path directory, RandomGenerator random) {
        var input = new TensorSpec("image", ElementType.FP32, List.of(-1L, 3L, 16L, 16L));
        var output = new TensorSpec("features", ElementType.FP32, List.of(-1L, 8L, 16L, 16L));
        var weights = TensorProto.newBuilder()
                .setName("weights")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(List.of(8L, 3L, 3L, 3L));
        for (int i = 0; i < 8 * 3 * 3 * 3; i++) {
            weights.addFloatData(random.nextFloat() - 0.5f);
        }
        NodeProto convolution = NodeProto.newBuilder()
                .setOpType("Conv")
                .addInput("image")
                .addInput("weights")
                .addOutput("raw")
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("pads")
                        .setType(OnnxMl.AttributeProto.AttributeType.INTS)
                        .addAllInts(List.of(1L, 1L, 1L, 1L)))
                .build();
        NodeProto relu = NodeProto.newBuilder()
                .setOpType("Relu")
                .addInput("raw")
                .addOutput("features")
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .setName("convolution")
                .addNode(convolution)
                .addNode(relu)
                .addInitializer(weights)
                .addInput(valueInfo(input))
                .addOutput(valueInfo(output))
                .build();
        return write(directory, graph, input, output);
    }

    private static Partition write(Path directory, GraphProto graph, TensorSpec input, TensorSpec output) {
        Path file = directory.resolve(graph.getName() + ".onnx");
        var model = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build();
        try {
            Files.write(file, model.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Partition(graph.getName(), 0, 1, file, List.of(input), List.of(output));
    }

    private static ValueInfoProto valueInfo(TensorSpec spec) {
        var shape = OnnxMl.TensorShapeProto.newBuilder();
        for (long dimension : spec.shape()) {
            var written = OnnxMl.TensorShapeProto.Dimension.newBuilder();
            shape.addDim(dimension == -1 ? written.setDimParam("N") : written.setDimValue(dimension));
        }
        var tensor = OnnxMl.TypeProto.Tensor.newBuilder()
                .setElemType(onnxType(spec.type()).getNumber())
                .setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(spec.name())
                .setType(OnnxMl.TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static TensorProto.DataType onnxType(ElementType type) {
        return switch (type) {
            case FP16 -> TensorProto.DataType.FLOAT16;
            case BF16 -> TensorProto.DataType.BFLOAT16;
            case FP32 -> TensorProto.DataType.FLOAT;
            case FP64 -> TensorProto.DataType.DOUBLE;
            case BYTES -> TensorProto.DataType.STRING;
            case BOOL -> TensorProto.DataType.BOOL;
            case INT8 -> TensorProto.DataType.INT8;
            case INT16 -> TensorProto.DataType.INT16;
            case INT32 -> TensorProto.DataType.INT32;
            case INT64 -> TensorProto.DataType.INT64;
            case UINT8 -> TensorProto.DataType.UINT8;
            case UINT16 -> TensorProto.DataType.UINT16;
            case UINT32 -> TensorProto.DataType.UINT32;
            case UINT64 -> TensorProto.DataType.UINT64;
        };
    }
}
