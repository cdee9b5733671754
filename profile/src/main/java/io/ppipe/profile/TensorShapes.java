package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import io.ppipe.execute.OnnxRuntime;
import io.ppipe.model.BadInputException;
import io.ppipe.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/*
 * ONNX Runtime infers shapes while it loads a model, and tells those of outputs. So every tensor becomes an output, given
 * by name only, and the loaded session is asked and thrown away; nothing runs. With all tensors as outputs the basic
 * optimisations change nothing but fold constants, which also finds the shapes behind Shape -> ... -> Reshape chains: once
 * the inputs' shapes are fixed, these are constants.
 *
 * Whether dimension 0 is the batch can't be seen from one inference: a tensor [batch * 196, 512] has an unknown dimension
 * 0 too. So where the batch is free, the shapes are inferred for batches of 2 and of 3. A tensor is batched when its
 * dimension 0 is 2 and 3 there, and the others are the same.
 */

/**
 * Shape and type of the tensors of a model, as far as they are known before running it.
 *
 * @param dynamicBatch whether any batch size works: then dimension 0 of every input and output is −1
 * @param specs of the tensors that have a fixed shape, or one in which dimension 0 is the batch and nothing else depends on it
 * @param sizes of all tensors whose shape at any batch is known
 * @param note why the batch was fixed at 1 though the file leaves it open, or ""
 */
record TensorShapes(
        boolean dynamicBatch,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs,
        Map<String, TensorSpec> specs,
        Map<String, ShapeByBatch> sizes,
        String note) {
    private static final int FIRST_BATCH = 2;
    private static final int SECOND_BATCH = 3;

    /** Models that are worth being copied whole, should ONNX Runtime not take them without their weights. */
    private static final long LARGEST_WHOLE_BYTES = 1 << 30;

    static TensorShapes infer(OnnxFile file, List<GraphNode> nodes) {
        List<TensorSpec> inputs = file.inputs().stream()
                .map(input -> ValueInfos.input(file, input))
                .toList();
        if (inputs.isEmpty()) {
            throw file.bad("the model has no inputs, so there is nothing to send to it.");
        }
        if (inputs.stream().noneMatch(TensorSpec::batched)) {
            return fixed(file, nodes, inputs, "");
        }
        Optional<TensorSpec> unbatched =
                inputs.stream().filter(input -> !input.batched()).findFirst();
        if (unbatched.isPresent()) {
            String why =
                    "dimension 0 of input %s is fixed".formatted(unbatched.get().name());
            return fixed(file, nodes, inputs, why);
        }
        return dynamic(file, nodes, inputs);
    }

    private static TensorShapes dynamic(OnnxFile file, List<GraphNode> nodes, List<TensorSpec> inputs) {
        Map<String, TensorSpec> ofTwo;
        Map<String, TensorSpec> ofThree;
        try {
            ofTwo = inferred(StandInModel.of(file, nodes, pinned(inputs, FIRST_BATCH)));
            ofThree = inferred(StandInModel.of(file, nodes, pinned(inputs, SECOND_BATCH)));
        } catch (OrtException e) {
            return fixed(
                    file,
                    nodes,
                    inputs,
                    "ONNX Runtime can't load the model for batches of %d and %d".formatted(FIRST_BATCH, SECOND_BATCH));
        }
        Map<String, TensorSpec> specs = batched(ofTwo, ofThree);
        inputs.forEach(input -> specs.put(input.name(), input));
        for (ValueInfoProto output : file.graph().getOutputList()) {
            ValueInfos.declared(output, -1).ifPresent(declared -> specs.putIfAbsent(declared.name(), declared));
            TensorSpec spec = specs.get(output.getName());
            if (spec == null || !spec.batched()) {
                String why = "dimension 0 of output %s isn't the batch".formatted(output.getName());
                return fixed(file, nodes, inputs, why);
            }
        }
        Map<String, ShapeByBatch> sizes = new HashMap<>();
        ofTwo.forEach((name, two) -> Optional.ofNullable(ofThree.get(name))
                .flatMap(three -> ShapeByBatch.between(two, three, FIRST_BATCH))
                .ifPresent(size -> sizes.put(name, size)));
        return new TensorShapes(true, inputs, outputs(file, specs), specs, completed(sizes, specs), "");
    }

    private static TensorShapes fixed(OnnxFile file, List<GraphNode> nodes, List<TensorSpec> inputs, String why) {
        List<TensorSpec> fixed = pinned(inputs, 1);
        Map<String, TensorSpec> inferred = inferredOfOne(file, nodes, fixed);
        Map<String, TensorSpec> specs = batched(inferred, inferred);
        fixed.forEach(input -> specs.put(input.name(), input));
        for (ValueInfoProto output : file.graph().getOutputList()) {
            ValueInfos.declared(output, 1).ifPresent(declared -> specs.putIfAbsent(declared.name(), declared));
        }
        String note = why.isEmpty() ? "" : "The batch is fixed at 1: %s.".formatted(why);
        return new TensorShapes(false, fixed, outputs(file, specs), specs, completed(sizes(inferred), specs), note);
    }

    private static Map<String, ShapeByBatch> sizes(Map<String, TensorSpec> specs) {
        var sizes = new HashMap<String, ShapeByBatch>();
        specs.forEach((name, spec) -> sizes.put(name, ShapeByBatch.of(spec)));
        return sizes;
    }

    private static Map<String, ShapeByBatch> completed(Map<String, ShapeByBatch> sizes, Map<String, TensorSpec> specs) {
        sizes(specs).forEach(sizes::putIfAbsent);
        return sizes;
    }

    private static List<TensorSpec> outputs(OnnxFile file, Map<String, TensorSpec> specs) {
        var outputs = new ArrayList<TensorSpec>();
        for (ValueInfoProto output : file.graph().getOutputList()) {
            TensorSpec spec = specs.get(output.getName());
            if (spec == null) {
                throw file.bad(
                        "the shape of output %s isn't known before running, or it is no tensor. ppipe serves outputs of fixed shape per request: remove this output, or end the model before it."
                                .formatted(output.getName()));
            }
            if (!OnnxTypes.travels(spec.type())) {
                throw file.bad("output %s has type %s, which is not supported. Cast it to another type in the model."
                        .formatted(spec.name(), spec.type()));
            }
            outputs.add(spec);
        }
        if (outputs.isEmpty()) {
            throw file.bad("the model has no outputs, so there is nothing to compute.");
        }
        return outputs;
    }

    private static Map<String, TensorSpec> inferredOfOne(
            OnnxFile file, List<GraphNode> nodes, List<TensorSpec> inputs) {
        try {
            return inferred(StandInModel.of(file, nodes, inputs));
        } catch (OrtException withStandIns) {
            if (file.sizeBytes() > LARGEST_WHOLE_BYTES) {
                throw cannotLoad(file, withStandIns);
            }
        }
        try {
            return inferred(StandInModel.whole(file, nodes, inputs), List.of());
        } catch (OrtException e) {
            throw cannotLoad(file, e);
        }
    }

    private static BadInputException cannotLoad(OnnxFile file, OrtException e) {
        return file.bad("ONNX Runtime can't load the model: %s".formatted(OnnxRuntime.reason(e)), e);
    }

    private static Map<String, TensorSpec> inferred(StandInModel model) throws OrtException {
        return inferred(model.model().toByteArray(), model.standIns());
    }

    private static Map<String, TensorSpec> inferred(byte[] onnx, List<TensorSpec> standIns) throws OrtException {
        try (var options = new SessionOptions()) {
            options.setOptimizationLevel(OptLevel.BASIC_OPT);
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            try (OrtSession session = OnnxRuntime.environment().createSession(onnx, options)) {
                var specs = new HashMap<String, TensorSpec>();
                standIns.forEach(constant -> specs.put(constant.name(), constant));
                for (NodeInfo output : session.getOutputInfo().values()) {
                    if (output.getInfo() instanceof TensorInfo tensor) {
                        spec(output.getName(), tensor).ifPresent(spec -> specs.put(spec.name(), spec));
                    }
                }
                return specs;
            }
        }
    }

    private static Optional<TensorSpec> spec(String name, TensorInfo tensor) {
        var shape = new ArrayList<Long>();
        for (long dimension : tensor.getShape()) {
            if (dimension < 1) {
                return Optional.empty();
            }
            shape.add(dimension);
        }
        return OnnxTypes.of(tensor.onnxType).map(type -> new TensorSpec(name, type, shape));
    }

    /** Rank 0 can mean a scalar as well as an unknown rank, so it counts as unknown. */
    private static Map<String, TensorSpec> batched(Map<String, TensorSpec> ofTwo, Map<String, TensorSpec> ofThree) {
        var specs = new HashMap<String, TensorSpec>();
        ofTwo.forEach((name, two) -> {
            TensorSpec three = ofThree.get(name);
            if (two.shape().isEmpty()) {
                return;
            }
            if (two.equals(three)) {
                specs.put(name, two);
            } else if (two.shape().getFirst() == FIRST_BATCH
                    && withBatch(two, SECOND_BATCH).equals(three)) {
                specs.put(name, withBatch(two, -1));
            }
        });
        return specs;
    }

    private static List<TensorSpec> pinned(List<TensorSpec> inputs, int batch) {
        return inputs.stream()
                .map(input -> input.batched() ? withBatch(input, batch) : input)
                .toList();
    }

    private static TensorSpec withBatch(TensorSpec spec, long batch) {
        var shape = new ArrayList<>(spec.shape());
        shape.set(0, batch);
        return new TensorSpec(spec.name(), spec.type(), shape);
    }
}
