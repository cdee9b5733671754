package io.ppipe.cli;

import io.ppipe.format.ClusterFile;
import io.ppipe.format.PlanFile;
import io.ppipe.format.ProfileFile;
import io.ppipe.format.ReportFile;
import io.ppipe.format.WorkloadFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Demand;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Plan;
import io.ppipe.model.Profile;
import io.ppipe.model.Scenario;
import io.ppipe.model.Slo;
import io.ppipe.model.Workload;
import io.ppipe.profile.ProfileSettings;
import io.ppipe.profile.Profiler;
import io.ppipe.serve.front.Guards;
import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe demo}: the whole path on this machine, with no partitioning beside it. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        header = "Cut, profile, plan, serve and load a CNN on an emulated cluster of two GPU classes.",
        description = {
            "Without --model it makes a small residual CNN with seeded weights. The cluster has 2 fast and 6 slow",
            "emulated GPUs; every answer is really computed by ONNX Runtime on the CPU and compared with the whole"
                    + " model's.",
            "On a terminal it keeps serving after the report until Ctrl-C; --exit ends it."
        })
final class DemoCommand implements Callable<Integer> {
    /** SLO ÷ batch-1 latency on the fast class, as in the paper's evaluation. */
    private static final double SLO_SCALE = 5;

    /** Offered load ÷ each plan's throughput. */
    private static final double LOAD_FACTOR = 0.75;

    @Option(names = "--model", paramLabel = "FILE.onnx", description = "Your own model instead of the generated one.")
    private @Nullable Path model;

    @Option(
            names = {"-d", "--dir"},
            paramLabel = "DIR",
            defaultValue = "ppipe-demo",
            description = "Folder for the files that the demo writes (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("ppipe-demo");

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long to load each of the two systems (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--exit", description = "End after the report instead of serving on.")
    private boolean exit;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report here.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    private record Prepared(Cluster cluster, Workload workload, Scenario scenario) {}

    @Override
    public Integer call() throws InterruptedException {
        if (!(seconds >= 1 && seconds <= 3600)) {
            throw new BadInputException("--seconds (%s) must be between 1 and 3600.".formatted(seconds));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (var progress = new ConsoleProgress()) {
            Prepared prepared = prepare(out, progress);
            Plan np = Planning.plan(prepared.scenario(), Planning.NP, progress);
            Plan ppipe = Planning.plan(prepared.scenario(), Planning.PPIPE, progress);
            progress.pause();
            PlanFile.write(np, folder.resolve("plan-np.json"));
            PlanFile.write(ppipe, folder.resolve("plan.json"));
            step(out, "planned: np %s/s, ppipe %s/s", Numbers.rate(planned(np)), Numbers.rate(planned(ppipe)));

            var measured = new ArrayList<DemoRun.Result>();
            for (Plan plan : List.of(np, ppipe)) {
                measured.add(new DemoRun(prepared.scenario(), prepared.workload(), plan, LOAD_FACTOR, seconds, seed)
                        .run(progress));
                progress.pause();
                step(out, "served and loaded %s for %s s", plan.algorithm(), Numbers.plain(seconds));
            }
            var report = new DemoReport(prepared.scenario(), measured, LOAD_FACTOR, seed);
            report.print(out, folder);
            if (json != null) {
                ReportFile.write(report.json(), json);
                out.println("Report: " + json);
            }
            out.flush();
            if (!report.valid()) {
                return Main.FAILED;
            }
            if (!exit && ConsoleProgress.onTerminal()) {
                serveOn(out, prepared, ppipe, progress);
            }
        }
        return Main.OK;
    }

    private static double planned(Plan plan) {
        return plan.models().stream().mapToDouble(m -> m.throughputPerSecond()).sum();
    }

    private static void step(PrintWriter out, String text, Object... arguments) {
        out.println("✓ " + text.formatted(arguments));
        out.flush();
    }

    private Prepared prepare(PrintWriter out, ConsoleProgress progress) {
        Path onnx = model != null ? model : folder.resolve("sample-cnn.onnx");
        String name = model != null ? name(model) : "sample-cnn";
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (model == null) {
            SampleModel.write(onnx, seed);
        }
        Cluster unscaled = DemoCluster.of(1);
        ModelProfile profile =
                Profiler.profile(name, onnx, BoundaryType.UNCHANGED, unscaled, ProfileSettings.STANDARD, progress);
        progress.pause();
        var all = new Profile(List.of(profile));
        step(out, "profiled %s: %d blocks measured on this machine's CPU", onnx, profile.blockCount());
        if (!profile.note().isEmpty()) {
            out.println("  " + profile.note());
        }

        long fastMicros = profile.latencies("fast", 1).orElseThrow().latencyMicros(0, profile.blockCount(), 1);
        var slo = new Slo(Math.round(SLO_SCALE * fastMicros), Slo.DEFAULT_TARGET);
        var workload = new Workload(
                List.of(new ModelDemand(
                        name, Optional.of(onnx.toAbsolutePath()), slo, new Demand.Weight(1), BoundaryType.UNCHANGED)),
                Optional.empty());
        Scenario real = Scenario.of(unscaled, workload, all);
        double cpuMicros = profile.latencies("cpu", 1).orElseThrow().latencyMicros(0, profile.blockCount(), 1);
        double scale =
                DemoCluster.timeScale(real, Planning.plan(real, Planning.PPIPE, progress), new double[] {cpuMicros});
        Cluster cluster = DemoCluster.of(scale);
        progress.pause();

        ClusterFile.write(cluster, folder.resolve("cluster.yaml"));
        WorkloadFile.write(workload, folder.resolve("workload.yaml"));
        ProfileFile.write(all, folder.resolve("profile.json"));
        return new Prepared(cluster, workload, Scenario.of(cluster, workload, all));
    }

    /** Returns the file's name without its ending, as a name that fits into a URL. */
    static String name(Path onnx) {
        String file = onnx.getFileName().toString().replaceFirst("\\.onnx$", "");
        String name = file.replaceAll("[^A-Za-z0-9._-]", "_");
        return name.isEmpty() ? "model" : name;
    }

    private void serveOn(PrintWriter out, Prepared prepared, Plan plan, ConsoleProgress progress)
            throws InterruptedException {
        var options = new ServeCommand.ServerOptions();
        RunningServer running = RunningServer.start(
                prepared.scenario(),
                prepared.workload(),
                plan,
                options.server(),
                options.frontEnd(Guards.OPEN),
                progress);
        progress.pause();
        String name = prepared.workload().models().getFirst().name();
        out.printf("%nServing %s on http://%s:%d until Ctrl-C. Try%n", name, options.host(), running.port());
        out.printf("  curl http://%s:%d/v2/models/%s%n", options.host(), running.port(), name);
        out.printf(
                "  ./ppipe load http://%s:%d --model %s --rate 20 --seconds 10%n",
                options.host(), running.port(), name);
        out.flush();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            running.drainAndClose(options.drainMillis());
            Runtime.getRuntime().halt(Main.OK);
        }));
        new CountDownLatch(1).await(); // until a signal ends the process through the hook
    }
}
