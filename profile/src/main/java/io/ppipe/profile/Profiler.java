package io.ppipe.profile;

import io.ppipe.execute.TemporaryFolder;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    private final ProfileTask task;

    private Profiler(ProfileTask task) {
        this.task = task;
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
        Optional<GpuClass> only = ProfileTask.onlyClass(cluster, settings, onlyClass);
        var task = new ProfileTask(model, ModelGraph.read(onnx), boundary, cluster, settings, only, earlier, progress);
        try (var folder = TemporaryFolder.create("profile")) {
            return new Profiler(task).profile(folder.path());
        }
    }

    private ModelProfile profile(Path directory) {
        ModelGraph graph = task.graph();
        // A fifth of the time for the layers: they decide about cuts and proportions only.
        long limitNanos = task.settings().timeLimit().toNanos();
        Optional<ModelProfile> known = task.earlier().cut(graph, task.boundary(), task.settings());
        boolean layersMatter = known.isEmpty() || task.onlyClass().isEmpty();
        double[] layerMicros = layersMatter
                ? LayerTimes.measure(graph, task.model(), directory, task.settings(), limitNanos / 5, task.progress())
                : new double[0];
        CutModel cut;
        String note;
        if (known.isPresent()) {
            cut = CutModel.of(graph, known.get());
            note = known.get().note();
        } else {
            Prepartition chosen = Prepartition.of(
                    layerMicrosByClass(layerMicros),
                    graph.cutPoints(task.boundary()),
                    task.settings().blocks());
            cut = CutModel.of(graph, task.boundary(), chosen.layersPerBlock());
            note = joined(graph.note(), chosen.note());
        }
        var stages = MeasuredStages.write(
                cut, task.model(), directory, task.settings().everyRun());
        if (task.boundary() == BoundaryType.FLOAT16 && cut.blocks().size() > 1 && known.isEmpty()) {
            note = joined(note, BoundaryError.measure(task.model(), stages, task.cpuSession(task.cpuThreads())));
        }
        var profile = new ModelProfile(
                task.model(),
                graph.sha256(),
                task.boundary(),
                graph.inputs(),
                graph.outputs(),
                cut.blocks(),
                cut.cuts(),
                List.of(),
                note);
        return new LatencyTables(task, profile, stages, limitNanos - limitNanos / 5).all(cut, layerMicros);
    }

    private static String joined(String one, String other) {
        return Stream.of(one, other).filter(text -> !text.isEmpty()).distinct().collect(Collectors.joining(" "));
    }

    private double[][] layerMicrosByClass(double[] cpuMicros) {
        var rows = new ArrayList<double[]>();
        rows.add(cpuMicros);
        for (GpuClass gpuClass : task.cluster().classes()) {
            if (gpuClass.executor() instanceof Executor.Emulated factors) {
                var times = new EmulatedTimes(factors);
                rows.add(IntStream.range(0, cpuMicros.length)
                        .mapToDouble(i ->
                                times.layerMicros(task.graph().layers().get(i).kind(), cpuMicros[i]))
                        .toArray());
            }
        }
        return rows.toArray(double[][]::new);
    }
}
