package io.ppipe.bench;

import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.Numbers;
import io.ppipe.cli.TextTable;
import io.ppipe.execute.TemporaryFolder;
import io.ppipe.model.BadInputException;
import io.ppipe.profile.ModelGraph;
import io.ppipe.zoo.Weights;
import io.ppipe.zoo.Zoo;
import io.ppipe.zoo.ZooModel;
import io.ppipe.zoo.ZooModel.Variant;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe bench zoo}: the zoo's models beside published layer lists. */
@Command(
        name = "zoo",
        mixinStandardHelpOptions = true,
        header = "Layers and boundary bytes of the zoo's models, beside the published ones of the same names.",
        description = {
            "Generates every model of the folder's models.csv that the zoo has, in full size, reads it as `ppipe"
                    + " profile` does, and compares what crosses behind each layer, as float16, with the folder's"
                    + " layers/MODEL.csv. Published lists count arithmetic on shapes as layers; the zoo's models know"
                    + " their shapes."
        })
final class ZooBench implements Callable<Integer> {
    /** Boundary bytes that far off still count as those of the published model. */
    private static final double CLOSE = 0.02;

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Option(names = "--details", description = "Also lists layers that are farther off than 2 %% or of another shape.")
    private boolean details;

    @Spec
    private @Nullable CommandSpec spec;

    /** @param comparison nothing where the model isn't in the zoo or has no published layers */
    private record Row(
            String model,
            int publishedLayers,
            long sloMicros,
            Optional<Integer> layers,
            Optional<PublishedLayers> published,
            Optional<ZooComparison> comparison) {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        BenchReport report = options.report("zoo");
        var rows = new ArrayList<Row>();
        try (var folder = TemporaryFolder.create("zoo")) {
            for (Csv.Row model : Csv.read(options.path().resolve("models.csv"))) {
                Row row = compared(model, folder.path());
                rows.add(row);
                report.row(json(row));
            }
        }
        report.complete();
        out.print(table(rows));
        out.println();
        summary(rows).forEach(out::println);
        if (details) {
            rows.forEach(row -> details(row).forEach(out::println));
        }
        return OK;
    }

    private Row compared(Csv.Row model, Path folder) throws IOException {
        String name = model.text("model");
        Optional<ZooModel> known =
                Zoo.models().stream().filter(m -> m.name().equals(name)).findFirst();
        Path layers = options.path().resolve("layers").resolve(name + ".csv");
        Optional<PublishedLayers> published =
                Files.exists(layers) ? Optional.of(PublishedLayers.read(layers)) : Optional.empty();
        Optional<ModelGraph> graph = Optional.empty();
        if (known.isPresent()) {
            checkInput(model, known.get());
            Path file = folder.resolve(name + ".onnx");
            try {
                known.get().write(file, Variant.FULL, Weights.EVEN, 1);
                graph = Optional.of(ModelGraph.read(file));
            } finally {
                Files.deleteIfExists(file);
            }
        }
        Optional<ModelGraph> ours = graph;
        return new Row(
                name,
                model.whole("layers", 1),
                (long) model.number("slo_us"),
                ours.map(g -> g.layers().size()),
                published,
                published.flatMap(p -> ours.map(g -> ZooComparison.of(g, p))));
    }

    private static void checkInput(Csv.Row row, ZooModel model) {
        String ours = model.size(Variant.FULL).inputText();
        if (!ours.equals(row.text("inputs"))) {
            throw new BadInputException("%s:%d: %s takes %s there and %s in the zoo."
                    .formatted(row.file(), row.line(), model.name(), row.text("inputs"), ours));
        }
    }

    private static TextTable table(List<Row> rows) {
        var table = new TextTable(
                "model",
                ">SLO ms",
                ">layers",
                ">published",
                ">of activations",
                ">matched",
                ">within 2 %",
                ">median off",
                ">worst off",
                ">off by shapes",
                ">otherwise off");
        for (Row row : rows) {
            Optional<ZooComparison> comparison =
                    row.comparison().filter(c -> !c.matches().isEmpty());
            table.row(
                    row.model(),
                    Numbers.millis(row.sloMicros()),
                    row.layers().map(String::valueOf).orElse("not in the zoo"),
                    String.valueOf(row.publishedLayers()),
                    row.published().map(p -> String.valueOf(p.activations())).orElse(Figures.NONE),
                    comparison.map(c -> String.valueOf(c.matches().size())).orElse(Figures.NONE),
                    comparison
                            .map(c -> String.valueOf(
                                    c.matches().size() - c.beyond(CLOSE).size()))
                            .orElse(Figures.NONE),
                    comparison
                            .map(c -> Numbers.gap(Figures.median(c.deviations())))
                            .orElse(Figures.NONE),
                    comparison
                            .map(c -> Numbers.gap(Figures.most(c.deviations())))
                            .orElse(Figures.NONE),
                    comparison
                            .map(c -> String.valueOf(c.beyond(CLOSE).size()
                                    - c.unexplained(CLOSE).size()))
                            .orElse(Figures.NONE),
                    comparison
                            .map(c -> String.valueOf(c.unexplained(CLOSE).size()))
                            .orElse(Figures.NONE));
        }
        return table;
    }

    private static List<String> summary(List<Row> rows) {
        List<ZooComparison> comparisons =
                rows.stream().flatMap(row -> row.comparison().stream()).toList();
        return List.of(
                "%d of %d models generated."
                        .formatted(
                                rows.stream()
                                        .filter(row -> row.layers().isPresent())
                                        .count(),
                                rows.size()),
                "Of %d with published layers, %d are within 2 %% at every layer of the same name, %d if tensors that cross for%ntheir shape alone don't count."
                        .formatted(
                                comparisons.size(),
                                comparisons.stream()
                                        .filter(c -> c.beyond(CLOSE).isEmpty())
                                        .count(),
                                comparisons.stream()
                                        .filter(c -> c.unexplained(CLOSE).isEmpty())
                                        .count()));
    }

    private static List<String> details(Row row) {
        var lines = new ArrayList<String>();
        row.comparison().ifPresent(comparison -> {
            comparison
                    .beyond(CLOSE)
                    .forEach(match -> lines.add("  * %s %s: %d bytes, published %d, of them %d for a shape"
                            .formatted(
                                    row.model(), match.layer(), match.bytes(), match.published(), match.forShapes())));
            comparison.misshapen().forEach(line -> lines.add("  * %s %s".formatted(row.model(), line)));
        });
        return lines;
    }

    private static Map<String, @Nullable Object> json(Row row) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("model", row.model());
        json.put("slo_us", row.sloMicros());
        json.put("layers", row.layers().orElse(null));
        json.put("published_layers", row.publishedLayers());
        json.put(
                "published_layers_without_shapes",
                row.published().map(PublishedLayers::activations).orElse(null));
        row.comparison().filter(c -> !c.matches().isEmpty()).ifPresent(comparison -> {
            json.put("matched", comparison.matches().size());
            json.put("misshapen", comparison.misshapen().size());
            json.put("beyond_2_percent", comparison.beyond(CLOSE).size());
            json.put(
                    "beyond_2_percent_unexplained",
                    comparison.unexplained(CLOSE).size());
            json.put("median_deviation", Figures.median(comparison.deviations()));
            json.put("worst_deviation", Figures.most(comparison.deviations()));
        });
        return json;
    }
}
