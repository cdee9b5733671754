package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An ONNX model as layers in topological order, with every position where it may be cut. Immutable. Large weights stay in the
 * file, mapped: it must not be changed in place while the graph is in use.
 *
 * <p>A cut is valid when every tensor that crosses it has a type that can be sent, a shape that is known before running,
 * and, in a model that takes any batch size, the batch as its dimension 0: only then can requests be batched and sent
 * apart. In a model whose batch is fixed, one request is one run, and tensors cross as they are.
 */
public final class ModelGraph {
    private final OnnxFile file;
    private final TensorShapes shapes;
    private final Dataflow dataflow;
    private final Set<String> valueNames = new HashSet<>();
    private final Set<String> ends = new HashSet<>();
    private final Map<String, Long> constantBytes = new HashMap<>();
    private final Map<String, Dimensions> weightSizes = new HashMap<>();
    private final List<Layer> layers;
    private final List<Integer> cutsAfter = new ArrayList<>();
    private final String note;

    private ModelGraph(OnnxFile file, TensorShapes shapes, Dataflow dataflow) {
        this.file = file;
        this.shapes = shapes;
        this.dataflow = dataflow;
        GraphNode.valueNames(file.graph(), valueNames);
        shapes.inputs().forEach(input -> ends.add(input.name()));
        shapes.outputs().forEach(output -> ends.add(output.name()));
        sizeConstants();
        layers = named();
        String noCut = findCuts();
        note = (shapes.note() + " " + noCut).strip();
    }

    /**
     * Reads and analyses a model: a few tenths of a second for usual CNNs.
     *
     * @throws io.ppipe.model.BadInputException when the file is no ONNX model, or one that ppipe can't serve
     */
    public static ModelGraph read(Path onnx) {
        OnnxFile file = OnnxFile.read(onnx);
        List<GraphNode> nodes = NodeOrder.of(file);
        TensorShapes shapes = TensorShapes.infer(file, nodes);
        var dataflow = new Dataflow(nodes, shapes, file.initialisers());
        if (dataflow.layerCount() == 0) {
            throw file.bad("no output depends on the contents of an input, so there is nothing to compute.");
        }
        return new ModelGraph(file, shapes, dataflow);
    }

    /** Returns the file it was read from. */
    public Path file() {
        return file.path();
    }

    /** Returns the SHA-256 of the file, hexadecimal. */
    public String sha256() {
        return file.sha256();
    }

    /** Returns the model's inputs, initialisers left out. */
    public List<TensorSpec> inputs() {
        return shapes.inputs();
    }

    /** Returns the model's outputs. */
    public List<TensorSpec> outputs() {
        return shapes.outputs();
    }

    /** Returns whether the model takes any batch size: dimension 0 of every input and output is −1. */
    public boolean dynamicBatch() {
        return shapes.dynamicBatch();
    }

    /** Returns the layers in topological order; at least one. */
    public List<Layer> layers() {
        return layers;
    }

    /** Returns every position where the model may be cut, in order; may be empty. The positions don't depend on the type. */
    public List<CutPoint> cutPoints(BoundaryType boundary) {
        return cutsAfter.stream().map(after -> cutPoint(after, boundary)).toList();
    }

    /** Returns every other position between two layers, with what stands in the way of a cut. */
    public List<NoCut> noCuts() {
        var places = new ArrayList<NoCut>();
        for (int layer = 0; layer + 1 < layers.size(); layer++) {
            int after = layer;
            obstacle(layer).ifPresent(reason -> places.add(new NoCut(after, reason)));
        }
        return places;
    }

    /** Returns the model's inputs and what its layers make, in this order. */
    public List<Activation> activations() {
        return dataflow.activations(
                this::spec, outputs().stream().map(TensorSpec::name).collect(Collectors.toSet()));
    }

    /** Returns the size of all constants that its layers read, each counted once. */
    public long parameterBytes() {
        return weightBytes(0, layers.size());
    }

    /** Returns the versions of the operator sets that the model uses, by domain; "ai.onnx" is ONNX's own. */
    public SortedMap<String, Long> operatorSets() {
        var versions = new TreeMap<String, Long>();
        file.model()
                .getOpsetImportList()
                .forEach(
                        set -> versions.put(set.getDomain().isEmpty() ? "ai.onnx" : set.getDomain(), set.getVersion()));
        return versions;
    }

    /** Returns the tool that wrote the file, with its version; "" where the file doesn't say. */
    public String producer() {
        return (file.model().getProducerName() + " " + file.model().getProducerVersion()).strip();
    }

    /** Returns what a user should know about how the model was read (no valid cut, batch fixed at 1), or "". */
    public String note() {
        return note;
    }

    boolean hasCutAfter(int layer) {
        return cutsAfter.contains(layer);
    }

    CutPoint cutPoint(int afterLayer, BoundaryType boundary) {
        var tensors = new ArrayList<TensorSpec>();
        long bytes = 0;
        for (String value : dataflow.crossing(afterLayer)) {
            TensorSpec tensor = travelling(value, boundary);
            tensors.add(tensor);
            bytes += tensor.bytesPerRequest();
        }
        return new CutPoint(afterLayer, tensors, bytes);
    }

    /**
     * Returns an activation as it travels: float32 made on the way may become float16, under a name of its own. Values
     * beyond 65504 don't fit: they arrive infinite.
     */
    TensorSpec travelling(String value, BoundaryType boundary) {
        TensorSpec spec = spec(value).orElseThrow();
        boolean halved = boundary == BoundaryType.FLOAT16 && spec.type() == ElementType.FP32 && !ends.contains(value);
        return halved ? new TensorSpec(unused(value + "__fp16"), ElementType.FP16, spec.shape()) : spec;
    }

    Optional<TensorSpec> spec(String value) {
        return Optional.ofNullable(shapes.specs().get(value));
    }

    /** Returns what a value takes at a batch size: an activation, or a constant; nothing where that isn't known. */
    Optional<Dimensions> dimensions(String value, int batch) {
        ShapeByBatch shape = shapes.sizes().get(value);
        return shape != null ? Optional.of(shape.at(batch)) : Optional.ofNullable(weightSizes.get(value));
    }

    ModelProto model() {
        return file.model();
    }

    /** Returns the data that the initialisers of {@link #model} lack, by name. */
    Map<String, MemorySegment> weights() {
        return file.weights();
    }

    Dataflow dataflow() {
        return dataflow;
    }

    /** Returns the wanted name, changed if the model has a value of that name. */
    String unused(String wanted) {
        String name = wanted;
        while (valueNames.contains(name)) {
            name += "_";
        }
        return name;
    }

    /** Returns the size of the constants that the layers {@code [firstLayer, endLayer)} read, each counted once. */
    long weightBytes(int firstLayer, int endLayer) {
        var read = new HashSet<String>();
        for (int layer = firstLayer; layer < endLayer; layer++) {
            read.addAll(dataflow.nodes().get(dataflow.node(layer)).reads());
        }
        return read.stream()
                .mapToLong(value -> constantBytes.getOrDefault(value, 0L))
                .sum();
    }

    /**
     * Returns the most bytes of activations that are alive at once while the layers {@code [firstLayer, endLayer)} run one
     * request. Tensors of unknown shape count as nothing.
     */
    long activationBytes(int firstLayer, int endLayer) {
        long most = 0;
        for (int layer = firstLayer; layer < endLayer; layer++) {
            long alive = dataflow.alive(layer).stream()
                    .mapToLong(value ->
                            spec(value).map(TensorSpec::bytesPerRequest).orElse(0L))
                    .sum();
            most = Math.max(most, alive);
        }
        return most;
    }

    private void sizeConstants() {
        for (GraphNode node : dataflow.nodes()) {
            for (String made : node.makes()) {
                if (!dataflow.isActivation(made)) {
                    constantBytes.put(
                            made, spec(made).map(TensorSpec::bytesPerRequest).orElse(0L));
                }
            }
        }
        for (TensorProto tensor : file.graph().getInitializerList()) {
            constantBytes.put(tensor.getName(), OnnxTypes.sizeBytes(tensor));
            OnnxTypes.of(tensor.getDataType())
                    .ifPresent(type -> weightSizes.put(tensor.getName(), new Dimensions(type, tensor.getDimsList())));
        }
        for (SparseTensorProto tensor : file.graph().getSparseInitializerList()) {
            constantBytes.put(tensor.getValues().getName(), OnnxTypes.sizeBytes(tensor.getValues()));
        }
    }

    /** ONNX Runtime refuses two nodes of one name, but nodes need not have one. */
    private List<Layer> named() {
        var taken = new HashSet<String>();
        file.graph().getNodeList().forEach(node -> taken.add(node.getName()));
        var named = new ArrayList<Layer>();
        for (int layer = 0; layer < dataflow.layerCount(); layer++) {
            GraphNode node = dataflow.nodes().get(dataflow.node(layer));
            String operator = node.proto().getOpType();
            String name = node.proto().getName();
            if (name.isBlank()) {
                name = operator + "_" + layer;
                while (!taken.add(name)) {
                    name += "_";
                }
            }
            named.add(
                    new Layer(name, operator, OperatorKind.of(operator), weightBytes(layer, layer + 1), node.makes()));
        }
        return List.copyOf(named);
    }

    /** Returns why there is none, or "". */
    private String findCuts() {
        String why = "the model has one layer only";
        for (int layer = 0; layer + 1 < layers.size(); layer++) {
            Optional<String> obstacle = obstacle(layer);
            if (obstacle.isEmpty()) {
                cutsAfter.add(layer);
            } else {
                why = "after layer %s, for one, %s".formatted(layers.get(layer).name(), obstacle.get());
            }
        }
        return cutsAfter.isEmpty() ? "There is no valid cut: %s.".formatted(why) : "";
    }

    private Optional<String> obstacle(int afterLayer) {
        List<String> crossing = dataflow.crossing(afterLayer);
        for (String value : crossing) {
            TensorSpec spec = spec(value).orElse(null);
            if (spec == null || (dynamicBatch() && !spec.batched())) {
                return Optional.of(
                        "tensor %s crosses, whose dimension 0 isn't the batch, or whose shape isn't known before running"
                                .formatted(value));
            }
            if (!OnnxTypes.travels(spec.type())) {
                return Optional.of("tensor %s crosses, whose type is %s".formatted(value, spec.type()));
            }
        }
        return crossing.isEmpty() ? Optional.of("nothing crosses") : Optional.empty();
    }
}
