package io.ppipe.model;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The models to serve together.
 *
 * @param profile the profile file that describes them, where the workload names one
 */
public record Workload(List<ModelDemand> models, Optional<Path> profile) {
    public Workload {
        models = List.copyOf(models);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("A workload must have at least one model.");
        }
        var seen = new HashSet<String>();
        for (ModelDemand model : models) {
            if (!seen.add(model.name())) {
                throw new IllegalArgumentException("Model %s is there twice.".formatted(model.name()));
            }
        }
    }
}
