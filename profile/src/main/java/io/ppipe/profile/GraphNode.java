package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A node of the graph with everything it depends on. A node that holds graphs of its own (If, Loop, Scan) also reads what
 * these take from outside; it stays whole.
 *
 * @param reads names of the values it reads, in order, each once
 * @param makes names of the values it makes
 * @param repeatable whether computing it twice from the same values surely gives the same values
 */
record GraphNode(NodeProto proto, List<String> reads, List<String> makes, boolean repeatable) {
    private static final Set<String> RANDOM_OPERATORS = Set.of(
            "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli");

    /**
     * @param functions names of the model's own functions; what is in them isn't looked at
     */
    static GraphNode of(NodeProto proto, Set<String> functions) {
        var reads = new LinkedHashSet<>(named(proto.getInputList()));
        for (GraphProto graph : graphs(proto)) {
            reads.addAll(takenFromOutside(graph));
        }
        return new GraphNode(proto, List.copyOf(reads), named(proto.getOutputList()), repeatable(proto, functions));
    }

    boolean isStandard(String operator) {
        return proto.getOpType().equals(operator)
                && (proto.getDomain().isEmpty() || proto.getDomain().equals("ai.onnx"));
    }

    /** How to speak of the node in messages. */
    String description() {
        String name = proto.getName().isBlank() ? "that makes " + makes : proto.getName();
        return "node %s (%s)".formatted(name, proto.getOpType());
    }

    /** Calls {@code visitor} with every tensor that stands in the node: attributes, and weights of inner graphs. */
    static void tensors(NodeProto proto, Consumer<TensorProto> visitor) {
        for (AttributeProto attribute : proto.getAttributeList()) {
            if (attribute.hasT()) {
                visitor.accept(attribute.getT());
            }
            attribute.getTensorsList().forEach(visitor);
        }
        for (GraphProto graph : graphs(proto)) {
            graph.getInitializerList().forEach(visitor);
            graph.getNodeList().forEach(node -> tensors(node, visitor));
        }
    }

    /** Adds every value name in a graph, inner graphs included. */
    static void valueNames(GraphProto graph, Set<String> names) {
        graph.getInputList().forEach(value -> names.add(value.getName()));
        graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
        graph.getSparseInitializerList()
                .forEach(tensor -> names.add(tensor.getValues().getName()));
        for (NodeProto node : graph.getNodeList()) {
            names.addAll(node.getOutputList());
            graphs(node).forEach(inner -> valueNames(inner, names));
        }
    }

    private static List<GraphProto> graphs(NodeProto node) {
        var graphs = new ArrayList<GraphProto>();
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.hasG()) {
                graphs.add(attribute.getG());
            }
            graphs.addAll(attribute.getGraphsList());
        }
        return graphs;
    }

    private static Set<String> takenFromOutside(GraphProto graph) {
        var used = new LinkedHashSet<String>();
        var own = new HashSet<String>();
        graph.getInputList().forEach(value -> own.add(value.getName()));
        graph.getInitializerList().forEach(tensor -> own.add(tensor.getName()));
        graph.getSparseInitializerList()
                .forEach(tensor -> own.add(tensor.getValues().getName()));
        for (NodeProto node : graph.getNodeList()) {
            used.addAll(named(node.getInputList()));
            own.addAll(node.getOutputList());
            graphs(node).forEach(inner -> used.addAll(takenFromOutside(inner)));
        }
        graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(used::add);
        used.removeAll(own);
        return used;
    }

    private static boolean repeatable(NodeProto proto, Set<String> functions) {
        return !RANDOM_OPERATORS.contains(proto.getOpType())
                && !functions.contains(proto.getOpType())
                && graphs(proto).stream()
                        .flatMap(graph -> graph.getNodeList().stream())
                        .allMatch(node -> repeatable(node, functions));
    }

    /** Left out optional inputs and outputs have empty names. */
    private static List<String> named(List<String> names) {
        return names.stream().filter(name -> !name.isEmpty()).toList();
    }
}
