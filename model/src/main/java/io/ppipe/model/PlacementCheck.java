package io.ppipe.model;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks where a plan puts its vGPUs: that every pool is complete, and that they fit on their GPUs. */
final class PlacementCheck {
    /** What sums of fractions like 1/3 may be off by. */
    private static final double SHARE_TOLERANCE = 1e-9;

    private final Cluster cluster;
    private final Plan plan;
    private final Violations violations;
    private final TreeMap<Pool, Integer> placed = new TreeMap<>();
    private final TreeSet<Slot> slots = new TreeSet<>();
    private final TreeMap<Gpu, Double> usedOfGpu = new TreeMap<>();
    private final TreeMap<Gpu, Integer> firstShareOfGpu = new TreeMap<>();

    private record Pool(int model, int pipeline, int stage) implements Comparable<Pool> {
        @Override
        public int compareTo(Pool other) {
            int byModel = Integer.compare(model, other.model);
            int byPipeline = byModel != 0 ? byModel : Integer.compare(pipeline, other.pipeline);
            return byPipeline != 0 ? byPipeline : Integer.compare(stage, other.stage);
        }
    }

    private record Gpu(String gpuClass, int index) implements Comparable<Gpu> {
        @Override
        public int compareTo(Gpu other) {
            int byClass = gpuClass.compareTo(other.gpuClass);
            return byClass != 0 ? byClass : Integer.compare(index, other.index);
        }

        @Override
        public String toString() {
            return "%d of class %s".formatted(index, gpuClass);
        }
    }

    private record Slot(Gpu gpu, int slot) implements Comparable<Slot> {
        @Override
        public int compareTo(Slot other) {
            int byGpu = gpu.compareTo(other.gpu);
            return byGpu != 0 ? byGpu : Integer.compare(slot, other.slot);
        }
    }

    PlacementCheck(Cluster cluster, Plan plan, Violations violations) {
        this.cluster = cluster;
        this.plan = plan;
        this.violations = violations;
    }

    void check() {
        for (int i = 0; i < plan.vgpus().size(); i++) {
            vgpu("vGPU %d".formatted(i), plan.vgpus().get(i));
        }
        for (int m = 0; m < plan.models().size(); m++) {
            List<Pipeline> pipelines = plan.models().get(m).pipelines();
            for (int p = 0; p < pipelines.size(); p++) {
                for (int s = 0; s < pipelines.get(p).stages().size(); s++) {
                    pool(new Pool(m, p, s), pipelines.get(p).stages().get(s).vgpuCount());
                }
            }
        }
        usedOfGpu.forEach((gpu, used) -> violations.require(
                used <= 1 + SHARE_TOLERANCE, "The vGPUs on GPU %s take %.3f of it, more than all.", gpu, used));
    }

    private void vgpu(String where, Vgpu vgpu) {
        var gpu = new Gpu(vgpu.gpuClass(), vgpu.gpu());
        Optional<GpuClass> gpuClass = cluster.gpuClass(vgpu.gpuClass());
        violations.require(
                runsItsStage(vgpu),
                "%s (1/%d of a GPU of class %s) runs no stage of its class and share.",
                where,
                vgpu.sharesPerGpu(),
                vgpu.gpuClass());
        violations.require(
                gpuClass.isPresent()
                        && vgpu.gpu() >= 0
                        && vgpu.gpu() < gpuClass.get().count(),
                "%s is on GPU %s, which the cluster does not have.",
                where,
                gpu);
        violations.require(
                gpuClass.isEmpty()
                        || (vgpu.slot() >= 0
                                && vgpu.slot() < gpuClass.get().shares().getLast()),
                "%s: slot %d of GPU %s must be at least 0 and below the largest number of shares of its class.",
                where,
                vgpu.slot(),
                gpu);
        violations.require(
                slots.add(new Slot(gpu, vgpu.slot())), "%s: slot %d of GPU %s is used twice.", where, vgpu.slot(), gpu);
        usedOfGpu.merge(gpu, 1.0 / vgpu.sharesPerGpu(), Double::sum);
        int first = firstShareOfGpu.computeIfAbsent(gpu, g -> vgpu.sharesPerGpu());
        violations.require(
                first == vgpu.sharesPerGpu()
                        || gpuClass.isEmpty()
                        || gpuClass.get().sharing() == Sharing.MPS,
                "%s is 1/%d of GPU %s, which also holds 1/%d, and the sharing of its class is mig: all alike.",
                where,
                vgpu.sharesPerGpu(),
                gpu,
                first);
        placed.merge(new Pool(vgpu.model(), vgpu.pipeline(), vgpu.stage()), 1, Integer::sum);
    }

    private boolean runsItsStage(Vgpu vgpu) {
        return at(plan.models(), vgpu.model())
                .flatMap(m -> at(m.pipelines(), vgpu.pipeline()))
                .flatMap(p -> at(p.stages(), vgpu.stage()))
                .filter(s -> s.gpuClass().equals(vgpu.gpuClass()) && s.sharesPerGpu() == vgpu.sharesPerGpu())
                .isPresent();
    }

    private static <T> Optional<T> at(List<T> list, int index) {
        return index >= 0 && index < list.size() ? Optional.of(list.get(index)) : Optional.empty();
    }

    private void pool(Pool pool, int wanted) {
        int found = placed.getOrDefault(pool, 0);
        violations.require(
                found == wanted,
                "Model %s, pipeline %d, stage %d has %d vGPUs in its pool, and %d are placed.",
                plan.models().get(pool.model()).model(),
                pool.pipeline(),
                pool.stage(),
                wanted,
                found);
    }
}
