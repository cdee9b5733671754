package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The reference models make their weights by ConstantOfShape: all equal, which could hide a wrong cut. This puts seeded
 * random weights in their place, sized so that activations stay finite and the final softmax stays undecided.
 */
final class RandomWeights {
    private static final float LARGEST_LOGIT = 3;

    private final SplittableRandom random;
    private final float gemmScale;

    private RandomWeights(long seed, float gemmScale) {
        random = new SplittableRandom(seed);
        this.gemmScale = gemmScale;
    }

    /**
     * Writes the model with other weights.
     *
     * @param input what the softmax stays undecided for
     */
    static Path replace(Path onnx, long seed, Map<String, Tensor> input, Path directory) throws Exception {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(onnx));
        Path file = directory.resolve("random-" + onnx.getFileName());
        Files.write(
                file,
                withLogitsAsOutput(new RandomWeights(seed, 1).replace(model)).toByteArray());
        Tensor logits =
                Runs.whole(file, OptLevel.ALL_OPT, input).values().iterator().next();
        float largest = 0;
        for (float logit : logits.floats()) {
            largest = Math.max(largest, Math.abs(logit));
        }
        Files.write(
                file,
                new RandomWeights(seed, LARGEST_LOGIT / largest).replace(model).toByteArray());
        return file;
    }

    private static ModelProto withLogitsAsOutput(ModelProto model) {
        GraphProto graph = model.getGraph();
        String logits = graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals("Softmax"))
                .findFirst()
                .orElseThrow()
                .getInput(0);
        return model.toBuilder()
                .setGraph(graph.toBuilder()
                        .clearOutput()
                        .addOutput(ValueInfoProto.newBuilder().setName(logits)))
                .build();
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
        GraphProto.Builder replaced = graph.toBuilder().clearNode().clearInput();
        graph.getInputList().stream()
                .filter(input -> !shapes.containsKey(input.getName()))
                .forEach(replaced::addInput);
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
            case "Gemm 1", "Reshape 0" -> uniform(node.getInput(input), shape, 0, gemmScale * Math.sqrt(6 / fanIn));
            case "Gemm 2" -> uniform(node.getInput(input), shape, 0, gemmScale * 0.1);
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
        var buffer = tensor.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asLongBuffer();
        long[] values = new long[buffer.remaining()];
        buffer.get(values);
        return Arrays.stream(values).boxed().toList();
    }
}
