package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damaged models: bytes flipped or cut off, or fields changed to what no exporter writes. */
final class Mutants {
    private static final List<Long> DIMENSIONS =
            List.of(-1L, 0L, -7L, 3L, 1L << 20, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE);
    private static final List<String> NAMES = List.of(
            "", "../../escaped", "/etc/escaped", "a/b\\c", "\u001b[2J", "x\0y", "v0", "a", "%s%n", "n".repeat(5000));
    private static final List<String> OPERATORS = List.of(
            "Relu",
            "Add",
            "Reshape",
            "Shape",
            "Loop",
            "If",
            "Constant",
            "ConstantOfShape",
            "Concat",
            "Conv",
            "MatMul",
            "?");

    private final SplittableRandom random;

    private Mutants(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Returns a damaged copy; the same seed gives the same one. */
    static byte[] of(ModelProto model, long seed) {
        return new Mutants(seed).mutant(model);
    }

    private byte[] mutant(ModelProto model) {
        byte[] bytes = model.toByteArray();
        switch (random.nextInt(4)) {
            case 0 -> {
                for (int i = 1 + random.nextInt(8); i > 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            default -> {
                ModelProto.Builder changed = model.toBuilder();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    change(changed);
                }
                bytes = changed.build().toByteArray();
            }
        }
        return bytes;
    }

    private void change(ModelProto.Builder model) {
        GraphProto.Builder graph = model.getGraphBuilder();
        switch (random.nextInt(9)) {
            case 0 -> model.clearOpsetImport();
            case 1 -> model.setIrVersion(random.nextInt());
            case 2 -> value(graph.getInputBuilder(random.nextInt(graph.getInputCount())));
            case 3 -> value(graph.getOutputBuilder(random.nextInt(graph.getOutputCount())));
            case 4 -> {
                if (graph.getInitializerCount() > 0) {
                    tensor(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())));
                }
            }
            default -> {
                if (graph.getNodeCount() > 0) {
                    node(graph, graph.getNodeBuilder(random.nextInt(graph.getNodeCount())));
                }
            }
        }
    }

    private void value(ValueInfoProto.Builder value) {
        var tensor = value.getTypeBuilder().getTensorTypeBuilder();
        switch (random.nextInt(4)) {
            case 0 -> value.setName(name());
            case 1 -> tensor.setElemType(random.nextInt(40));
            case 2 -> tensor.clearShape();
            default -> tensor.getShapeBuilder().addDimBuilder(0).setDimValue(dimension());
        }
    }

    private void tensor(TensorProto.Builder tensor) {
        switch (random.nextInt(5)) {
            case 0 -> tensor.setName(name());
            case 1 -> tensor.setDataType(random.nextInt(40));
            case 2 -> tensor.addDims(dimension());
            case 3 -> tensor.clearFloatData().clearRawData().clearInt64Data();
            default ->
                tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue(name()));
        }
    }

    private void node(GraphProto.Builder graph, NodeProto.Builder node) {
        switch (random.nextInt(8)) {
            case 0 -> node.setOpType(OPERATORS.get(random.nextInt(OPERATORS.size())));
            case 1 -> node.setName(name());
            case 2 -> node.addInput(anyValue(graph));
            case 3 -> {
                if (node.getInputCount() > 0) { // often a circle
                    node.setInput(random.nextInt(node.getInputCount()), anyValue(graph));
                }
            }
            case 4 -> node.addOutput(anyValue(graph));
            case 5 -> node.clearInput();
            case 6 -> node.clearOutput();
            default -> {
                for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
                    attribute.setI(dimension()).addInts(dimension());
                }
            }
        }
    }

    private String anyValue(GraphProto.Builder graph) {
        NodeProto node = graph.getNode(random.nextInt(graph.getNodeCount()));
        return random.nextInt(4) == 0 || node.getOutputCount() == 0 ? name() : node.getOutput(0);
    }

    private String name() {
        return NAMES.get(random.nextInt(NAMES.size()));
    }

    private long dimension() {
        return DIMENSIONS.get(random.nextInt(DIMENSIONS.size()));
    }
}
