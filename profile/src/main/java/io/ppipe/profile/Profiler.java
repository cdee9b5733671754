package io.ppipe.profile;

import io.ppipe.execute.OnnxRuntime;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Progress;
import io.ppipe.model.Provenance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes the profile of one model on this machine: cuts it into blocks and measures them.
 *
 * <p>Steps: time every layer on the CPU, choose the cuts so that the blocks are even on every GPU class, write each block as
 * a file, time the blocks with the runtime that serves, and compute what emulated classes would take.
 */
public final class Profiler {
    /** Name of the latency table that every profile has: this machine's CPU, one share. */
    public static final String CPU = "cpu";

    private final String model;
    private final ModelGraph graph;
    private final BoundaryType boundary;
    private final Cluster cluster;
    private final ProfileSettings settings;
    private final Progress progress;
    private final List<Integer> batchSizes;
    private final String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();

    private Profiler(
            String model,
            ModelGraph graph,
            BoundaryType boundary,
            Cluster cluster,
            ProfileSettings settings,
            Progress progress) {
        this.model = model;
        this.graph = graph;
        this.boundary = boundary;
        this.cluster = cluster;
        this.settings = settings;
        this.progress = progress;
        this.batchSizes = graph.dynamicBatch() ? settings.batchSizes() : List.of(1);
    }

    /**
     * Profiles a model. The profile has a latency table for {@link #CPU}, and one for every class of the cluster and every
     * share it allows. A vGPU of a class with an {@link Executor.Cpu} has threads of its own, so its latency is the same
     * on every share.
     *
     * @param model its name in the profile
     * @param cluster the classes to profile for; their number of GPUs does not matter, nor does the time scale: the
     *     profile is in unscaled time
     * @param progress told of every timed run
     * @throws BadInputException when the file can't be read or run
     */
    public static ModelProfile profile(
            String model,
            Path onnx,
            BoundaryType boundary,
            Cluster cluster,
            ProfileSettings settings,
            Progress progress) {
        checkNames(cluster);
        ModelGraph graph = ModelGraph.read(onnx);
        Path directory;
        try {
            directory = Files.createTempDirectory(
                    "ppipe-profile-" + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return new Profiler(model, graph, boundary, cluster, settings, progress).profile(directory);
        } finally {
            delete(directory);
        }
    }

    private static void checkNames(Cluster cluster) {
        if (cluster.gpuClass(CPU).filter(GpuClass::emulated).isPresent()) {
            throw new BadInputException(
                    "Cluster %s: GPU class %s must not be emulated: the name stands for this machine's measured CPU. Maybe call it emulated-cpu."
                            .formatted(cluster.name(), CPU));
        }
    }

    private ModelProfile profile(Path directory) {
        // A fifth of the time for the layers: they decide about cuts and proportions only.
        long limitNanos = settings.timeLimit().toNanos();
        double[] layerMicros = LayerTimes.measure(graph, model, directory, settings, limitNanos / 5, progress);
        Prepartition chosen =
                Prepartition.of(layerMicrosByClass(layerMicros), graph.cutPoints(boundary), settings.blocks());
        CutModel cut = CutModel.of(graph, boundary, chosen.layersPerBlock());
        List<Partition> blocks = IntStream.range(0, cut.blocks().size())
                .mapToObj(block -> PartitionWriter.write(cut, block, block + 1, model, directory))
                .toList();
        return new ModelProfile(
                model,
                graph.sha256(),
                boundary,
                graph.inputs(),
                graph.outputs(),
                cut.blocks(),
                cut.cuts(),
                latencies(cut, blocks, layerMicros, limitNanos - limitNanos / 5),
                Stream.of(graph.note(), chosen.note())
                        .filter(note -> !note.isEmpty())
                        .distinct()
                        .reduce("", (a, b) -> a.isEmpty() ? b : a + " " + b));
    }

    private double[][] layerMicrosByClass(double[] cpuMicros) {
        var rows = new ArrayList<double[]>();
        rows.add(cpuMicros);
        for (GpuClass gpuClass : cluster.classes()) {
            if (gpuClass.executor() instanceof Executor.Emulated factors) {
                var times = new EmulatedTimes(factors);
                rows.add(IntStream.range(0, cpuMicros.length)
                        .mapToDouble(
                                i -> times.layerMicros(graph.layers().get(i).kind(), cpuMicros[i]))
                        .toArray());
            }
        }
        return rows.toArray(double[][]::new);
    }

    private List<LatencyTable> latencies(CutModel cut, List<Partition> blocks, double[] layerMicros, long limitNanos) {
        var measured = new TreeMap<Integer, List<List<Long>>>(); // by number of threads
        List<List<Long>> cpu = measured.computeIfAbsent(cpuThreads(), threads -> measure(blocks, threads, limitNanos));
        var tables = new ArrayList<LatencyTable>();
        tables.add(new LatencyTable(CPU, 1, batchSizes, cpu, measuredWith(cpuThreads())));
        List<MeasuredBlock> base = measuredBlocks(cut, layerMicros, cpu);
        for (GpuClass gpuClass : cluster.classes()) {
            for (int share : gpuClass.shares()) {
                switch (gpuClass.executor()) {
                    case Executor.Cpu(int threads) -> {
                        if (!gpuClass.name().equals(CPU) || share != 1) {
                            var rows = measured.computeIfAbsent(threads, t -> measure(blocks, t, limitNanos));
                            tables.add(
                                    new LatencyTable(gpuClass.name(), share, batchSizes, rows, measuredWith(threads)));
                        }
                    }
                    case Executor.Emulated factors ->
                        tables.add(new EmulatedTimes(factors)
                                .table(gpuClass, share, base, batchSizes, emulatedBy(factors)));
                }
            }
        }
        return tables;
    }

    /** A class called {@link #CPU} says its threads itself. */
    private int cpuThreads() {
        return cluster.gpuClass(CPU)
                .map(gpuClass -> ((Executor.Cpu) gpuClass.executor()).threads())
                .orElse(settings.session().threads());
    }

    private List<List<Long>> measure(List<Partition> blocks, int threads, long limitNanos) {
        var session = new SessionSettings(threads, settings.session().optimisation());
        try (var times = BlockTimes.open(model, blocks, session)) {
            return times.measure(batchSizes, settings, limitNanos, progress);
        }
    }

    private static List<MeasuredBlock> measuredBlocks(CutModel cut, double[] layerMicros, List<List<Long>> cpu) {
        var blocks = new ArrayList<MeasuredBlock>();
        int layer = 0;
        for (int block = 0; block < cpu.size(); block++) {
            List<Layer> layers = cut.layers(block);
            double[] own = Arrays.copyOfRange(layerMicros, layer, layer + layers.size());
            blocks.add(MeasuredBlock.of(layers, cpu.get(block).getFirst(), own));
            layer += layers.size();
        }
        return blocks;
    }

    private Provenance measuredWith(int threads) {
        return new Provenance(Provenance.Kind.MEASURED, Device.cpu(), runtime(threads), date);
    }

    private Provenance emulatedBy(Executor.Emulated factors) {
        return new Provenance(
                Provenance.Kind.EMULATED,
                "%s, times %s for convolution, %s element-wise, %s activation, plus %s us per layer; batch gain %s"
                        .formatted(
                                Device.cpu(),
                                factors.convolution(),
                                factors.elementWise(),
                                factors.activation(),
                                factors.fixedMicrosPerLayer(),
                                factors.batchGain()),
                runtime(cpuThreads()),
                date);
    }

    private String runtime(int threads) {
        return "ONNX Runtime %s, %d %s, optimisation %s"
                .formatted(
                        OnnxRuntime.version(),
                        threads,
                        threads == 1 ? "thread" : "threads",
                        settings.session().optimisation().name().toLowerCase(Locale.ROOT));
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
