package io.ppipe.bench;

import io.ppipe.model.BoundaryType;
import io.ppipe.profile.LayerCost;
import io.ppipe.profile.ModelGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * One analysis of a model, in a process of its own so that its memory can be told.
 *
 * @param seconds from the file to layers, cuts and costs, loading of ONNX Runtime included
 * @param cpuSeconds of all threads of the process in that time: what a busy machine doesn't change
 * @param startBytes most memory that the process had in use (resident, mapped files included) before
 * @param peakBytes and until the end; both 0 where the system doesn't tell
 */
record AnalysisRun(int layers, int cuts, double seconds, double cpuSeconds, long startBytes, long peakBytes) {
    /** Analyses the model of the one argument, and prints the record's fields. */
    public static void main(String[] args) throws IOException {
        long start = residentPeak().orElse(0);
        double cpuBegin = cpuUsed();
        long begin = System.nanoTime();
        ModelGraph graph = ModelGraph.read(Path.of(args[0]));
        int cuts = graph.cutPoints(BoundaryType.UNCHANGED).size();
        int layers = LayerCost.of(graph, 1).size();
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d %d %.6f %.6f %d %d%n",
                layers,
                cuts,
                seconds,
                cpuUsed() - cpuBegin,
                start,
                residentPeak().orElse(0));
    }

    static AnalysisRun parsed(String line) {
        List<String> fields = List.of(line.strip().split(" "));
        return new AnalysisRun(
                Integer.parseInt(fields.get(0)),
                Integer.parseInt(fields.get(1)),
                Double.parseDouble(fields.get(2)),
                Double.parseDouble(fields.get(3)),
                Long.parseLong(fields.get(4)),
                Long.parseLong(fields.get(5)));
    }

    private static double cpuUsed() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(time -> time.toNanos() / 1e9)
                .orElse(0.0);
    }

    private static OptionalLong residentPeak() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return OptionalLong.empty();
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst();
    }
}
