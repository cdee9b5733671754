package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/*
 * A stage holds its layers as they stand in the model, and repeats the constant and shape nodes that these need (Dataflow
 * says why). Values keep their names, so that a stage's tensors can be found in the whole model.
 *
 * Shape nodes that ask for an activation which this stage doesn't have are rebuilt: from the known dimensions, and, where
 * the batch is among them, from dimension 0 of a batched input of the stage:
 *
 *     Shape(input) -> Gather(0) -> Concat(batch, 64, 7, 7)    instead of    Shape(activation)
 */

/** Builds the ONNX model of consecutive layers. */
final class StageGraph {
    private final ModelGraph graph;
    private final Dataflow dataflow;
    private final BoundaryType boundary;
    private final int firstLayer;
    private final int endLayer;
    private final List<String> taken;
    private final List<String> handedOn;
    private final List<TensorSpec> inputs = new ArrayList<>();
    private final List<TensorSpec> outputs = new ArrayList<>();
    private final GraphProto.Builder built = GraphProto.newBuilder();
    private Optional<String> batch = Optional.empty();

    StageGraph(ModelGraph graph, BoundaryType boundary, int firstLayer, int endLayer) {
        this.graph = graph;
        this.dataflow = graph.dataflow();
        this.boundary = boundary;
        this.firstLayer = firstLayer;
        this.endLayer = endLayer;
        taken = dataflow.taken(firstLayer, endLayer);
        handedOn = dataflow.handedOn(firstLayer, endLayer);
        built.setName(graph.model().getGraph().getName());
        taken.forEach(this::takeIn);
        addNodes();
        handedOn.forEach(this::handOn);
        if (endLayer == dataflow.layerCount()) {
            outputsThatNoLayerMakes().forEach(this::handOn);
        }
        inputs.forEach(input -> built.addInput(ValueInfos.of(input)));
        outputs.forEach(output -> built.addOutput(ValueInfos.of(output)));
    }

    List<TensorSpec> inputs() {
        return inputs;
    }

    List<TensorSpec> outputs() {
        return outputs;
    }

    void write(OutputStream out) throws IOException {
        WeightyModel.write(model(), graph.weights(), out);
    }

    private ModelProto model() {
        ModelProto whole = graph.model();
        return ModelProto.newBuilder()
                .setIrVersion(Math.max(whole.getIrVersion(), ValueInfos.IR_VERSION))
                .setProducerName("ppipe")
                .addAllOpsetImport(whole.getOpsetImportList())
                .addAllFunctions(whole.getFunctionsList())
                .setGraph(built)
                .build();
    }

    private void takeIn(String value) {
        TensorSpec arriving = graph.travelling(value, boundary);
        inputs.add(arriving);
        if (!arriving.name().equals(value)) {
            built.addNode(cast(arriving.name(), value, ElementType.FP32));
        }
    }

    private void handOn(String value) {
        TensorSpec leaving = graph.travelling(value, boundary);
        outputs.add(leaving);
        if (!leaving.name().equals(value)) {
            built.addNode(cast(value, leaving.name(), leaving.type()));
        }
    }

    private List<String> outputsThatNoLayerMakes() {
        return graph.outputs().stream()
                .map(TensorSpec::name)
                .filter(output -> !dataflow.isActivation(output))
                .toList();
    }

    private void addNodes() {
        Set<String> available = new HashSet<>(taken);
        Set<String> needed = new HashSet<>();
        for (int layer = firstLayer; layer < endLayer; layer++) {
            GraphNode node = dataflow.nodes().get(dataflow.node(layer));
            available.addAll(node.makes());
            needed.addAll(node.reads());
        }
        if (endLayer == dataflow.layerCount()) {
            needed.addAll(outputsThatNoLayerMakes());
        }
        Set<Integer> repeated = repeated(needed, available);
        for (int i = 0; i < dataflow.nodes().size(); i++) {
            GraphNode node = dataflow.nodes().get(i);
            if (dataflow.isLayer(i)) {
                addLayer(i, node);
            } else if (repeated.contains(i)) {
                if (rebuilt(i, available)) {
                    rebuildShape(node);
                } else {
                    built.addNode(node.proto());
                }
            }
        }
        addWeights(needed);
    }

    /** Returns the constant and shape nodes that the needed values come from; adds the values these need. */
    private Set<Integer> repeated(Set<String> needed, Set<String> available) {
        var repeated = new HashSet<Integer>();
        var open = new ArrayDeque<>(needed);
        while (!open.isEmpty()) {
            int maker = dataflow.maker(open.remove());
            if (maker >= 0 && !dataflow.isLayer(maker) && repeated.add(maker) && !rebuilt(maker, available)) {
                List<String> reads = dataflow.nodes().get(maker).reads();
                needed.addAll(reads);
                open.addAll(reads);
            }
        }
        return repeated;
    }

    private boolean rebuilt(int node, Set<String> available) {
        return dataflow.asksForActivation(node)
                && !available.contains(dataflow.nodes().get(node).reads().getFirst());
    }

    private void addLayer(int node, GraphNode graphNode) {
        int layer = dataflow.layer(node);
        if (layer >= firstLayer && layer < endLayer) {
            built.addNode(graphNode.proto().toBuilder()
                    .setName(graph.layers().get(layer).name()));
        }
    }

    private void addWeights(Set<String> needed) {
        GraphProto whole = graph.model().getGraph();
        whole.getInitializerList().stream()
                .filter(tensor -> needed.contains(tensor.getName()))
                .forEach(built::addInitializer);
        whole.getSparseInitializerList().stream()
                .filter(tensor -> needed.contains(tensor.getValues().getName()))
                .forEach(built::addSparseInitializer);
    }

    private void rebuildShape(GraphNode node) {
        String made = node.makes().getFirst();
        List<Long> shape = graph.spec(node.reads().getFirst()).orElseThrow().shape();
        if (node.isStandard("Size")) {
            String dimensions = graph.unused(made + "__shape");
            addShape(dimensions, shape);
            built.addNode(NodeProto.newBuilder()
                    .setOpType("ReduceProd")
                    .addInput(dimensions)
                    .addOutput(made)
                    .addAttribute(attribute("keepdims", 0)));
        } else {
            addShape(made, shape.subList(bound(node, "start", 0, shape), bound(node, "end", shape.size(), shape)));
        }
    }

    /** Since operator set 15, Shape can give a part of the dimensions only; negative bounds count from the end. */
    private static int bound(GraphNode node, String name, int otherwise, List<Long> shape) {
        long bound = node.proto().getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .mapToLong(AttributeProto::getI)
                .findFirst()
                .orElse(otherwise);
        return (int) Math.clamp(bound < 0 ? bound + shape.size() : bound, 0, (long) shape.size());
    }

    private void addShape(String name, List<Long> shape) {
        if (shape.isEmpty() || shape.getFirst() != -1) {
            addVector(name, shape);
            return;
        }
        var concat = NodeProto.newBuilder()
                .setOpType("Concat")
                .addInput(batch())
                .addOutput(name)
                .addAttribute(attribute("axis", 0));
        if (shape.size() > 1) {
            String others = graph.unused(name + "__dimensions");
            addVector(others, shape.subList(1, shape.size()));
            concat.addInput(others);
        }
        built.addNode(concat);
    }

    private void addVector(String name, List<Long> values) {
        built.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxTypes.number(ElementType.INT64))
                .addDims(values.size())
                .addAllInt64Data(values));
    }

    /** Returns the name of a value that holds the batch size, a vector of one element. */
    private String batch() {
        if (batch.isEmpty()) {
            String shape = graph.unused("ppipe__shape");
            String first = graph.unused("ppipe__first");
            String size = graph.unused("ppipe__batch");
            addVector(first, List.of(0L));
            built.addNode(NodeProto.newBuilder()
                    .setOpType("Shape")
                    .addInput(batched().name())
                    .addOutput(shape));
            built.addNode(NodeProto.newBuilder()
                    .setOpType("Gather")
                    .addInput(shape)
                    .addInput(first)
                    .addOutput(size)
                    .addAttribute(attribute("axis", 0)));
            batch = Optional.of(size);
        }
        return batch.get();
    }

    /** A stage that takes nothing batched in takes something that crosses the cut in front of it anyway. */
    private TensorSpec batched() {
        Optional<TensorSpec> taking =
                inputs.stream().filter(TensorSpec::batched).findFirst();
        if (taking.isEmpty()) {
            TensorSpec arriving = firstLayer == 0
                    ? graph.inputs().getFirst()
                    : graph.cutPoint(firstLayer - 1, boundary).tensors().getFirst();
            inputs.add(arriving);
            return arriving;
        }
        return taking.get();
    }

    private static NodeProto cast(String from, String to, ElementType type) {
        return NodeProto.newBuilder()
                .setOpType("Cast")
                .addInput(from)
                .addOutput(to)
                .addAttribute(attribute("to", OnnxTypes.number(type)))
                .build();
    }

    private static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }
}
