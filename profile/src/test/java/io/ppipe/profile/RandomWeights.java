package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The reference models make their weights by ConstantOfShape: all equal, which could hide a wrong cut. This puts seeded
 * random weights in their place, sized so that activations stay finite and the final softmax stays undecided.
 */
final class RandomWeights {
    private final SplittableRandom random;

    private RandomWeights(long seed) {
        random = new SplittableRandom(seed);
    }

    static Path replace(Path onnx, long seed, Path directory) throws IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(onnx));
        Path file = directory.resolve("random-" + onnx.getFileName());
        Files.write(file, new RandomWeights(seed).replace(model).toByteArray());
        return file;
    }

    private ModelProto replace(ModelProto model) {
        GraphProto graph = model.getGraph();
        var shapes = new HashMap<String, List<Long>>();
        graph.getInitializerList().forEach(tensor -> shapes.put(tensor.getName(), longs(tensor)));
        var constants = new HashMap<String, List<Long>>();
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("ConstantOfShape")) {
                constants.put(node.getOutput(0), shapes.get(node.getInput(0)));
            }
        }
        GraphProto.Builder replaced = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("ConstantOfShape")) {
                continue;
            }
            replaced.addNode(node);
            for (int i = 0; i < node.getInputCount(); i++) {
                List<Long> shape = constants.get(node.getInput(i));
                if (shape != null) {
                    replaced.addInitializer(weights(node, i, shape));
                }
            }
        }
        return model.toBuilder().setGraph(replaced).setIrVersion(4).build();
    }

    private TensorProto weights(NodeProto node, int input, List<Long> shape) {
        long count = shape.stream().reduce(1L, (a, b) -> a * b);
        double fanIn = shape.size() < 2 ? 1 : (double) count / shape.getFirst();
        return switch (node.getOpType() + " " + input) {
            case "Conv 1" -> uniform(node.getInput(input), shape, 0, Math.sqrt(6 / fanIn));
            case "Gemm 1" -> uniform(node.getInput(input), shape, 0, Math.sqrt(0.06 / fanIn));
            case "BatchNormalization 1", "BatchNormalization 4" -> uniform(node.getInput(input), shape, 1, 0.5);
            default -> uniform(node.getInput(input), shape, 0, 0.1);
        };
    }

    private TensorProto uniform(String name, List<Long> shape, double middle, double spread) {
        int count = shape.stream().reduce(1L, (a, b) -> a * b).intValue();
        var values = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            values.putFloat((float) (middle + spread * (2 * random.nextDouble() - 1)));
        }
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(shape)
                .setRawData(ByteString.copyFrom(values.flip()))
                .build();
    }

    private static List<Long> longs(TensorProto tensor) {
        if (tensor.getRawData().isEmpty()) {
            return tensor.getInt64DataList();
        }
        var buffer = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
        long[] values = new long[buffer.remaining()];
        buffer.get(values);
        return Arrays.stream(values).boxed().toList();
    }
}
