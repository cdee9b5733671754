package io.ppipe.profile;

import io.ppipe.execute.OnnxRuntime;
import io.ppipe.execute.SessionSettings;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Provenance;
import io.ppipe.model.Sharing;
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

/** The latency tables of a model that is cut, one by one, as they are taken over, measured or computed. */
final class LatencyTables {
    private final ProfileTask task;
    private final ModelProfile profile;
    private final MeasuredStages stages;
    private final long limitNanos;
    private final String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private final List<LatencyTable> tables = new ArrayList<>();
    private final Map<Integer, LatencyTable> byThreads = new TreeMap<>();

    /**
     * @param profile of the model, without tables
     * @param limitNanos time for each table that is measured
     */
    LatencyTables(ProfileTask task, ModelProfile profile, MeasuredStages stages, long limitNanos) {
        this.task = task;
        this.profile = profile;
        this.stages = stages;
        this.limitNanos = limitNanos;
    }

    /**
     * Returns the profile with its tables.
     *
     * @param layerMicros of the CPU, by layer; not looked at where one class is measured
     */
    ModelProfile all(CutModel cut, double[] layerMicros) {
        if (task.onlyClass().isPresent()) {
            GpuClass gpuClass = task.onlyClass().get();
            for (int share : gpuClass.shares()) {
                add(
                        task.settings().session().device().gpu()
                                ? onGpu(gpuClass, share)
                                : onCpu(gpuClass.name(), share, ((Executor.Cpu) gpuClass.executor()).threads()));
            }
        } else {
            ofCluster(cut, layerMicros);
        }
        return withKept();
    }

    private void ofCluster(CutModel cut, double[] layerMicros) {
        LatencyTable cpu = onCpu(Profiler.CPU, 1, task.cpuThreads());
        add(cpu);
        List<MeasuredBlock> base = measuredBlocks(cut, layerMicros, cpu.blockMicros());
        for (GpuClass gpuClass : task.cluster().classes()) {
            for (int share : gpuClass.shares()) {
                switch (gpuClass.executor()) {
                    case Executor.Cpu(int threads) -> {
                        if (!gpuClass.name().equals(Profiler.CPU) || share != 1) {
                            add(onCpu(gpuClass.name(), share, threads));
                        }
                    }
                    case Executor.Emulated factors ->
                        tables.add(new EmulatedTimes(factors)
                                .table(
                                        gpuClass,
                                        share,
                                        base,
                                        task.batchSizes(),
                                        emulatedBy(factors, cpu.provenance())));
                }
            }
        }
    }

    private void add(LatencyTable table) {
        tables.add(table);
        task.earlier().finished().accept(profile.withLatencies(List.copyOf(tables)));
    }

    /** Tables of the profile that this one is merged into go on where they are, unless they are measured anew. */
    private ModelProfile withKept() {
        var all = new ArrayList<LatencyTable>();
        for (LatencyTable old :
                task.earlier().merged().map(ModelProfile::latencies).orElse(List.of())) {
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
            SessionSettings session = task.cpuSession(threads);
            table = measured(
                    gpuClass,
                    share,
                    session,
                    runtime(session, ""),
                    () -> LocalPasses.open(
                            task.model(),
                            stages.partitions(),
                            session,
                            task.batchSizes().getLast()));
            byThreads.put(threads, table);
        }
        return new LatencyTable(
                gpuClass, share, table.batchSizes(), table.blockMicros(), table.provenance(), table.runs());
    }

    /** All shares of the GPU are busy while they are measured, as they may be when they serve. */
    private LatencyTable onGpu(GpuClass gpuClass, int share) {
        SessionSettings session = task.settings().session();
        if (share == 1) {
            return measured(
                    gpuClass.name(),
                    1,
                    session,
                    runtime(session, ""),
                    () -> LocalPasses.open(
                            task.model(),
                            stages.partitions(),
                            session,
                            task.batchSizes().getLast()));
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
                        task.model(),
                        stages.partitions(),
                        session,
                        task.batchSizes().getLast(),
                        share,
                        Mps.environment(share)));
    }

    private LatencyTable measured(
            String gpuClass, int share, SessionSettings session, String runtime, Supplier<Passes> open) {
        String device = Machine.name(session.device());
        Optional<LatencyTable> before = task.earlier()
                .measured(
                        profile,
                        device,
                        runtime,
                        task.batchSizes(),
                        task.settings().everyRun());
        if (before.isPresent()) {
            LatencyTable table = before.get();
            return new LatencyTable(
                    gpuClass, share, table.batchSizes(), table.blockMicros(), table.provenance(), table.runs());
        }
        try (Passes passes = open.get()) {
            var measured = new BlockTimes(task.model(), passes, task.settings(), task.progress())
                    .measure(task.batchSizes(), limitNanos);
            String conditions = Machine.conditions(session.device()) + "; " + measured.quality();
            return stages.table(
                    gpuClass,
                    share,
                    task.batchSizes(),
                    measured.micros(),
                    new Provenance(Provenance.Kind.MEASURED, device, runtime, date, conditions));
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
}
