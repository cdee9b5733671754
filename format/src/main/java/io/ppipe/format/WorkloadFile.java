package io.ppipe.format;

import io.ppipe.model.BoundaryType;
import io.ppipe.model.Demand;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.Slo;
import io.ppipe.model.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** {@code workload.yaml}: the models to serve, their SLOs and demand. See {@code docs/formats.md}. */
public final class WorkloadFile {
    static final String FORMAT = "workload";
    static final int VERSION = 1;
    static final List<String> KEYS = List.of("format", "version", "models", "profile");
    static final List<String> MODEL_KEYS =
            List.of("name", "onnx", "slo_ms", "slo_target", "demand_rps", "weight", "boundary");

    private WorkloadFile() {}

    /** @throws io.ppipe.model.BadInputException with file, line and value when it is not right */
    public static Workload read(Path file) {
        Section root = Section.ofFile(file, FORMAT, VERSION, KEYS);
        List<ModelDemand> models = root.sections("models", "a model", MODEL_KEYS, WorkloadFile::model);
        return root.make(() -> new Workload(
                models, root.has("profile") ? Optional.of(beside(root, root.text("profile"))) : Optional.empty()));
    }

    private static Path beside(Section section, String path) {
        Path folder = folder(section.file());
        return section.make(() -> folder.resolve(path).normalize());
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().normalize().getParent(), "a file has a folder");
    }

    private static ModelDemand model(Section section) {
        String name = section.text("name");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw section.error(
                    "name",
                    "model name '%s' must begin with a letter or digit and have only letters, digits, '.', '_' and '-': it becomes part of a URL."
                            .formatted(name));
        }
        if (section.has("demand_rps") && section.has("weight")) {
            throw section.error("weight", "model %s has both demand_rps and weight; give one of them.".formatted(name));
        }
        Demand demand = section.make(() -> section.has("demand_rps")
                ? new Demand.Rate(section.number("demand_rps"))
                : new Demand.Weight(section.or("weight", 1.0, section::number)));
        Slo slo = section.make(() -> new Slo(
                Math.round(section.number("slo_ms") * 1000),
                section.or("slo_target", Slo.DEFAULT_TARGET, section::number)));
        Optional<Path> onnx =
                section.has("onnx") ? Optional.of(beside(section, section.text("onnx"))) : Optional.empty();
        BoundaryType boundary =
                section.or("boundary", BoundaryType.UNCHANGED, key -> section.constant(key, BoundaryType.class));
        return section.make(() -> new ModelDemand(name, onnx, slo, demand, boundary));
    }

    /** Writes it as YAML, whole or not at all; paths below the file's folder become relative ones. */
    public static void write(Path file, Workload workload) {
        Map<String, Object> root = Writer.file(FORMAT, VERSION);
        var models = new ArrayList<Map<String, Object>>();
        for (ModelDemand model : workload.models()) {
            var tree = new LinkedHashMap<String, Object>();
            tree.put("name", model.name());
            model.onnx().ifPresent(path -> tree.put("onnx", relative(file, path)));
            tree.put("slo_ms", model.slo().latencyMicros() / 1000.0);
            tree.put("slo_target", model.slo().target());
            switch (model.demand()) {
                case Demand.Rate(double perSecond) -> tree.put("demand_rps", perSecond);
                case Demand.Weight(double value) -> tree.put("weight", value);
            }
            tree.put("boundary", model.boundary().name().toLowerCase(Locale.ROOT));
            models.add(tree);
        }
        root.put("models", models);
        workload.profile().ifPresent(path -> root.put("profile", relative(file, path)));
        AtomicFile.write(file, Writer.yaml(root));
    }

    private static String relative(Path file, Path path) {
        Path folder = folder(file);
        Path target = path.toAbsolutePath().normalize();
        return target.startsWith(folder) ? folder.relativize(target).toString() : target.toString();
    }
}
