package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A parsed ONNX file, and errors that name it. Large weights are views of the mapped file, or of the files beside it that
 * they lie in: they take no memory of their own.
 *
 * @param sha256 hash of its bytes, then of the weights in other files in their order, hexadecimal
 * @param model the model; large weights have no data in it
 * @param weights the data that the model lacks, by the names of the initialisers
 */
record OnnxFile(Path path, String sha256, ModelProto model, Map<String, MemorySegment> weights) {
    static OnnxFile read(Path path) {
        MemorySegment bytes = bytes(path);
        MessageDigest digest = newDigest();
        digest(bytes, digest);
        Weightless weightless = Weightless.of(bytes);
        ModelProto model = parse(path, weightless.bytes(), bytes.byteSize());
        var weights = new HashMap<String, MemorySegment>();
        var external = new ExternalData(path);
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            TensorProto tensor = graph.getInitializer(i);
            Optional<MemorySegment> raw =
                    i < weightless.weights().size() ? weightless.weights().get(i) : Optional.empty();
            raw.ifPresent(data -> weights.put(tensor.getName(), data));
            if (ExternalData.isExternal(tensor)) {
                MemorySegment data = external.load(tensor);
                digest(data, digest);
                graph.setInitializer(i, inside(tensor, data, weights));
            }
        }
        var file = new OnnxFile(
                path,
                HexFormat.of().formatHex(digest.digest()),
                model.toBuilder().setGraph(graph).build(),
                weights);
        file.check();
        return file;
    }

    private static TensorProto inside(TensorProto tensor, MemorySegment data, Map<String, MemorySegment> weights) {
        TensorProto.Builder inside =
                tensor.toBuilder().clearDataLocation().clearExternalData().clearRawData();
        if (data.byteSize() > Weightless.KEPT_BYTES) {
            weights.put(tensor.getName(), data);
        } else {
            inside.setRawData(ByteString.copyFrom(data.asByteBuffer()));
        }
        return inside.build();
    }

    /** Returns how many bytes the model has, with its weights. */
    long sizeBytes() {
        return WeightyModel.sizeBytes(model, weights);
    }

    GraphProto graph() {
        return model.getGraph();
    }

    BadInputException bad(String what) {
        return bad(path, what);
    }

    static BadInputException bad(Path path, String what) {
        return new BadInputException("%s: %s".formatted(path, oneLine(what)));
    }

    BadInputException bad(String what, Throwable cause) {
        return new BadInputException("%s: %s".formatted(path, oneLine(what)), cause);
    }

    /** Returns names of weights: constants that stand in the file. Older files list them among the inputs as well. */
    Set<String> initialisers() {
        var names = new HashSet<String>();
        graph().getInitializerList().forEach(tensor -> names.add(tensor.getName()));
        graph().getSparseInitializerList()
                .forEach(tensor -> names.add(tensor.getValues().getName()));
        return names;
    }

    /** Returns what a caller of the model hands in. */
    List<ValueInfoProto> inputs() {
        Set<String> weights = initialisers();
        return graph().getInputList().stream()
                .filter(input -> !weights.contains(input.getName()))
                .toList();
    }

    private void check() {
        if (graph().getNodeCount() == 0 || model.getOpsetImportCount() == 0) {
            throw bad(
                    "not a whole ONNX model (%s). It may be truncated or another kind of file: export or copy it again."
                            .formatted(graph().getNodeCount() == 0 ? "it has no nodes" : "it imports no operator set"));
        }
        graph().getInitializerList().forEach(tensor -> checkData(tensor, weights));
        graph().getNodeList().forEach(node -> GraphNode.tensors(node, this::checkInside));
        Set<String> given = new HashSet<>();
        for (ValueInfoProto input : graph().getInputList()) {
            if (!given.add(input.getName())) {
                throw bad("two of its inputs are called %s. Check the model with onnx.checker.check_model."
                        .formatted(input.getName()));
            }
        }
        checkMadeOnce(given);
        for (ValueInfoProto output : graph().getOutputList()) {
            if (given.contains(output.getName())) {
                throw bad(
                        "output %s is an input of the model as well. Remove it from the outputs, or export it through an Identity."
                                .formatted(output.getName()));
            }
        }
    }

    private void checkMadeOnce(Set<String> inputs) {
        var made = new HashSet<String>();
        for (TensorProto tensor : graph().getInitializerList()) {
            checkNew(made, tensor.getName());
        }
        for (SparseTensorProto tensor : graph().getSparseInitializerList()) {
            checkNew(made, tensor.getValues().getName());
        }
        made.addAll(inputs);
        for (NodeProto node : graph().getNodeList()) {
            for (String output : node.getOutputList()) {
                if (!output.isEmpty()) {
                    checkNew(made, output);
                }
            }
        }
        var outputs = new HashSet<String>();
        for (ValueInfoProto output : graph().getOutputList()) {
            if (!made.contains(output.getName()) || !outputs.add(output.getName())) {
                throw bad("output %s is %s. Check the model with onnx.checker.check_model."
                        .formatted(
                                output.getName(), made.contains(output.getName()) ? "there twice" : "made by nothing"));
            }
        }
    }

    private void checkNew(Set<String> made, String value) {
        if (!made.add(value)) {
            throw bad("value %s is made twice. Check the model with onnx.checker.check_model.".formatted(value));
        }
    }

    private void checkInside(TensorProto tensor) {
        if (ExternalData.isExternal(tensor)) {
            throw bad(
                    "tensor %s, which stands inside a node, lies in another file; only weights of the graph itself may. Save the model with its weights inside: onnx.save(onnx.load(FILE), OUT)."
                            .formatted(tensor.getName()));
        }
        checkData(tensor, Map.of());
    }

    /** A shape that the data don't fill would be believed wherever sizes are summed up. */
    private void checkData(TensorProto tensor, Map<String, MemorySegment> data) {
        long elements = Saturating.product(tensor.getDimsList());
        boolean fits = tensor.getDimsList().stream().noneMatch(size -> size < 0);
        MemorySegment weight = data.get(tensor.getName());
        if (fits && (tensor.hasRawData() || weight != null)) {
            long size = weight != null ? weight.byteSize() : tensor.getRawData().size();
            fits = OnnxTypes.rawBytes(tensor).map(needed -> needed == size).orElse(false);
        } else if (fits) {
            fits = OnnxTypes.typedValues(tensor)
                    .map(values -> values == elements)
                    .orElse(true);
        }
        if (!fits) {
            throw bad("tensor %s has the shape %s, which its data don't fill. The file is damaged: export it again."
                    .formatted(tensor.getName(), tensor.getDimsList()));
        }
    }

    static BadInputException cannotWrite(Path path, IOException cause) {
        return new BadInputException(
                "%s can't be written (%s). Its directory must exist, be writable and have room."
                        .formatted(path, oneLine(cause.toString())),
                cause);
    }

    private static MemorySegment bytes(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw new IOException("it is a folder");
            }
            MappedFile file = MappedFile.open(path);
            if (file.size() > Integer.MAX_VALUE) {
                throw new IOException(
                        "it has %d bytes, an ONNX file at most %d; larger models have their weights in other files"
                                .formatted(file.size(), Integer.MAX_VALUE));
            }
            return file.bytes();
        } catch (NoSuchFileException e) {
            throw new BadInputException("%s: no such file. Give the path of an ONNX model.".formatted(path), e);
        } catch (IOException e) {
            throw new BadInputException(
                    "%s can't be read: %s".formatted(path, oneLine(String.valueOf(e.getMessage()))), e);
        }
    }

    private static ModelProto parse(Path path, byte[] weightless, long fileBytes) {
        try {
            return ModelProto.parseFrom(weightless);
        } catch (InvalidProtocolBufferException e) {
            throw new BadInputException(
                    "%s: not a whole ONNX model (%d bytes; %s) It may be truncated or another kind of file: export or copy it again."
                            .formatted(path, fileBytes, oneLine(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private static void digest(MemorySegment bytes, MessageDigest digest) {
        try {
            MappedFile.copy(bytes, digest::update);
        } catch (IOException e) {
            throw new AssertionError("A digest only computes.", e);
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256.", e);
        }
    }

    private static String oneLine(String text) {
        // Names in files may hold anything, also what terminals obey.
        return text.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
    }
}
