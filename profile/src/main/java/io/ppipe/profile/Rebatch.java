package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.ppipe.model.BadInputException;
import io.ppipe.model.TensorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/*
 * Exporters write the batch of their example into inputs, and into every Reshape. Opening dimension 0 of the inputs is easy;
 * whether the model still computes the same for every request is not to be seen from its shapes: a softmax along axis 0, or
 * a Reshape to [1, −1], keeps them and mixes requests. So the changed model is believed only when
 *
 *   1. shapes inferred for batches of 2 and 3 have the batch in dimension 0 of every output, and nowhere else (TensorShapes);
 *   2. made-up requests, run one by one and several at once, give what the model gave before (RebatchCheck).
 *
 * A Reshape that begins with the old batch where its input does too gets −1 there, or 0 (as the input) where another
 * dimension is −1 already.
 */

/** Makes a model whose batch is fixed take any batch size. */
public final class Rebatch {
    private final OnnxFile file;
    private final ModelGraph graph;
    private final long batch;
    private final Set<String> names = new HashSet<>();

    private Rebatch(OnnxFile file, ModelGraph graph) {
        this.file = file;
        this.graph = graph;
        GraphNode.valueNames(file.graph(), names);
        List<Long> batches = graph.inputs().stream()
                .map(input -> input.shape().isEmpty() ? 0 : input.shape().getFirst())
                .distinct()
                .toList();
        if (batches.size() != 1 || batches.getFirst() < 1) {
            throw refusal("dimension 0 of its inputs is not the same in all (%s)".formatted(batches));
        }
        batch = batches.getFirst();
    }

    /**
     * Writes a model that takes any batch size and gives for every request what the old one gives.
     *
     * @param from a model whose batch is fixed
     * @param to where to write, whole or not at all
     * @throws BadInputException when the model takes any batch already, or can't be made to, with the reason
     */
    public static void write(Path from, Path to) {
        ModelGraph graph = ModelGraph.read(from);
        if (graph.dynamicBatch()) {
            throw new BadInputException("%s takes any batch size already.".formatted(from));
        }
        new Rebatch(OnnxFile.read(from), graph).write(to);
    }

    private void write(Path to) {
        try {
            Path folder = to.toAbsolutePath().getParent();
            Path unfinished = Files.createTempFile(folder, "rebatched", ".unfinished");
            try {
                try (OutputStream out = Files.newOutputStream(unfinished)) {
                    WeightyModel.write(
                            file.model().toBuilder().setGraph(changed()).build(), file.weights(), out);
                }
                check(unfinished);
                Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw OnnxFile.cannotWrite(to, e);
        }
    }

    private void check(Path changed) {
        ModelGraph open;
        try {
            open = ModelGraph.read(changed);
        } catch (BadInputException e) {
            throw refusal("with another batch it is no valid model (%s)".formatted(e.getMessage()));
        }
        if (!open.dynamicBatch()) {
            throw refusal(open.note());
        }
        for (int i = 0; i < graph.outputs().size(); i++) {
            TensorSpec before = graph.outputs().get(i);
            TensorSpec after = open.outputs().get(i);
            List<Long> shape = before.shape();
            if (shape.isEmpty()
                    || shape.getFirst() != batch
                    || !shape.subList(1, shape.size())
                            .equals(after.shape().subList(1, after.shape().size()))) {
                throw refusal(
                        "output %s had the shape %s and would get %s".formatted(before.name(), shape, after.shape()));
            }
        }
        RebatchCheck.differing(graph, open, (int) batch).ifPresent(difference -> {
            throw refusal(difference);
        });
    }

    private BadInputException refusal(String reason) {
        return file.bad("its fixed batch can't be opened: %s. Export the model with a dynamic batch."
                .formatted(reason.replaceAll("\\.$", "")));
    }

    private GraphProto changed() {
        GraphProto.Builder changed = file.graph().toBuilder().clearValueInfo();
        Set<String> given =
                new HashSet<>(graph.inputs().stream().map(TensorSpec::name).toList());
        for (int i = 0; i < changed.getInputCount(); i++) {
            if (given.contains(changed.getInput(i).getName())) {
                changed.setInput(i, opened(changed.getInput(i)));
            }
        }
        for (int i = 0; i < changed.getOutputCount(); i++) {
            changed.setOutput(
                    i, ValueInfoProto.newBuilder().setName(changed.getOutput(i).getName()));
        }
        for (int i = 0; i < changed.getNodeCount(); i++) {
            reshape(changed.getNode(i), i, changed);
        }
        return changed.build();
    }

    private static ValueInfoProto opened(ValueInfoProto input) {
        ValueInfoProto.Builder opened = input.toBuilder();
        opened.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(0)
                .clearValue()
                .setDimParam("batch");
        return opened.build();
    }

    private void reshape(NodeProto node, int index, GraphProto.Builder changed) {
        if (!node.getOpType().equals("Reshape") || node.getInputCount() < 2) {
            return;
        }
        boolean batched = graph.spec(node.getInput(0))
                .filter(spec -> !spec.shape().isEmpty() && spec.shape().getFirst() == batch)
                .isPresent();
        List<TensorProto> shapes = file.graph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals(node.getInput(1)))
                .toList();
        if (!batched || shapes.isEmpty() || shapes.getFirst().getDataType() != TensorProto.DataType.INT64_VALUE) {
            return;
        }
        var shape = new ArrayList<>(OnnxTypes.integers(shapes.getFirst()));
        if (!shape.isEmpty() && shape.getFirst() == batch) {
            shape.set(0, shape.contains(-1L) ? 0L : -1L);
            String name = unused(node.getInput(1) + "__any_batch");
            changed.addInitializer(TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(TensorProto.DataType.INT64_VALUE)
                    .addDims(shape.size())
                    .addAllInt64Data(shape));
            changed.setNode(index, node.toBuilder().setInput(1, name));
        }
    }

    private String unused(String wanted) {
        String name = wanted;
        while (!names.add(name)) {
            name += "_";
        }
        return name;
    }
}
