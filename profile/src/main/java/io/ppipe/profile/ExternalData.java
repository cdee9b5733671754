package io.ppipe.profile;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/*
 * A model may come from anywhere, and the file names in it are its author's. So a tensor's file must lie in the model's own
 * folder, or below it, links followed: or a model could have any file of this machine sent out as a weight.
 */

/** The weights of one model that lie in other files, mapped. */
final class ExternalData {
    /** "C:", "\\server": absolute on systems other than this one. */
    private static final Pattern ABSOLUTE = Pattern.compile("^([A-Za-z]:|[/\\\\]).*", Pattern.DOTALL);

    private final Path model;
    private final Map<Path, MappedFile> files = new HashMap<>();

    ExternalData(Path model) {
        this.model = model;
    }

    static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    }

    /**
     * Returns the tensor's data: a view of the mapped file.
     *
     * @throws BadInputException when the file isn't in the model's folder, or doesn't have the data
     */
    MemorySegment load(TensorProto tensor) {
        long needed = OnnxTypes.rawBytes(tensor)
                .orElseThrow(() -> bad(tensor, "has a type or shape that can't lie in another file"));
        long offset = number(tensor, "offset").orElse(0L);
        MappedFile file = files.computeIfAbsent(path(tensor), path -> map(tensor, path));
        long length = number(tensor, "length").orElse(file.size() - offset);
        if (offset < 0 || length < 0 || offset > file.size() || length > file.size() - offset) {
            throw bad(
                    tensor,
                    "takes %d bytes from byte %d of %s, which has %d"
                            .formatted(length, offset, location(tensor), file.size()));
        }
        if (length != needed) {
            throw bad(
                    tensor,
                    "of shape %s needs %d bytes, but %d of %s are its own"
                            .formatted(tensor.getDimsList(), needed, length, location(tensor)));
        }
        return file.bytes().asSlice(offset, length);
    }

    private Path path(TensorProto tensor) {
        String location = location(tensor);
        if (location.isBlank() || ABSOLUTE.matcher(location).matches()) {
            throw bad(tensor, "lies in \"%s\", which is no relative path".formatted(location));
        }
        try {
            Path folder = model.toAbsolutePath().normalize().getParent();
            if (folder == null) {
                throw bad(tensor, "lies in another file, and the model in no folder");
            }
            Path file = folder.resolve(location).normalize();
            if (!file.startsWith(folder)) {
                throw bad(tensor, "lies in %s, outside of the model's folder".formatted(location));
            }
            if (!Files.isRegularFile(file)) {
                throw bad(tensor, "lies in %s, which is no file".formatted(location));
            }
            if (!file.toRealPath().startsWith(folder.toRealPath())) {
                throw bad(tensor, "lies in %s, a link that leads out of the model's folder".formatted(location));
            }
            return file;
        } catch (InvalidPathException e) {
            throw bad(tensor, "lies in \"%s\", which is no path".formatted(location));
        } catch (IOException e) {
            throw bad(tensor, "lies in %s, which can't be read (%s)".formatted(location, e));
        }
    }

    private MappedFile map(TensorProto tensor, Path path) {
        try {
            return MappedFile.open(path);
        } catch (IOException e) {
            throw bad(tensor, "lies in %s, which can't be read (%s)".formatted(location(tensor), e));
        }
    }

    private static String location(TensorProto tensor) {
        return text(tensor, "location").orElse("");
    }

    private Optional<Long> number(TensorProto tensor, String key) {
        try {
            return text(tensor, key).map(Long::valueOf);
        } catch (NumberFormatException e) {
            throw bad(
                    tensor,
                    "has the %s \"%s\", which is no number"
                            .formatted(key, text(tensor, key).orElse("")));
        }
    }

    private static Optional<String> text(TensorProto tensor, String key) {
        return tensor.getExternalDataList().stream()
                .filter(entry -> entry.getKey().equals(key))
                .map(StringStringEntryProto::getValue)
                .findFirst();
    }

    private BadInputException bad(TensorProto tensor, String what) {
        return OnnxFile.bad(
                model,
                "tensor %s %s. Weights may lie in files of the model's folder: copy them there under the names in the model, or save it with its weights inside: onnx.save(onnx.load(FILE), OUT)."
                        .formatted(tensor.getName(), what));
    }
}
