package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A parsed ONNX file, and errors that name it.
 *
 * @param sha256 hash of its bytes, hexadecimal
 */
record OnnxFile(Path path, String sha256, ModelProto model) {
    static OnnxFile read(Path path) {
        byte[] bytes = bytes(path);
        var file = new OnnxFile(path, sha256(bytes), parse(path, bytes));
        file.check();
        return file;
    }

    GraphProto graph() {
        return model.getGraph();
    }

    BadInputException bad(String what) {
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
        graph().getInitializerList().forEach(this::checkInside);
        graph().getNodeList().forEach(node -> GraphNode.tensors(node, this::checkInside));
        Set<String> given = new HashSet<>();
        graph().getInputList().forEach(input -> given.add(input.getName()));
        for (ValueInfoProto output : graph().getOutputList()) {
            if (given.contains(output.getName())) {
                throw bad(
                        "output %s is an input of the model as well. Remove it from the outputs, or export it through an Identity."
                                .formatted(output.getName()));
            }
        }
    }

    private void checkInside(TensorProto tensor) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            throw bad(
                    "tensor %s lies in another file, which is not supported. Save the model with its weights inside: onnx.save(onnx.load(FILE), OUT)."
                            .formatted(tensor.getName()));
        }
    }

    static BadInputException cannotWrite(Path path, IOException cause) {
        return new BadInputException(
                "%s can't be written (%s). Its directory must exist, be writable and have room."
                        .formatted(path, oneLine(cause.toString())),
                cause);
    }

    private static byte[] bytes(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new BadInputException("%s: no such file. Give the path of an ONNX model.".formatted(path), e);
        } catch (IOException e) {
            throw new BadInputException(
                    "%s can't be read: %s".formatted(path, oneLine(String.valueOf(e.getMessage()))), e);
        }
    }

    private static ModelProto parse(Path path, byte[] bytes) {
        try {
            return ModelProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new BadInputException(
                    "%s: not a whole ONNX model (%d bytes; %s) It may be truncated or another kind of file: export or copy it again."
                            .formatted(path, bytes.length, oneLine(String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256.", e);
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
