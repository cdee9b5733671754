package io.ppipe.bench;

import static io.ppipe.cli.Main.FAILED;
import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.TextTable;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.execute.TemporaryFolder;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.profile.CutPoint;
import io.ppipe.profile.ModelGraph;
import io.ppipe.profile.RoundTrip;
import io.ppipe.zoo.Weights;
import io.ppipe.zoo.Zoo;
import io.ppipe.zoo.ZooModel;
import io.ppipe.zoo.ZooModel.Variant;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe bench roundtrip}: do the zoo's full models give the same bits in stages as whole? */
@Command(
        name = "roundtrip",
        mixinStandardHelpOptions = true,
        header = "Cuts the zoo's full models at random and compares the bits of their outputs with the whole models'.",
        description = {
            "Writes each model with even weights, runs it whole and in 2 and 3 stages on ONNX Runtime (CPU, batch 1, no"
                    + " graph optimisations), one model after the other.",
            "Ends with 1 when any bit differs; the outputs are named."
        })
final class RoundTripBench implements Callable<Integer> {
    private static final int MOST_STAGES = 3;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            split = ",",
            description = "Only these models; `ppipe model list` names them.")
    private List<String> names = List.of();

    @Option(
            names = "--variant",
            paramLabel = "VARIANT",
            defaultValue = "FULL",
            description = "FULL: as published; SMALL: few and narrow layers (default: ${DEFAULT-VALUE}).")
    private Variant variant = Variant.FULL;

    @Option(names = "--seed", paramLabel = "N", description = "Where cuts are drawn from; a fresh one by default.")
    private @Nullable Long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows here, each as it is found.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    /**
     * One model in so many stages.
     *
     * @param after the layers behind which it is cut
     * @param differing outputs of other bits than the whole model's
     * @param seconds to write, load and run the stages
     */
    private record Row(
            String model, int layers, int stages, List<String> after, List<String> differing, double seconds) {}

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        long drawn = seed != null ? seed : new SplittableRandom().nextLong();
        var random = new SplittableRandom(drawn);
        BenchReport report =
                new BenchReport("roundtrip", json).with("seed", drawn).begun();
        var rows = new ArrayList<Row>();
        long startNanos = System.nanoTime();
        for (ZooModel model : models()) {
            List<Row> own = rows(model, random);
            rows.addAll(own);
            report.rows(own.stream().map(RoundTripBench::json).toList());
        }
        report.complete();
        out.print(table(rows));
        long same = rows.stream().filter(row -> row.differing().isEmpty()).count();
        out.printf(
                Locale.ROOT,
                "%d of %d ways to cut give the whole model's bits (seed %d, %.0f s).%n",
                same,
                rows.size(),
                drawn,
                (System.nanoTime() - startNanos) / 1e9);
        return same == rows.size() ? OK : FAILED;
    }

    private List<ZooModel> models() {
        List<ZooModel> all = Zoo.models();
        for (String name : names) {
            if (all.stream().noneMatch(model -> model.name().equals(name))) {
                throw new BadInputException("--model %s: no such model; there are %s."
                        .formatted(name, all.stream().map(ZooModel::name).toList()));
            }
        }
        return all.stream()
                .filter(model -> names.isEmpty() || names.contains(model.name()))
                .toList();
    }

    private List<Row> rows(ZooModel model, RandomGenerator random) {
        try (var folder = TemporaryFolder.create("roundtrip")) {
            Path file = folder.path().resolve(model.name() + ".onnx");
            model.write(file, variant, Weights.EVEN, 1);
            ModelGraph graph = ModelGraph.read(file);
            var whole = RoundTrip.of(model.name(), graph, new SessionSettings(1, Optimisation.NONE), folder.path());
            var rows = new ArrayList<Row>();
            for (int stages = 2; stages <= MOST_STAGES; stages++) {
                SortedSet<Integer> after = cuts(graph, stages - 1, random);
                long startNanos = System.nanoTime();
                List<String> differing = whole.differing(after);
                rows.add(new Row(
                        model.name(),
                        graph.layers().size(),
                        stages,
                        after.stream()
                                .map(layer -> graph.layers().get(layer).name())
                                .toList(),
                        differing,
                        (System.nanoTime() - startNanos) / 1e9));
            }
            return rows;
        }
    }

    private static SortedSet<Integer> cuts(ModelGraph graph, int count, RandomGenerator random) {
        List<CutPoint> points = graph.cutPoints(BoundaryType.UNCHANGED);
        var after = new TreeSet<Integer>();
        while (after.size() < Math.min(count, points.size())) {
            after.add(points.get(random.nextInt(points.size())).afterLayer());
        }
        return after;
    }

    private static TextTable table(List<Row> rows) {
        var table = new TextTable("model", ">layers", ">stages", "cut behind", "same bits", ">seconds");
        for (Row row : rows) {
            table.row(
                    row.model(),
                    Integer.toString(row.layers()),
                    Integer.toString(row.stages()),
                    String.join(", ", row.after()),
                    row.differing().isEmpty() ? "yes" : "not " + String.join(", ", row.differing()),
                    String.format(Locale.ROOT, "%.1f", row.seconds()));
        }
        return table;
    }

    private static Map<String, @Nullable Object> json(Row row) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("model", row.model());
        json.put("layers", row.layers());
        json.put("stages", row.stages());
        json.put("cut_behind", row.after());
        json.put("differing_outputs", row.differing());
        json.put("seconds", row.seconds());
        return json;
    }
}
