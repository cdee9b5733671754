package io.ppipe.format;

import io.ppipe.model.BoundaryType;
import io.ppipe.model.Demand;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.Slo;
import io.ppipe.model.Workload;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads and writes {@code workload.yaml}: the models to serve together, written by people. See {@code docs/formats.md}
 * and {@code schemas/workload.v1.schema.json}. A file whose name ends in {@code .json} is JSON, any other YAML. Paths in
 * it count from its folder.
 */
public final class WorkloadFile {
    static final Shape FILE = Header.WORKLOAD.shape("models", "profile");
    static final Shape MODEL =
            Shape.of("a model", "name", "onnx", "slo_ms", "slo_target", "demand_rps", "weight", "boundary");

    private WorkloadFile() {}

    /**
     * Reads a workload; its paths are resolved, but whether there are files is not looked at.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be read or says something that is wrong
     */
    public static Workload read(Path file) {
        Node root = NodeReader.yamlOrJson(file, NodeReader.MAX_HAND_WRITTEN_BYTES);
        Fields fields = Header.WORKLOAD.open(file.toString(), root, FILE);
        List<ModelDemand> models = fields.objects("models", MODEL, model -> model(model, file));
        Optional<Path> profile = path(fields, "profile", file);
        return fields.build(() -> new Workload(models, profile));
    }

    private static ModelDemand model(Fields fields, Path file) {
        String name = ModelName.read(fields, "name");
        Optional<Path> onnx = path(fields, "onnx", file);
        long sloMicros = fields.quantity("slo_ms").millisToMicros();
        double target = fields.number("slo_target", Slo.DEFAULT_TARGET);
        Slo slo = fields.build(() -> new Slo(sloMicros, target));
        Demand demand = fields.build(demand(fields));
        BoundaryType boundary =
                fields.has("boundary") ? fields.choice("boundary", Words.BOUNDARIES) : BoundaryType.UNCHANGED;
        return fields.build(() -> new ModelDemand(name, onnx, slo, demand, boundary));
    }

    private static Supplier<Demand> demand(Fields fields) {
        if (!fields.has("demand_rps")) {
            double weight = fields.number("weight", 1);
            return () -> new Demand.Weight(weight);
        }
        if (fields.has("weight")) {
            throw fields.problem("a model has either 'demand_rps' or 'weight', not both");
        }
        double perSecond = fields.number("demand_rps");
        return () -> new Demand.Rate(perSecond);
    }

    private static Optional<Path> path(Fields fields, String key, Path file) {
        return fields.optionalText(key).map(text -> {
            if (text.isBlank()) {
                throw fields.problem(key, "key '%s' is empty; give a file, or leave the key out".formatted(key));
            }
            try {
                return file.resolveSibling(text).normalize();
            } catch (InvalidPathException e) {
                throw fields.problem(key, "key '%s' (%s) is not a path".formatted(key, Problem.shown(text)));
            }
        });
    }

    /**
     * Writes a workload, whole or not at all; what was there before is replaced. Its paths are written from the file's
     * folder.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be written
     */
    public static void write(Workload workload, Path file) {
        var root = Header.WORKLOAD.begin();
        workload.profile().ifPresent(profile -> root.text("profile", relative(profile, file)));
        root.objects("models", workload.models(), model -> node(model, file));
        OutputText.yamlOrJson(root.build(), file);
    }

    private static NodeBuilder node(ModelDemand model, Path file) {
        var object = new NodeBuilder().text("name", model.name());
        model.onnx().ifPresent(onnx -> object.text("onnx", relative(onnx, file)));
        object.decimal("slo_ms", Quantity.microsToMillis(model.slo().latencyMicros()))
                .number("slo_target", model.slo().target());
        switch (model.demand()) {
            case Demand.Rate(double perSecond) -> object.number("demand_rps", perSecond);
            case Demand.Weight(double value) -> object.number("weight", value);
        }
        return object.text("boundary", Words.of(Words.BOUNDARIES, model.boundary()));
    }

    private static String relative(Path path, Path file) {
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path absolute = path.toAbsolutePath().normalize();
        Path written = folder != null && Objects.equals(folder.getRoot(), absolute.getRoot())
                ? folder.relativize(absolute)
                : absolute;
        return written.toString().replace(File.separatorChar, '/');
    }
}
