package io.ppipe.bench;

import static io.ppipe.cli.Main.FAILED;
import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.TextTable;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe bench inspect}: time and memory of reading a large model. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        header = "Time and memory that the analysis of a large model takes.",
        description = {
            "Analyses a model (layers, shapes, cuts, costs) in a fresh process for each run. Memory is the most that"
                    + " the process had resident, its own code, ONNX Runtime and the mapped file included.",
            "Ends with 1 when a run needs more than twice the file."
        })
final class InspectBench implements Callable<Integer> {
    private static final double MEGA = 1e6;

    @Parameters(arity = "0..1", paramLabel = "MODEL.onnx", description = "The model; a synthetic CNN by default.")
    private @Nullable Path model;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "2500",
            description = "Nodes of the synthetic one, at least (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--weights-mb",
            paramLabel = "MB",
            defaultValue = "220",
            description = "Its weights, about (default: ${DEFAULT-VALUE}).")
    private int weightsMb;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Processes (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--heap-mb",
            paramLabel = "MB",
            defaultValue = "64",
            description = "Java heap of each (default: ${DEFAULT-VALUE}).")
    private int heapMb;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows here.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (nodes < 1 || weightsMb < 1 || weightsMb > 2000 || runs < 1 || heapMb < 16) {
            throw new BadInputException(
                    "--nodes (%d) and --runs (%d) must be at least 1, --weights-mb (%d) 1 to 2000, --heap-mb (%d) at least 16."
                            .formatted(nodes, runs, weightsMb, heapMb));
        }
        if (model != null) {
            return measure(model);
        }
        Path file = Files.createTempFile("ppipe-synthetic-", ".onnx");
        try {
            SyntheticModel.write(file, nodes, weightsMb * 1_000_000L, 1);
            return measure(file);
        } finally {
            Files.delete(file);
        }
    }

    private int measure(Path file) throws IOException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        long fileBytes = Files.size(file);
        BenchReport report = new BenchReport("inspect", json)
                .with("model", model == null ? "synthetic" : model.toString())
                .with("file_bytes", fileBytes)
                .with("heap_bytes", heapMb * 1_048_576L)
                .begun();
        var table = new TextTable(
                ">run", ">layers", ">cuts", ">seconds", ">CPU s", ">MB at start", ">MB at most", ">÷ file");
        var seconds = new ArrayList<Double>();
        double worst = 0;
        for (int run = 1; run <= runs; run++) {
            AnalysisRun result = inChild(file);
            double ratio = (double) result.peakBytes() / fileBytes;
            worst = Math.max(worst, ratio);
            seconds.add(result.seconds());
            table.row(
                    Integer.toString(run),
                    Integer.toString(result.layers()),
                    Integer.toString(result.cuts()),
                    decimals(result.seconds()),
                    decimals(result.cpuSeconds()),
                    decimals(result.startBytes() / MEGA),
                    decimals(result.peakBytes() / MEGA),
                    decimals(ratio));
            report.row(json(result, ratio));
        }
        report.complete();
        out.printf("%s, %s MB%n", model == null ? "synthetic CNN" : model, decimals(fileBytes / MEGA));
        out.print(table);
        out.printf("Median %s s; at most %s of the file.%n", decimals(Figures.median(seconds)), decimals(worst));
        return worst <= 2 ? OK : FAILED;
    }

    private AnalysisRun inChild(Path file) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx%dm".formatted(heapMb),
                "-XX:+UseSerialGC"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--enable-native-access") || option.startsWith("--sun-misc"))
                .toList());
        command.addAll(List.of(AnalysisRun.class.getName(), file.toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Not on the command line: ONNX Runtime 1.29 crashes while it loads when that has some 11 kB.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process child = builder.start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = child.waitFor();
        if (code != 0) {
            throw new BadInputException(
                    "%s: its analysis ended with %d and %d MiB of heap (%s). Maybe give more by --heap-mb."
                            .formatted(file, code, heapMb, printed.strip().replaceAll("\\s+", " ")));
        }
        return AnalysisRun.parsed(printed.lines().toList().getLast());
    }

    private static LinkedHashMap<String, @Nullable Object> json(AnalysisRun run, double ratio) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("layers", run.layers());
        row.put("cuts", run.cuts());
        row.put("seconds", run.seconds());
        row.put("cpu_seconds", run.cpuSeconds());
        row.put("start_bytes", run.startBytes());
        row.put("peak_bytes", run.peakBytes());
        row.put("ratio", ratio);
        return row;
    }

    private static String decimals(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }
}
