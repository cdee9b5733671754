package io.ppipe.profile;

import io.ppipe.execute.OnnxRuntime;
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
import io.ppipe.model.Sharing;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
    private final Earlier earlier;
    private final Progress progress;
    private final Optional<GpuClass> onlyClass;
    private final List<Integer> batchSizes;
    private final String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();

    private Profiler(
            String model,
            ModelGraph graph,
            BoundaryType boundary,
            Cluster cluster,
            ProfileSettings settings,
            Optional<GpuClass> onlyClass,
            Earlier earlier,
            Progress progress) {
        this.model = model;
        this.graph = graph;
        this.boundary = boundary;
        this.cluster = cluster;
        this.settings = settings;
        this.onlyClass = onlyClass;
        this.earlier = earlier;
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
        return profile(model, onnx, boundary, cluster, settings, Optional.empty(), Earlier.NOTHING, progress);
    }

    /**
     * Profiles a model, going on from what is known of it.
     *
     * @param onlyClass measure just this class of the cluster, on the settings' device, every share that it allows: those of
     *     a GPU by MPS and all at the same time. There is no table for {@link #CPU} then. Empty: all classes, on the CPU
     * @throws BadInputException when the file can't be read or run, the device can't be used, or the class isn't one to be
     *     measured
     */
    public static ModelProfile profile(
            String model,
            Path onnx,
            BoundaryType boundary,
            Cluster cluster,
            ProfileSettings settings,
            Optional<String> onlyClass,
            Earlier earlier,
            Progress progress) {
        checkNames(cluster);
        Optional<GpuClass> only = onlyClass.map(name -> measurable(cluster, name));
        if (only.isEmpty() && settings.session().device().gpu()) {
            throw new BadInputException("Device %s is of one GPU class. Say which one of cluster %s, by --class: %s."
                    .formatted(
                            settings.session().device(),
                            cluster.name(),
                            cluster.classes().stream().map(GpuClass::name).toList()));
        }
        ModelGraph graph = ModelGraph.read(onnx);
        Path directory;
        try {
            directory = Files.createTempDirectory(
                    "ppipe-profile-" + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return new Profiler(model, graph, boundary, cluster, settings, only, earlier, progress).profile(directory);
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

    private static GpuClass measurable(Cluster cluster, String name) {
        GpuClass found = cluster.gpuClass(name)
                .orElseThrow(() -> new BadInputException("Cluster %s has no GPU class %s; it has %s."
                        .formatted(
                                cluster.name(),
                                name,
                                cluster.classes().stream().map(GpuClass::name).toList())));
        if (found.emulated()) {
            throw new BadInputException(
                    "GPU class %s of cluster %s is emulated: its times are computed from the CPU's, not measured."
                            .formatted(name, cluster.name()));
        }
        return found;
    }

    private ModelProfile profile(Path directory) {
        // A fifth of the time for the layers: they decide about cuts and proportions only.
        long limitNanos = settings.timeLimit().toNanos();
        Optional<ModelProfile> known = earlier.cut(graph, boundary, settings);
        boolean layersMatter = known.isEmpty() || onlyClass.isEmpty();
        double[] layerMicros = layersMatter
                ? LayerTimes.measure(graph, model, directory, settings, limitNanos / 5, progress)
                : new double[0];
        CutModel cut;
        String note;
        if (known.isPresent()) {
            cut = CutModel.of(graph, known.get());
            note = known.get().note();
        } else {
            Prepartition chosen =
                    Prepartition.of(layerMicrosByClass(layerMicros), graph.cutPoints(boundary), settings.blocks());
            cut = CutModel.of(graph, boundary, chosen.layersPerBlock());
            note = joined(graph.note(), chosen.note());
        }
        var stages = MeasuredStages.write(cut, model, directory, settings.everyRun());
        if (boundary == BoundaryType.FLOAT16 && cut.blocks().size() > 1 && known.isEmpty()) {
            note = joined(note, BoundaryError.measure(model, stages, cpuSession(cpuThreads())));
        }
        var profile = new ModelProfile(
                model,
                graph.sha256(),
                boundary,
                graph.inputs(),
                graph.outputs(),
                cut.blocks(),
                cut.cuts(),
                List.of(),
                note);
        return new Tables(profile, stages, limitNanos - limitNanos / 5).all(cut, layerMicros);
    }

    private static String joined(String one, String other) {
        return Stream.of(one, other).filter(text -> !text.isEmpty()).distinct().collect(Collectors.joining(" "));
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

    /** A class called {@link #CPU} says its threads itself. */
    private int cpuThreads() {
        return cluster.gpuClass(CPU)
                .map(gpuClass -> ((Executor.Cpu) gpuClass.executor()).threads())
                .orElse(settings.session().threads());
    }

    private SessionSettings cpuSession(int threads) {
        return new SessionSettings(threads, settings.session().optimisation());
    }

    /** The latency tables of the model, as they are measured or computed. */
    private final class Tables {
        private final ModelProfile profile;
        private final MeasuredStages stages;
        private final long limitNanos;
        private final List<LatencyTable> tables = new ArrayList<>();
        private final Map<Integer, LatencyTable> byThreads = new TreeMap<>();

        Tables(ModelProfile profile, MeasuredStages stages, long limitNanos) {
            this.profile = profile;
            this.stages = stages;
            this.limitNanos = limitNanos;
        }

        ModelProfile all(CutModel cut, double[] layerMicros) {
            if (onlyClass.isPresent()) {
                GpuClass gpuClass = onlyClass.get();
                for (int share : gpuClass.shares()) {
                    add(
                            settings.session().device().gpu()
                                    ? onGpu(gpuClass, share)
                                    : onCpu(gpuClass.name(), share, ((Executor.Cpu) gpuClass.executor()).threads()));
                }
            } else {
                ofCluster(cut, layerMicros);
            }
            return withKept();
        }

        private void ofCluster(CutModel cut, double[] layerMicros) {
            LatencyTable cpu = onCpu(CPU, 1, cpuThreads());
            add(cpu);
            List<MeasuredBlock> base = measuredBlocks(cut, layerMicros, cpu.blockMicros());
            for (GpuClass gpuClass : cluster.classes()) {
                for (int share : gpuClass.shares()) {
                    switch (gpuClass.executor()) {
                        case Executor.Cpu(int threads) -> {
                            if (!gpuClass.name().equals(CPU) || share != 1) {
                                add(onCpu(gpuClass.name(), share, threads));
                            }
                        }
                        case Executor.Emulated factors ->
                            tables.add(new EmulatedTimes(factors)
                                    .table(gpuClass, share, base, batchSizes, emulatedBy(factors, cpu.provenance())));
                    }
                }
            }
        }

        private void add(LatencyTable table) {
            tables.add(table);
            earlier.finished().accept(profile.withLatencies(List.copyOf(tables)));
        }

        /** Tables of the profile that this one is merged into go on where they are, unless they are measured anew. */
        private ModelProfile withKept() {
            var all = new ArrayList<LatencyTable>();
            for (LatencyTable old :
                    earlier.merged().map(ModelProfile::latencies).orElse(List.of())) {
                if (tables.stream().noneMatch(table -> sameVgpu(table, old))) {
                    all.add(old);
                }
            }
            all.addAll(tables);
            return profile.withLatencies(all);
        }

        private static boolean sameVgpu(LatencyTable a, LatencyTable b) {
            return a.gpuClass().equals(b.gpuClass()) && a.sharesPerGpu() == b.sharesPerGpu();
        }

        private LatencyTable onCpu(String gpuClass, int share, int threads) {
            LatencyTable table = byThreads.get(threads);
            if (table == null) {
                SessionSettings session = cpuSession(threads);
                table = measured(
                        gpuClass,
                        share,
                        session,
                        runtime(session, ""),
                        () -> LocalPasses.open(model, stages.partitions(), session, batchSizes.getLast()));
                byThreads.put(threads, table);
            }
            return new LatencyTable(
                    gpuClass, share, table.batchSizes(), table.blockMicros(), table.provenance(), table.runs());
        }

        /** All shares of the GPU are busy while they are measured, as they may be when they serve. */
        private LatencyTable onGpu(GpuClass gpuClass, int share) {
            SessionSettings session = settings.session();
            if (share == 1) {
                return measured(
                        gpuClass.name(),
                        1,
                        session,
                        runtime(session, ""),
                        () -> LocalPasses.open(model, stages.partitions(), session, batchSizes.getLast()));
            }
            if (gpuClass.sharing() == Sharing.MIG) {
                throw new BadInputException(
                        "GPU class %s: parts by MIG are devices of their own, and are measured as such: with CUDA_VISIBLE_DEVICES=MIG-…, shares: [1] and --class."
                                .formatted(gpuClass.name()));
            }
            return measured(
                    gpuClass.name(),
                    share,
                    session,
                    runtime(session, ", 1/%d of the GPU by MPS".formatted(share)),
                    () -> SharedGpu.start(
                            model, stages.partitions(), session, batchSizes.getLast(), share, Mps.environment(share)));
        }

        private LatencyTable measured(
                String gpuClass, int share, SessionSettings session, String runtime, Supplier<Passes> open) {
            String device = Machine.name(session.device());
            Optional<LatencyTable> before = earlier.measured(profile, device, runtime, batchSizes, settings.everyRun());
            if (before.isPresent()) {
                LatencyTable table = before.get();
                return new LatencyTable(
                        gpuClass, share, table.batchSizes(), table.blockMicros(), table.provenance(), table.runs());
            }
            try (Passes passes = open.get()) {
                var measured = new BlockTimes(model, passes, settings, progress).measure(batchSizes, limitNanos);
                String conditions = Machine.conditions(session.device()) + "; " + measured.quality();
                return stages.table(
                        gpuClass,
                        share,
                        batchSizes,
                        measured.micros(),
                        new Provenance(Provenance.Kind.MEASURED, device, runtime, date, conditions));
            }
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

    private static Provenance emulatedBy(Executor.Emulated factors, Provenance cpu) {
        return new Provenance(
                Provenance.Kind.EMULATED,
                "%s, times %s for convolution, %s element-wise, %s activation, plus %s us per layer; batch gain %s"
                        .formatted(
                                cpu.device(),
                                factors.convolution(),
                                factors.elementWise(),
                                factors.activation(),
                                factors.fixedMicrosPerLayer(),
                                factors.batchGain()),
                cpu.runtime(),
                cpu.date());
    }

    private static String runtime(SessionSettings session, String part) {
        return "ONNX Runtime %s%s, %d %s, optimisation %s%s"
                .formatted(
                        OnnxRuntime.version(),
                        session.device().gpu() ? " " + session.device() : "",
                        session.threads(),
                        session.threads() == 1 ? "thread" : "threads",
                        session.optimisation().name().toLowerCase(Locale.ROOT),
                        part);
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
