package io.ppipe.cli;

import io.ppipe.format.ProfileFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.profile.Earlier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a profile is made of while it is measured: what stood in the file before, if that is to stay, and what has been
 * measured, which is kept in a file beside it so that nothing is measured twice.
 */
final class ProfileParts {
    private final Path file;
    private final Map<String, ModelProfile> merged;
    private final Map<String, ModelProfile> parts;
    private final Map<String, ModelProfile> measured = new LinkedHashMap<>();

    /**
     * @param target where the profile will be
     * @param merge whether what is there stays
     * @throws BadInputException when it is to be merged and isn't there, or a file can't be read
     */
    ProfileParts(Path target, boolean merge) {
        this.file = Path.of(target + ".parts");
        if (merge && !Files.exists(target)) {
            throw new BadInputException("%s: no such file, so --merge has nothing to add to.".formatted(target));
        }
        this.merged = merge ? byName(target) : Map.of();
        this.parts = Files.isRegularFile(file) ? byName(file) : new LinkedHashMap<>();
    }

    private static Map<String, ModelProfile> byName(Path file) {
        var models = new LinkedHashMap<String, ModelProfile>();
        ProfileFile.read(file).models().forEach(model -> models.put(model.model(), model));
        return models;
    }

    /** Returns what is known of a model, for its profiler. */
    Earlier of(String model) {
        return new Earlier(Optional.ofNullable(merged.get(model)), Optional.ofNullable(parts.get(model)), this::keep);
    }

    private void keep(ModelProfile part) {
        parts.put(part.model(), part);
        ProfileFile.write(new Profile(List.copyOf(parts.values())), file);
    }

    /** Takes a model that is measured, with the tables that stay. They are not among the parts: they count as old. */
    void finished(ModelProfile model) {
        measured.put(model.model(), model);
    }

    /** Returns all models that are measured or stay. */
    Profile profile() {
        var all = new LinkedHashMap<>(merged);
        all.putAll(measured);
        return new Profile(List.copyOf(all.values()));
    }

    /** Throws the file of parts away. */
    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
