package io.ppipe.cli;

import io.ppipe.format.ProfileFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Cluster;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Profile;
import io.ppipe.model.Provenance;
import io.ppipe.model.Workload;
import io.ppipe.profile.ProfileSettings;
import io.ppipe.profile.Profiler;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe profile}: cut and measure the workload's models. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        header = "Cut the workload's models into blocks and measure every block on this machine.",
        description = {
            "Writes the latency of every block and of the whole model by GPU class, share and batch size, and the"
                    + " bytes at",
            "every cut. What is measured is kept in FILE.parts until all is: the same command goes on where it was"
                    + " stopped."
        },
        subcommands = {ProfileImportCommand.class, ProfileVerifyCommand.class})
final class ProfileCommand implements Callable<Integer> {
    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; as --profile by default.")
    private @Nullable Path output;

    @Option(
            names = "--blocks",
            paramLabel = "N",
            defaultValue = "10",
            description = "Blocks per model (default: ${DEFAULT-VALUE}).")
    private int blocks;

    @Option(
            names = "--batches",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,2,4,8",
            description = "Batch sizes to measure (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Mixin
    private final SessionOptions sessions = new SessionOptions();

    @Option(
            names = "--class",
            paramLabel = "NAME",
            description =
                    "Measure only this GPU class of the cluster, on the device, with every share that it allows. A"
                            + " --device that is a GPU needs it.")
    private @Nullable String onlyClass;

    @Option(
            names = "--merge",
            description = {
                "Add to the file that is there: its models, its blocks, and its classes that are not measured now"
                        + " stay.",
                "Refused when a model's ONNX file is another one."
            })
    private boolean merge;

    @Option(
            names = "--every-run",
            description =
                    "Measure every run of blocks as one stage, not only the whole model: takes N/3 times as long.")
    private boolean everyRun;

    @Option(
            names = "--precision",
            paramLabel = "FRACTION",
            defaultValue = "0.02",
            description = {
                "Measure until half the 95 %% confidence interval of every median is within this fraction of it, or"
                        + " the",
                "time is over (default: ${DEFAULT-VALUE})."
            })
    private double precision = 0.02;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "6",
            description = "Most time for each model, device and share (default: ${DEFAULT-VALUE}).")
    private double seconds = 6;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Cluster cluster = files.cluster();
        Workload workload = files.workload();
        Path target = output != null ? output : files.profilePath(workload);
        var parts = new ProfileParts(target, merge);
        ProfileSettings settings = settings();
        try (var progress = new ConsoleProgress()) {
            for (ModelDemand model : workload.models()) {
                Path onnx = model.onnx()
                        .orElseThrow(() -> new BadInputException(
                                "Model %s has no ONNX file in the workload, so there is nothing to measure. Add `onnx: FILE`."
                                        .formatted(model.name())));
                parts.finished(Profiler.profile(
                        model.name(),
                        onnx,
                        model.boundary(),
                        cluster,
                        settings,
                        Optional.ofNullable(onlyClass),
                        parts.of(model.name()),
                        progress));
            }
        }
        Profile profile = parts.profile();
        ProfileFile.write(profile, target);
        parts.delete();
        profile.models().forEach(model -> print(out, model));
        out.println("Profile: " + target);
        return Main.OK;
    }

    private ProfileSettings settings() {
        try {
            ProfileSettings standard = ProfileSettings.STANDARD;
            return new ProfileSettings(
                    blocks,
                    batches,
                    standard.warmUps(),
                    standard.runs(),
                    Duration.ofMillis(Math.round(1000 * seconds)),
                    sessions.settings(),
                    precision,
                    everyRun);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(e);
        }
    }

    static void print(PrintWriter out, ModelProfile model) {
        out.printf(
                "%s: %d blocks%s%n",
                model.model(), model.blockCount(), model.note().isEmpty() ? "" : " (" + model.note() + ")");
        var headings = new ArrayList<String>(List.of(">block", "layers", ">count", ">KiB at cut"));
        for (LatencyTable table : model.latencies()) {
            String emulated = table.provenance().kind() == Provenance.Kind.EMULATED ? " (emulated)" : "";
            String share = table.sharesPerGpu() == 1 ? "" : " 1/" + table.sharesPerGpu();
            headings.add(">us on " + table.gpuClass() + share + emulated);
        }
        var text = new TextTable(headings.toArray(String[]::new));
        for (int b = 0; b < model.blockCount(); b++) {
            var block = model.blocks().get(b);
            var row = new ArrayList<String>(List.of(
                    Integer.toString(b),
                    Labels.layers(block.firstLayer(), block.lastLayer()),
                    Integer.toString(block.layers()),
                    b < model.cuts().size()
                            ? "%.1f".formatted(model.cuts().get(b).bytesPerRequest() / 1024.0)
                            : "-"));
            for (LatencyTable table : model.latencies()) {
                row.add(Long.toString(table.latencyMicros(b, b + 1, 1)));
            }
            text.row(row.toArray(String[]::new));
        }
        if (model.blockCount() > 1) {
            var row = new ArrayList<String>(List.of("all", "as one stage, or their sum", "", ""));
            for (LatencyTable table : model.latencies()) {
                row.add(Long.toString(table.latencyMicros(0, model.blockCount(), 1)));
            }
            text.row(row.toArray(String[]::new));
        }
        out.print(text);
        for (LatencyTable table : model.latencies()) {
            String conditions = table.provenance().conditions();
            if (!conditions.isEmpty()) {
                out.printf("  %s 1/%d: %s%n", table.gpuClass(), table.sharesPerGpu(), conditions);
            }
        }
    }
}
