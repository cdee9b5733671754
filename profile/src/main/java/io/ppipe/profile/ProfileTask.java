package io.ppipe.profile;

import io.ppipe.execute.SessionSettings;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Progress;
import java.util.List;
import java.util.Optional;

/**
 * What of a model is to be profiled, and how.
 *
 * @param model its name in the profile
 * @param onlyClass the one class to measure, on the settings' device; empty = all, on the CPU
 */
record ProfileTask(
        String model,
        ModelGraph graph,
        BoundaryType boundary,
        Cluster cluster,
        ProfileSettings settings,
        Optional<GpuClass> onlyClass,
        Earlier earlier,
        Progress progress) {
    /**
     * Returns the class of this name, or nothing where none is named.
     *
     * @throws BadInputException when it isn't there or isn't measured, or the device is a GPU and no class is named
     */
    static Optional<GpuClass> onlyClass(Cluster cluster, ProfileSettings settings, Optional<String> name) {
        checkNames(cluster);
        if (name.isEmpty() && settings.session().device().gpu()) {
            throw new BadInputException("Device %s is of one GPU class. Say which one of cluster %s, by --class: %s."
                    .formatted(settings.session().device(), cluster.name(), names(cluster)));
        }
        return name.map(given -> measurable(cluster, given));
    }

    private static void checkNames(Cluster cluster) {
        if (cluster.gpuClass(Profiler.CPU).filter(GpuClass::emulated).isPresent()) {
            throw new BadInputException(
                    "Cluster %s: GPU class %s must not be emulated: the name stands for this machine's measured CPU. Maybe call it emulated-cpu."
                            .formatted(cluster.name(), Profiler.CPU));
        }
    }

    private static GpuClass measurable(Cluster cluster, String name) {
        GpuClass found = cluster.gpuClass(name)
                .orElseThrow(() -> new BadInputException(
                        "Cluster %s has no GPU class %s; it has %s.".formatted(cluster.name(), name, names(cluster))));
        if (found.emulated()) {
            throw new BadInputException(
                    "GPU class %s of cluster %s is emulated: its times are computed from the CPU's, not measured."
                            .formatted(name, cluster.name()));
        }
        return found;
    }

    private static List<String> names(Cluster cluster) {
        return cluster.classes().stream().map(GpuClass::name).toList();
    }

    /** Returns the batch sizes to measure: 1 alone where the model's batch is fixed. */
    List<Integer> batchSizes() {
        return graph.dynamicBatch() ? settings.batchSizes() : List.of(1);
    }

    /** A class called {@link Profiler#CPU} says its threads itself. */
    int cpuThreads() {
        return cluster.gpuClass(Profiler.CPU)
                .map(gpuClass -> ((Executor.Cpu) gpuClass.executor()).threads())
                .orElse(settings.session().threads());
    }

    SessionSettings cpuSession(int threads) {
        return new SessionSettings(threads, settings.session().optimisation());
    }
}
