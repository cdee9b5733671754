package io.ppipe.bench;

import static io.ppipe.cli.Main.FAILED;
import static io.ppipe.cli.Main.OK;

import io.ppipe.bench.EstimateErrors.Summary;
import io.ppipe.bench.RooflineFit.Fitted;
import io.ppipe.cli.TextTable;
import io.ppipe.format.ReportFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ErrorBand;
import io.ppipe.profile.estimate.Coefficients;
import io.ppipe.profile.estimate.CoefficientsJson;
import io.ppipe.profile.estimate.GpuCatalogue;
import io.ppipe.profile.estimate.GpuSheet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe bench estimate}: estimated latencies beside published ones. */
@Command(
        name = "estimate",
        mixinStandardHelpOptions = true,
        header = "Latencies estimated from data sheets, beside published ones of models they were not fitted to.",
        description = {
            "Generates the zoo's models that the folder has layers and latencies of, and fits the roofline to all but"
                    + " one, for each in turn. Blocks in which a plugin runs that the zoo's model lacks (non-maximum"
                    + " suppression) can't be estimated and are left out; their effect on whole models is said.",
            "Ends with 1 when the median absolute error of whole models is above 15 %% or of blocks above 25 %%, or"
                    + " the median rank correlation of slow ÷ fast across a model's blocks is below 0.7; with --part"
                    + " plans, when the median of what plans attain, simulated, is below 85 %% of the other plans."
        })
final class EstimateBench implements Callable<Integer> {
    private static final double WHOLE_TARGET = 0.15;
    private static final double BLOCK_TARGET = 0.25;
    private static final double CORRELATION_TARGET = 0.7;
    private static final int WORST = 8;

    /** What is fitted: the classes of the paper. */
    private static final List<GpuSheet> GPUS =
            Stream.of("L4", "P4", "T4", "V100").map(GpuCatalogue::sheet).toList();

    enum Part {
        MODELS,
        PLANS
    }

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Mixin
    private final InstanceOptions instances = new InstanceOptions(InstanceOptions.ALL);

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "models: errors of latencies (default). plans: throughput of plans made from estimates.")
    private Part part = Part.MODELS;

    @Option(
            names = "--fit",
            paramLabel = "FILE",
            description = "Also fits all models together and writes the coefficients, with the errors found.")
    private @Nullable Path fit;

    @Option(
            names = "--caution",
            paramLabel = "FACTOR",
            defaultValue = "1.2",
            description = "With --part plans: also plan with estimates times this (default: ${DEFAULT-VALUE}).")
    private double caution = 1.2;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (part == Part.PLANS && fit != null) {
            throw new BadInputException("--fit belongs to --part models.");
        }
        if (!(caution > 0 && caution < Double.POSITIVE_INFINITY)) {
            throw new BadInputException("--caution (%s) must be above 0.".formatted(caution));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        options.folder();
        BenchReport report = options.report("estimate").with("part", part.name().toLowerCase(Locale.ROOT));
        List<BlockKernels> models = BlockKernels.of(options.path());
        List<HeldOut> heldOut = HeldOut.of(GPUS, models);
        if (part == Part.PLANS) {
            var plans = new EstimatedPlans(heldOut.stream()
                    .collect(Collectors.toMap(
                            held -> held.model().model(), held -> held, (one, _) -> one, LinkedHashMap::new)));
            return new EstimatedPlansTable(plans, caution, out, report).print(instances.of(options.folder()))
                    ? OK
                    : FAILED;
        }
        var errors = new EstimateErrors(GPUS, heldOut);
        heldOut.forEach(model -> report.row(json(errors, model)));
        report.complete();
        out.print(models(errors));
        out.println();
        out.print(gpus(errors));
        out.println();
        out.print(pairs(errors));
        out.println();
        out.print(worst(errors));
        out.println();
        boolean met = judged(out, errors);
        if (fit != null) {
            ReportFile.write(CoefficientsJson.of(coefficients(errors, RooflineFit.of(GPUS, models))), fit);
            out.println("Coefficients: " + fit);
        }
        return met ? OK : FAILED;
    }

    private static TextTable models(EstimateErrors errors) {
        var table = new TextTable(
                "model", ">whole", ">worst", ">block", ">rank correlation", ">lowest", ">blocks", ">left out");
        for (HeldOut model : errors.models()) {
            Summary summary = Summary.of(errors.ofModel(model));
            List<Double> correlations = correlations(model);
            table.row(
                    model.model().model(),
                    percent(summary.whole()),
                    percent(summary.worst()),
                    percent(summary.block()),
                    correlation(Figures.median(correlations)),
                    correlation(Figures.least(correlations)),
                    String.valueOf(model.model().known().size()),
                    String.valueOf(model.model().foreign().size()));
        }
        return table;
    }

    private static List<Double> correlations(HeldOut model) {
        return EstimateErrors.PAIRS.stream()
                .flatMap(pair -> model.correlations(pair).stream())
                .toList();
    }

    private static TextTable gpus(EstimateErrors errors) {
        var table = new TextTable("GPU", ">share", ">whole", ">worst", ">block", "fitted to");
        for (GpuSheet gpu : errors.gpus()) {
            for (int shares = 1; !errors.ofGpu(gpu, shares).isEmpty(); shares++) {
                Summary summary = Summary.of(errors.ofGpu(gpu, shares));
                table.row(
                        gpu.name(),
                        "1/" + shares,
                        percent(summary.whole()),
                        percent(summary.worst()),
                        percent(summary.block()),
                        shares == 1 ? "other models" : "other models on whole GPUs");
            }
        }
        return table;
    }

    private static TextTable pairs(EstimateErrors errors) {
        var table = new TextTable("fast/slow", ">rank correlation", ">of them at least 0.7");
        for (HeldOut.Pair pair : EstimateErrors.PAIRS) {
            List<Double> correlations = errors.correlations(pair);
            table.row(
                    pair.text(),
                    correlation(Figures.median(correlations)),
                    "%d of %d"
                            .formatted(
                                    correlations.stream()
                                            .filter(c -> c >= CORRELATION_TARGET)
                                            .count(),
                                    correlations.size()));
        }
        return table;
    }

    private static TextTable worst(EstimateErrors errors) {
        var table = new TextTable("farthest off", "GPU", ">batch", ">whole");
        for (var worst : errors.worst(WORST)) {
            table.row(
                    worst.model(),
                    worst.cell().gpu(),
                    String.valueOf(worst.cell().batch()),
                    String.format(Locale.ROOT, "%+.1f %%", 100 * worst.cell().wholeError()));
        }
        return table;
    }

    private static boolean judged(PrintWriter out, EstimateErrors errors) {
        Summary all = Summary.of(errors.all());
        double correlation = Figures.median(errors.correlations());
        out.printf(
                "Whole models: median error %s (asked: at most %s); with the blocks left out %s.%n",
                percent(all.whole()),
                percent(WHOLE_TARGET),
                percent(Summary.of(errors.withForeignBlocks()).whole()));
        out.printf("Blocks: median error %s (asked: at most %s).%n", percent(all.block()), percent(BLOCK_TARGET));
        out.printf(
                "Slow ÷ fast across a model's blocks: median rank correlation %s (asked: at least %s), mean %s.%n",
                correlation(correlation),
                correlation(CORRELATION_TARGET),
                correlation(errors.correlations().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(0)));
        return all.whole() <= WHOLE_TARGET && all.block() <= BLOCK_TARGET && correlation >= CORRELATION_TARGET;
    }

    private static Coefficients coefficients(EstimateErrors errors, Fitted fitted) {
        Summary all = Summary.of(errors.all());
        var bands = new LinkedHashMap<String, ErrorBand>();
        for (GpuSheet gpu : GPUS) {
            bands.put(
                    gpu.name(),
                    Figures.band(errors.ofGpu(gpu, 1).stream()
                            .flatMap(cell -> cell.ratios().stream())
                            .toList()));
        }
        return new Coefficients(
                "block latencies of %d CNNs published with PPipe (TensorRT, TF32)"
                        .formatted(errors.models().size()),
                LocalDate.now(ZoneOffset.UTC).toString(),
                "ppipe bench estimate --reference DIR --fit FILE",
                all.whole(),
                all.block(),
                fitted.halfFilled(),
                fitted.rates(),
                bands,
                Figures.band(errors.transferred()));
    }

    private static Map<String, @Nullable Object> json(EstimateErrors errors, HeldOut model) {
        Summary summary = Summary.of(errors.ofModel(model));
        List<Double> correlations = correlations(model);
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("model", model.model().model());
        json.put("median_whole_error", summary.whole());
        json.put("worst_whole_error", summary.worst());
        json.put("median_block_error", summary.block());
        json.put("median_rank_correlation", Figures.median(correlations));
        json.put("lowest_rank_correlation", Figures.least(correlations));
        json.put("blocks_left_out", List.copyOf(model.model().foreign()));
        for (GpuSheet gpu : errors.gpus()) {
            Summary ofGpu = Summary.of(model.cells(gpu, 1));
            json.put("median_whole_error_" + gpu.name(), ofGpu.whole());
            json.put("median_block_error_" + gpu.name(), ofGpu.block());
        }
        return json;
    }

    static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * fraction);
    }

    private static String correlation(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
