package io.ppipe.cli;

import io.ppipe.execute.TemporaryFolder;
import io.ppipe.format.ProfileFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.profile.BlockSums;
import io.ppipe.profile.BlockSums.Comparison;
import io.ppipe.profile.Clock;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.ModelGraph;
import io.ppipe.profile.RoundTrip;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe profile verify}: do blocks sum to the whole model? */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        header = "Compare the sum of a model's blocks with the whole model: as a profile recorded them, and measured"
                + " anew.",
        description = {
            "The new measurement is paired: each pass runs all blocks and the whole model, with the graph"
                    + " optimisations",
            "that serve and with none. What the sum exceeds the whole by without optimisations is what each run of a",
            "session costs; the rest is what cuts keep from being fused.",
            "Ends with 1 when the median error of either is above the tolerance."
        })
final class ProfileVerifyCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PROFILE", description = "The profile.")
    private Path file = Path.of("profile.json");

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "MODEL", description = "ONNX files it was made from.")
    private List<Path> models = List.of();

    @Option(
            names = "--tolerance",
            paramLabel = "FRACTION",
            defaultValue = "0.1",
            description = "Largest median error (default: ${DEFAULT-VALUE}).")
    private double tolerance = 0.1;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "5",
            description = "Time for each model and batch size (default: ${DEFAULT-VALUE}).")
    private double seconds = 5;

    @Mixin
    private final SessionOptions sessions = new SessionOptions();

    @Option(
            names = "--clock",
            paramLabel = "NAME",
            converter = Words.OfClock.class,
            description = {
                "wall: the time that passes. cpu-time: the time that the thread computes, whatever else the machine"
                        + " does;",
                "for the CPU only, and the default there."
            })
    private @Nullable Clock clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (!(tolerance >= 0 && seconds >= 0)) {
            throw new BadInputException(
                    "--tolerance (%s) and --seconds (%s) must not be negative.".formatted(tolerance, seconds));
        }
        if (clock == Clock.CPU_TIME && sessions.device().gpu()) {
            throw new BadInputException("--clock cpu-time: %s is no CPU. Maybe wall.".formatted(sessions.device()));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Profile profile = ProfileFile.read(file);
        var recorded = new ArrayList<Double>();
        var measured = new ArrayList<Double>();
        try (var progress = new ConsoleProgress()) {
            for (Path onnx : models) {
                ModelProfile model = model(profile, onnx);
                List<Comparison> found = BlockSums.measure(
                        model,
                        onnx,
                        batchSizes(model),
                        sessions.settings(),
                        clock(),
                        Duration.ofMillis(Math.round(1000 * seconds)),
                        progress);
                progress.pause();
                recorded.addAll(printRecorded(out, model));
                print(out, found);
                printOutputError(out, model, onnx);
                found.forEach(one -> measured.add(one.error()));
            }
        }
        boolean good = judge(out, "Recorded in " + file, recorded);
        good &= judge(out, "Measured on %s (%s)".formatted(sessions.device(), Words.of(clock())), measured);
        return good ? Main.OK : Main.FAILED;
    }

    private Clock clock() {
        return clock != null ? clock : sessions.device().gpu() ? Clock.WALL : Clock.CPU_TIME;
    }

    private ModelProfile model(Profile profile, Path onnx) {
        String sha256 = ModelGraph.read(onnx).sha256();
        return profile.models().stream()
                .filter(model -> model.modelSha256().equals(sha256))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException("%s: %s has no model of this file (sha256 %.12s…). Profile it again."
                                .formatted(onnx, file, sha256)));
    }

    /** All that the profile has: a model whose batch is fixed has one. */
    private static List<Integer> batchSizes(ModelProfile model) {
        return model.latencies().stream()
                .flatMap(table -> table.batchSizes().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** Prints what the profile says itself, where it has the whole model; returns the errors. */
    private static List<Double> printRecorded(PrintWriter out, ModelProfile model) {
        var errors = new ArrayList<Double>();
        var table = new TextTable("recorded on", ">share", ">batch", ">sum ms", ">whole ms", ">error");
        int blocks = model.blockCount();
        for (LatencyTable latencies : model.latencies()) {
            boolean whole =
                    latencies.runs().stream().anyMatch(run -> run.firstBlock() == 0 && run.endBlock() == blocks);
            for (int n : whole ? latencies.batchSizes() : List.<Integer>of()) {
                double sum = latencies.sumMicros(0, blocks, n);
                double one = latencies.latencyMicros(0, blocks, n);
                errors.add((sum - one) / one);
                table.row(
                        latencies.gpuClass(),
                        "1/" + latencies.sharesPerGpu(),
                        Integer.toString(n),
                        Numbers.millis(sum),
                        Numbers.millis(one),
                        percent((sum - one) / one));
            }
        }
        out.printf("%s: %d blocks%n", model.model(), blocks);
        if (!errors.isEmpty()) {
            out.print(table);
        }
        return errors;
    }

    private void print(PrintWriter out, List<Comparison> found) {
        var table = new TextTable(
                "measured on",
                ">batch",
                ">pairs",
                ">sum ms",
                ">whole ms",
                ">error",
                ">lost fusions",
                ">runs of sessions");
        for (Comparison one : found) {
            table.row(
                    sessions.device().toString(),
                    Integer.toString(one.batchSize()),
                    Integer.toString(one.passes()),
                    Numbers.millis(one.sumMicros()),
                    Numbers.millis(one.wholeMicros()),
                    percent(one.error()),
                    percent(one.lostFusions()),
                    percent(one.perRun()));
        }
        out.print(table);
        out.flush();
    }

    /** Says what cutting does to the answers: most with float16 boundaries, at most rounding without. */
    private void printOutputError(PrintWriter out, ModelProfile model, Path onnx) {
        ModelGraph graph = ModelGraph.read(onnx);
        try (var folder = TemporaryFolder.create("verify")) {
            double error = RoundTrip.of(model.model(), graph, sessions.settings(), folder.path())
                    .outputError(CutModel.of(graph, model));
            out.printf(
                    Locale.ROOT,
                    "outputs with every block a stage of its own, %s boundaries: off by %.2g of their largest value%n",
                    Words.of(model.boundary()),
                    error);
        }
    }

    private static String percent(double fraction) {
        return "%+.2f %%".formatted(100 * fraction);
    }

    /** Says how large the errors are; returns whether their median is within the tolerance. */
    private boolean judge(PrintWriter out, String what, List<Double> errors) {
        if (errors.isEmpty()) {
            out.println(what + ": nothing to compare.");
            return true;
        }
        List<Double> sorted = errors.stream().map(Math::abs).sorted().toList();
        double median = (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
        boolean good = median <= tolerance;
        out.printf(
                "%s: the sum of the blocks is off by %.2f %% (median of %d), %.2f %% at worst: %s %s %%.%n",
                what,
                100 * median,
                sorted.size(),
                100 * sorted.getLast(),
                good ? "within" : "more than",
                Numbers.plain(100 * tolerance));
        return good;
    }
}
