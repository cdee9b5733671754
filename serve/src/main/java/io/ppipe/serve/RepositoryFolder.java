package io.ppipe.serve;

import com.google.protobuf.TextFormat;
import io.ppipe.model.BadInputException;
import io.ppipe.protocol.v2.ModelConfig;
import io.ppipe.protocol.v2.ModelVersionPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of models in Triton's layout: {@code NAME/VERSION/model.onnx}, and beside the versions a {@code config.pbtxt}
 * where there is one. Names from outside lead to no file out of the folder: they are one component of a path, and links
 * that end elsewhere are refused.
 */
final class RepositoryFolder {
    private static final String CONFIG = "config.pbtxt";
    private static final String FILE = "model.onnx";
    private static final long MAX_CONFIG_BYTES = 1 << 20;

    /** As Triton has them: whole numbers without leading zeros. */
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");

    private final Path root;

    /** @throws BadInputException when there is no such folder */
    RepositoryFolder(Path root) {
        try {
            this.root = root.toRealPath();
        } catch (IOException e) {
            throw new BadInputException(
                    "--model-repository %s: there is no such folder, or it can't be read.".formatted(root), e);
        }
        if (!Files.isDirectory(this.root)) {
            throw new BadInputException(
                    "--model-repository %s is a file; it must be a folder with NAME/VERSION/model.onnx in it."
                            .formatted(root));
        }
    }

    /** Returns the models' names in order. */
    List<String> models() {
        return folders(root);
    }

    /**
     * Returns a model's versions, lowest first; none when there is no such model.
     *
     * @throws BadInputException when the name leads out of the folder
     */
    List<String> versions(String model) {
        return folderOf(model).stream()
                .flatMap(folder -> folders(folder).stream())
                .filter(name -> VERSION.matcher(name).matches())
                .sorted((a, b) -> Long.compare(Long.parseLong(a), Long.parseLong(b)))
                .toList();
    }

    /**
     * Returns the version that the model's configuration picks: the highest, where it says nothing; nothing when there is
     * no such model.
     *
     * @throws BadInputException when the name leads out of the folder, the configuration is wrong, or no version fits
     */
    Optional<String> wanted(String model) {
        Optional<Path> folder = folderOf(model);
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        List<String> versions = versions(model);
        if (versions.isEmpty()) {
            throw new BadInputException("%s has no version: it needs a folder named by a whole number, with %s in it."
                    .formatted(shown(folder.get()), FILE));
        }
        ModelVersionPolicy policy = config(folder.get(), model).getVersionPolicy();
        return switch (policy.getPolicyChoiceCase()) {
            case SPECIFIC ->
                Optional.of(specific(folder.get(), policy.getSpecific().getVersionsList(), versions));
            case LATEST, ALL, POLICYCHOICE_NOT_SET -> Optional.of(versions.getLast());
        };
    }

    private String specific(Path folder, List<Long> wanted, List<String> versions) {
        if (wanted.size() != 1) {
            throw new BadInputException(
                    "%s: version_policy names %d versions; one version of a model is served at a time, so name one."
                            .formatted(shown(folder.resolve(CONFIG)), wanted.size()));
        }
        String version = wanted.getFirst().toString();
        if (!versions.contains(version)) {
            throw new BadInputException("%s: version_policy wants version %s; there are %s."
                    .formatted(shown(folder.resolve(CONFIG)), version, versions));
        }
        return version;
    }

    /**
     * Returns the ONNX file of a version.
     *
     * @throws BadInputException when there is none, or it leads out of the folder
     */
    Path onnx(String model, String version) {
        Path folder = folderOf(model).orElseThrow();
        String name = config(folder, model).getDefaultModelFilename();
        Path file = folder.resolve(version).resolve(component(name.isEmpty() ? FILE : name));
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("%s: there is no such file.".formatted(shown(file)));
        }
        return inside(file);
    }

    private ModelConfig config(Path folder, String model) {
        Path file = folder.resolve(CONFIG);
        if (!Files.exists(file)) {
            return ModelConfig.getDefaultInstance();
        }
        var config = ModelConfig.newBuilder();
        try {
            if (Files.size(inside(file)) > MAX_CONFIG_BYTES) {
                throw new BadInputException("%s is larger than %d bytes.".formatted(shown(file), MAX_CONFIG_BYTES));
            }
            // What ppipe has no use for (instance groups, batchers, …) is passed over.
            TextFormat.Parser.newBuilder()
                    .setAllowUnknownFields(true)
                    .build()
                    .merge(Files.readString(file, StandardCharsets.UTF_8), config);
        } catch (TextFormat.ParseException e) {
            throw new BadInputException("%s:%d: %s".formatted(shown(file), e.getLine(), e.getMessage()), e);
        } catch (IOException e) {
            throw new BadInputException("%s can't be read as text.".formatted(shown(file)), e);
        }
        check(file, "name", config.getName(), model);
        check(file, "backend", config.getBackend(), "onnxruntime");
        check(file, "platform", config.getPlatform(), "onnxruntime_onnx");
        return config.build();
    }

    private void check(Path file, String field, String value, String expected) {
        if (!value.isEmpty() && !value.equals(expected)) {
            throw new BadInputException(
                    "%s: %s is '%s', expected '%s' or nothing.".formatted(shown(file), field, value, expected));
        }
    }

    private Optional<Path> folderOf(String model) {
        Path folder = root.resolve(component(model));
        return Files.isDirectory(folder) ? Optional.of(inside(folder)) : Optional.empty();
    }

    private static String component(String name) {
        boolean plain = !name.isEmpty()
                && !name.startsWith(".")
                && name.length() <= 255
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ');
        if (!plain) {
            throw new BadInputException(
                    "A name in the model repository must be one folder's or file's, without '/' and not beginning with"
                            + " '.'.");
        }
        return name;
    }

    private Path inside(Path path) {
        try {
            Path real = path.toRealPath();
            if (real.startsWith(root)) {
                return real;
            }
        } catch (IOException e) {
            throw new BadInputException("%s can't be read.".formatted(shown(path)), e);
        }
        throw new BadInputException("%s is a link out of the model repository.".formatted(shown(path)));
    }

    /** Returns a message without where the repository is, which is no business of clients. */
    String relative(String message) {
        return message.replace(root + "/", "");
    }

    /** A path as messages to clients show it: without where the repository is. */
    private Path shown(Path path) {
        return path.startsWith(root) ? root.relativize(path) : path.getFileName();
    }

    private static List<String> folders(Path of) {
        try (Stream<Path> entries = Files.list(of)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
