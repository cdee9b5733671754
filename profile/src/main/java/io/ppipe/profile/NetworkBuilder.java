package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Builds a CNN operator by operator: each method adds one, and returns the name of what it makes. */
final class NetworkBuilder {
    private static final int OPERATOR_SET = 14;
    private static final int IR_VERSION = 7;

    /** Small, so that a softmax behind it stays undecided. */
    private static final double DENSE_GAIN = 0.01;

    private final SplittableRandom random;
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("sample");

    NetworkBuilder(long seed) {
        random = new SplittableRandom(seed);
    }

    String input(String name, long... shapePerRequest) {
        graph.addInput(ValueInfos.of(batchOf(name, shapePerRequest)));
        return name;
    }

    /** Padded so that a stride of 1 keeps the size. */
    String convolution(String x, int channels, int filters, int size, int stride) {
        String name = nextName("conv");
        String weights = weights(name + ".weight", 2, channels * size * size, filters, channels, size, size);
        String bias = weights(name + ".bias", 0.01, filters, filters);
        int pad = size / 2;
        return node(
                "Conv",
                name,
                List.of(x, weights, bias),
                integers("kernel_shape", size, size),
                integers("pads", pad, pad, pad, pad),
                integers("strides", stride, stride));
    }

    String averagePool(String x, int size, int stride, int pad) {
        return node(
                "AveragePool",
                nextName("pool"),
                List.of(x),
                integers("kernel_shape", size, size),
                integers("pads", pad, pad, pad, pad),
                integers("strides", stride, stride));
    }

    String relu(String x) {
        return node("Relu", nextName("relu"), List.of(x));
    }

    String add(String x, String y) {
        return node("Add", nextName("add"), List.of(x, y));
    }

    String subtract(String x, String y) {
        return node("Sub", nextName("subtract"), List.of(x, y));
    }

    String flatten(String x) {
        return node("Flatten", nextName("flatten"), List.of(x));
    }

    String dense(String x, int channels, int classes) {
        String name = nextName("dense");
        String weights = weights(name + ".weight", DENSE_GAIN, channels, channels, classes);
        String bias = weights(name + ".bias", 0.01, classes, classes);
        return node("Gemm", name, List.of(x, weights, bias));
    }

    String probabilities(String x, String name) {
        return node("Softmax", name, List.of(x));
    }

    ModelProto model(String output, long... shapePerRequest) {
        graph.addOutput(ValueInfos.of(batchOf(output, shapePerRequest)));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("ppipe")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(graph)
                .build();
    }

    private String node(String operator, String name, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(List.of(attributes)));
        return name;
    }

    private String nextName(String kind) {
        return "%s_%d".formatted(kind, graph.getNodeCount());
    }

    /** Uniform weights of variance {@code gain / fanIn}: with a gain of 2 (He) they keep the size of what Relu halves. */
    private String weights(String name, double gain, int fanIn, long... shape) {
        double limit = Math.sqrt(3 * gain / fanIn);
        int count = 1;
        var tensor = TensorProto.newBuilder().setName(name).setDataType(OnnxTypes.number(ElementType.FP32));
        for (long dimension : shape) {
            count *= (int) dimension;
            tensor.addDims(dimension);
        }
        var values = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            values.putFloat((float) (limit * (2 * random.nextDouble() - 1)));
        }
        graph.addInitializer(tensor.setRawData(ByteString.copyFrom(values.flip())));
        return name;
    }

    private static TensorSpec batchOf(String name, long... shapePerRequest) {
        var shape = new ArrayList<Long>(List.of(-1L));
        for (long dimension : shapePerRequest) {
            shape.add(dimension);
        }
        return new TensorSpec(name, ElementType.FP32, shape);
    }

    private static AttributeProto integers(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }
}
