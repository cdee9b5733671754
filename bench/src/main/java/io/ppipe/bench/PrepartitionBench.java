package io.ppipe.bench;

import static io.ppipe.cli.Main.OK;

import io.ppipe.bench.LayerTable.PublishedBlocks;
import io.ppipe.cli.TextTable;
import io.ppipe.model.BadInputException;
import io.ppipe.profile.Prepartition;
import io.ppipe.profile.Prepartition.Bounds;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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

/** {@code ppipe bench prepartition}: our blocks beside the published ones. */
@Command(
        name = "prepartition",
        mixinStandardHelpOptions = true,
        header = "Boundary bytes and time of the exact pre-partition, beside the published blocks.",
        description = {
            "Cuts every model of the folder's layers/ into blocks, by the layers' times on all classes and the bytes"
                    + " that cross behind each. Bounds are least and most of an even share of the time that a block may"
                    + " take on any class. Ours are the narrowest of the ladder that any cuts keep; so that like is"
                    + " compared with like, our cuts under the published blocks' number and bounds are there too, where"
                    + " those are known."
        })
final class PrepartitionBench implements Callable<Integer> {
    private static final int RUNS = 5;
    private static final double MEGA = 1e6;

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Option(
            names = "--blocks",
            paramLabel = "N",
            defaultValue = "10",
            description = "Blocks to make of each model (default: ${DEFAULT-VALUE}).")
    private int blocks;

    @Spec
    private @Nullable CommandSpec spec;

    /** @param likePublished ours with as many blocks and the bounds of the published ones, where those are known */
    private record Row(LayerTable table, Prepartition ours, Optional<Prepartition> likePublished, double millis) {
        Optional<PublishedBlocks> published() {
            return table.published();
        }

        Optional<Bounds> publishedBounds() {
            return published().flatMap(PublishedBlocks::bounds);
        }

        Optional<Double> ratio() {
            return published()
                    .map(p ->
                            (double) likePublished.orElse(ours).boundaryBytes() / Math.max(1, table.boundaryBytes(p)));
        }
    }

    @Override
    public Integer call() {
        if (blocks < 1) {
            throw new BadInputException("--blocks (%d) must be at least 1.".formatted(blocks));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        List<LayerTable> tables = options.folder().layerTables();
        BenchReport report = options.report("prepartition").with("blocks", blocks);
        var rows = new ArrayList<Row>();
        for (LayerTable table : tables) {
            Row row = measured(table);
            rows.add(row);
            report.row(json(row));
        }
        report.complete();
        out.print(table(rows));
        out.println();
        for (Row row : rows) {
            notes(row).forEach(note -> out.println("  * " + row.table().model() + ": " + note));
        }
        if (rows.stream().anyMatch(row -> !notes(row).isEmpty())) {
            out.println();
        }
        out.printf("Each took at most %.1f ms (median of %d, after one to warm up).%n", slowest(rows), RUNS);
        return OK;
    }

    private static double slowest(List<Row> rows) {
        return rows.stream().mapToDouble(Row::millis).max().orElse(0);
    }

    private Row measured(LayerTable table) {
        Prepartition ours = table.prepartition(blocks, Prepartition.LADDER);
        var millis = new ArrayList<Double>();
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            ours = table.prepartition(blocks, Prepartition.LADDER);
            millis.add((System.nanoTime() - start) / 1e6);
        }
        Optional<Prepartition> like = table.published()
                .flatMap(published -> published
                        .bounds()
                        .map(bounds -> table.prepartition(published.ends().size(), List.of(bounds))));
        return new Row(table, ours, like, Figures.median(millis));
    }

    private static TextTable table(List<Row> rows) {
        var table = new TextTable(
                "model",
                ">layers",
                ">blocks",
                "bounds",
                ">MB",
                ">ms",
                ">published: blocks",
                "bounds",
                ">MB",
                ">ours like that: MB",
                ">÷ published");
        for (Row row : rows) {
            Optional<PublishedBlocks> published = row.published();
            table.row(
                    row.table().model() + (notes(row).isEmpty() ? "" : " *"),
                    String.valueOf(row.table().layers()),
                    String.valueOf(row.ours().layersPerBlock().size()),
                    row.ours().bounds().map(PrepartitionBench::text).orElse(Figures.NONE),
                    megabytes(row.ours().boundaryBytes()),
                    String.format(Locale.ROOT, "%.1f", row.millis()),
                    published.map(p -> String.valueOf(p.ends().size())).orElse(Figures.NONE),
                    row.publishedBounds().map(PrepartitionBench::text).orElse(Figures.NONE),
                    published.map(p -> megabytes(row.table().boundaryBytes(p))).orElse(Figures.NONE),
                    row.likePublished().map(p -> megabytes(p.boundaryBytes())).orElse(Figures.NONE),
                    row.ratio().map(r -> String.format(Locale.ROOT, "%.4f", r)).orElse(Figures.NONE));
        }
        return table;
    }

    private static String text(Bounds bounds) {
        return String.format(Locale.ROOT, "%s–%s", bounds.lower(), bounds.upper());
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.3f", bytes / MEGA);
    }

    private static List<String> notes(Row row) {
        var notes = new ArrayList<String>();
        if (!row.ours().note().isEmpty()) {
            notes.add(row.ours().note());
        }
        if (!keepsBounds(row)) {
            Bounds spread = row.table().spread(row.published().orElseThrow());
            notes.add(String.format(
                    Locale.ROOT,
                    "the published blocks take %.2f–%.2f of an even share, which is outside their bounds.",
                    spread.lower(),
                    spread.upper()));
        }
        return notes;
    }

    /** Returns whether the published blocks keep what they are said to; also where there is nothing to keep. */
    private static boolean keepsBounds(Row row) {
        if (row.publishedBounds().isEmpty()) {
            return true;
        }
        Bounds said = row.publishedBounds().get();
        Bounds spread = row.table().spread(row.published().orElseThrow());
        return spread.lower() >= said.lower() - 1e-9 && spread.upper() <= said.upper() + 1e-9;
    }

    private static Map<String, @Nullable Object> json(Row row) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("model", row.table().model());
        json.put("layers", row.table().layers());
        json.put("blocks", row.ours().layersPerBlock().size());
        json.put("lower_bound", row.ours().bounds().map(Bounds::lower).orElse(null));
        json.put("upper_bound", row.ours().bounds().map(Bounds::upper).orElse(null));
        json.put("boundary_bytes", row.ours().boundaryBytes());
        json.put("milliseconds", row.millis());
        json.put("layers_per_block", row.ours().layersPerBlock());
        row.published().ifPresent(published -> {
            json.put("published_blocks", published.ends().size());
            json.put(
                    "published_lower_bound",
                    published.bounds().map(Bounds::lower).orElse(null));
            json.put(
                    "published_upper_bound",
                    published.bounds().map(Bounds::upper).orElse(null));
            json.put("published_keeps_bounds", keepsBounds(row));
            json.put("published_boundary_bytes", row.table().boundaryBytes(published));
            json.put(
                    "boundary_bytes_at_published_bounds",
                    row.likePublished().map(Prepartition::boundaryBytes).orElse(null));
            json.put("ratio", row.ratio().orElse(null));
        });
        return json;
    }
}
