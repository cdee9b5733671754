package io.ppipe.serve.front;

import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.ServedModel;
import io.ppipe.serve.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether a request fits the model that it asks for. What passes can be run without looking at sizes again. */
final class RequestCheck {
    private RequestCheck() {}

    /** Returns what is wrong in one line for the client, or nothing. */
    static Optional<String> check(ServedModel model, Call call) {
        return names(model, call)
                .or(() -> call.inputs().stream()
                        .map(tensor ->
                                tensor(spec(model.inputs(), tensor.name()).orElseThrow(), tensor))
                        .flatMap(Optional::stream)
                        .findFirst())
                .or(() -> sameBatch(model, call))
                .or(() -> outputs(model, call));
    }

    private static Optional<String> names(ServedModel model, Call call) {
        var seen = new HashSet<String>();
        for (Tensor tensor : call.inputs()) {
            if (spec(model.inputs(), tensor.name()).isEmpty()) {
                return Optional.of("Model %s has no input %s; its inputs are %s."
                        .formatted(model.name(), quoted(tensor.name()), names(model.inputs())));
            }
            if (!seen.add(tensor.name())) {
                return Optional.of("Input %s is given twice; give each input once.".formatted(quoted(tensor.name())));
            }
        }
        return model.inputs().stream()
                .filter(spec -> !seen.contains(spec.name()))
                .map(spec -> "Input %s is missing; model %s takes %s."
                        .formatted(quoted(spec.name()), model.name(), names(model.inputs())))
                .findFirst();
    }

    private static Optional<String> tensor(TensorSpec spec, Tensor tensor) {
        String name = quoted(spec.name());
        if (tensor.type() != spec.type()) {
            return Optional.of("Input %s has datatype %s, expected %s.".formatted(name, tensor.type(), spec.type()));
        }
        if (!shapeFits(spec, tensor.shape())) {
            return Optional.of("Input %s has shape %s, expected %s%s."
                    .formatted(
                            name,
                            shown(tensor.shape()),
                            spec.shape(),
                            spec.batched() ? " (-1: a batch of 1 or more)" : ""));
        }
        long bytes;
        try {
            bytes = bytes(tensor);
        } catch (ArithmeticException overflow) {
            return Optional.of("Input %s has shape %s, which is too large.".formatted(name, tensor.shape()));
        }
        if (spec.type() == ElementType.BYTES) {
            return ByteStrings.check(name, tensor.data(), bytes);
        }
        return bytes == tensor.data().remaining()
                ? Optional.empty()
                : Optional.of("Input %s has %d bytes of data, expected %d for %s %s."
                        .formatted(name, tensor.data().remaining(), bytes, tensor.type(), tensor.shape()));
    }

    private static boolean shapeFits(TensorSpec spec, List<Long> shape) {
        if (shape.size() != spec.shape().size()) {
            return false;
        }
        for (int i = 0; i < shape.size(); i++) {
            long expected = spec.shape().get(i);
            long actual = shape.get(i);
            if (expected == -1 ? actual < 1 : actual != expected) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns its size by its shape; of BYTES, whose elements have no size of their own, how many there are.
     *
     * @throws ArithmeticException when it is more than a long holds
     */
    private static long bytes(Tensor tensor) {
        long bytes = tensor.type() == ElementType.BYTES ? 1 : tensor.type().sizeBytes();
        for (long dimension : tensor.shape()) {
            bytes = Math.multiplyExact(bytes, dimension);
        }
        return bytes;
    }

    private static Optional<String> sameBatch(ServedModel model, Call call) {
        List<Tensor> batched = call.inputs().stream()
                .filter(tensor ->
                        spec(model.inputs(), tensor.name()).orElseThrow().batched())
                .toList();
        boolean oneByOne = model.inputs().stream().anyMatch(spec -> !spec.batched());
        if (oneByOne && batched.stream().anyMatch(tensor -> batch(tensor) > 1)) {
            return Optional.of(
                    "Model %s takes one request per call, because not all of its inputs have a batch dimension; send a batch of 1."
                            .formatted(model.name()));
        }
        return batched.stream()
                .filter(tensor -> !batch(tensor).equals(batch(batched.getFirst())))
                .map(tensor -> "Inputs %s and %s have batches of %d and %d; all inputs must have the same."
                        .formatted(
                                quoted(batched.getFirst().name()),
                                quoted(tensor.name()),
                                batch(batched.getFirst()),
                                batch(tensor)))
                .findFirst();
    }

    private static Long batch(Tensor tensor) {
        return tensor.shape().getFirst();
    }

    private static Optional<String> outputs(ServedModel model, Call call) {
        var seen = new HashSet<String>();
        for (String output : call.outputs()) {
            if (spec(model.outputs(), output).isEmpty()) {
                return Optional.of("Model %s has no output %s; its outputs are %s."
                        .formatted(model.name(), quoted(output), names(model.outputs())));
            }
            if (!seen.add(output)) {
                return Optional.of("Output %s is asked for twice; ask once.".formatted(quoted(output)));
            }
        }
        return Optional.empty();
    }

    private static Optional<TensorSpec> spec(List<TensorSpec> specs, String name) {
        return specs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    private static String names(List<TensorSpec> specs) {
        return specs.stream().map(spec -> quoted(spec.name())).collect(Collectors.joining(", "));
    }

    private static String shown(List<Long> shape) {
        return shape.size() <= 16 ? shape.toString() : "with %d dimensions".formatted(shape.size());
    }

    /** A client's word in a message: one line, of bounded length. */
    static String quoted(String word) {
        String line = word.replaceAll("\\p{Cntrl}", "?");
        return '"' + (line.length() <= 100 ? line : line.substring(0, 100) + "…") + '"';
    }
}
