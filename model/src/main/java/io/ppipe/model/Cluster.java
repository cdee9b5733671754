package io.ppipe.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The GPUs to plan for. Servers are numbered through the classes in order: those of class 0 first.
 *
 * @param timeScale multiplies emulated compute, transfers and SLOs (divides bandwidth and demand); 1 = none. Lets a
 *     small machine emulate GPUs that are faster than it. Only for clusters whose classes are all emulated.
 */
public record Cluster(String name, List<GpuClass> classes, double timeScale) {
    public Cluster {
        Checks.named("A cluster", name);
        Checks.positive("Cluster " + name + ": time_scale", timeScale);
        classes = List.copyOf(classes);
        if (classes.isEmpty()) {
            throw new IllegalArgumentException("Cluster %s must have at least one GPU class.".formatted(name));
        }
        var seen = new HashSet<String>();
        for (GpuClass gpuClass : classes) {
            if (!seen.add(gpuClass.name())) {
                throw new IllegalArgumentException(
                        "Cluster %s: GPU class %s is there twice.".formatted(name, gpuClass.name()));
            }
            if (timeScale != 1 && !gpuClass.emulated()) {
                throw new IllegalArgumentException(
                        "Cluster %s: time_scale (%s) must be 1, because GPU class %s is not emulated: real time cannot be stretched."
                                .formatted(name, timeScale, gpuClass.name()));
            }
        }
    }

    /** Returns the class called {@code className}, if there is one. */
    public Optional<GpuClass> gpuClass(String className) {
        return classes.stream().filter(c -> c.name().equals(className)).findFirst();
    }

    /** Returns the position of the class called {@code className}, or −1. */
    public int classIndex(String className) {
        for (int i = 0; i < classes.size(); i++) {
            if (classes.get(i).name().equals(className)) {
                return i;
            }
        }
        return -1;
    }

    /** Returns how many servers the cluster has. */
    public int serverCount() {
        return classes.stream().mapToInt(GpuClass::serverCount).sum();
    }

    /**
     * Returns the number of the server that holds a GPU.
     *
     * @param classIndex position of its class in {@link #classes}
     * @param gpu the GPU within its class, from 0
     */
    public int serverOf(int classIndex, int gpu) {
        int before = 0;
        for (int i = 0; i < classIndex; i++) {
            before += classes.get(i).serverCount();
        }
        return before + gpu / classes.get(classIndex).gpusPerServer();
    }

    /** Returns whether every class computes what it answers; where one doesn't, answers are zeros. */
    public boolean computed() {
        return classes.stream()
                .noneMatch(
                        gpuClass -> gpuClass.executor() instanceof Executor.Emulated emulated && !emulated.compute());
    }

    /** Returns whether any class is emulated. */
    public boolean emulated() {
        return classes.stream().anyMatch(GpuClass::emulated);
    }
}
