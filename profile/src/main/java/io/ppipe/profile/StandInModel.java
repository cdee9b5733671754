package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/*
 * Shapes don't depend on what is in a convolution's weights, only on their shape. So large constants become inputs of the
 * model, given by shape: then ONNX Runtime needs neither to read nor to copy them, and a model of any size takes the memory of
 * its nodes. What decides about shapes (a Reshape's, the scales of a Resize, axes) is small, and stays.
 */

/**
 * A model for ONNX Runtime to infer shapes of: every tensor is an output, large constants are inputs.
 *
 * @param standIns the constants that became inputs
 */
record StandInModel(ModelProto model, List<TensorSpec> standIns) {
    /**
     * @param nodes those that the model's outputs depend on, in order
     * @param inputs the model's inputs, of fixed shape
     */
    static StandInModel of(OnnxFile file, List<GraphNode> nodes, List<TensorSpec> inputs) {
        var graph = GraphProto.newBuilder().setName(file.graph().getName());
        inputs.forEach(input -> graph.addInput(ValueInfos.of(input)));
        graph.addAllSparseInitializer(file.graph().getSparseInitializerList());
        var standIns = new ArrayList<TensorSpec>();
        Map<String, TensorProto> small = new HashMap<>();
        for (TensorProto tensor : file.graph().getInitializerList()) {
            if (isLarge(tensor)) {
                standIn(tensor.getName(), tensor, graph, standIns);
            } else {
                graph.addInitializer(tensor);
                small.put(tensor.getName(), tensor);
            }
        }
        for (GraphNode node : nodes) {
            Optional<TensorProto> large = largeConstant(node, small);
            if (large.isPresent()) {
                standIn(node.makes().getFirst(), large.get(), graph, standIns);
                continue;
            }
            constant(node).ifPresent(tensor -> small.put(node.makes().getFirst(), tensor));
            graph.addNode(node.proto());
            node.makes()
                    .forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
        }
        return new StandInModel(with(file, graph), standIns);
    }

    /** Returns a file with all constants in their place, for operators that insist on knowing them. */
    static byte[] whole(OnnxFile file, List<GraphNode> nodes, List<TensorSpec> inputs) {
        GraphProto.Builder graph =
                file.graph().toBuilder().clearInput().clearOutput().clearValueInfo();
        inputs.forEach(input -> graph.addInput(ValueInfos.of(input)));
        for (GraphNode node : nodes) {
            node.makes()
                    .forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
        }
        var bytes = new ByteArrayOutputStream();
        try {
            WeightyModel.write(with(file, graph), file.weights(), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void standIn(String name, TensorProto tensor, GraphProto.Builder graph, List<TensorSpec> standIns) {
        graph.addInput(ValueInfos.of(name, tensor.getDataType(), tensor.getDimsList()));
        OnnxTypes.of(tensor.getDataType())
                .ifPresent(type -> standIns.add(new TensorSpec(name, type, tensor.getDimsList())));
    }

    private static ModelProto with(OnnxFile file, GraphProto.Builder graph) {
        return file.model().toBuilder()
                .setGraph(graph)
                .setIrVersion(Math.max(file.model().getIrVersion(), ValueInfos.IR_VERSION))
                .build();
    }

    private static Optional<TensorProto> largeConstant(GraphNode node, Map<String, TensorProto> small) {
        if (node.makes().size() != 1) {
            return Optional.empty();
        }
        if (node.isStandard("ConstantOfShape") && node.proto().getInputCount() == 1) {
            return Optional.ofNullable(small.get(node.proto().getInput(0))).flatMap(shape -> filled(node, shape));
        }
        return constant(node).filter(StandInModel::isLarge);
    }

    private static Optional<TensorProto> constant(GraphNode node) {
        return node.isStandard("Constant") && node.makes().size() == 1
                ? Attributes.find(node.proto(), "value")
                        .filter(AttributeProto::hasT)
                        .map(AttributeProto::getT)
                : Optional.empty();
    }

    private static Optional<TensorProto> filled(GraphNode node, TensorProto shape) {
        if (shape.getDataType() != TensorProto.DataType.INT64_VALUE) {
            return Optional.empty();
        }
        int type = Attributes.find(node.proto(), "value")
                .map(value -> value.getT().getDataType())
                .orElse(OnnxTypes.number(ElementType.FP32));
        TensorProto filled = TensorProto.newBuilder()
                .setDataType(type)
                .addAllDims(OnnxTypes.integers(shape))
                .build();
        return Optional.of(filled).filter(StandInModel::isLarge);
    }

    private static boolean isLarge(TensorProto tensor) {
        return OnnxTypes.rawBytes(tensor)
                .map(bytes -> bytes > Weightless.KEPT_BYTES)
                .orElse(false);
    }
}
