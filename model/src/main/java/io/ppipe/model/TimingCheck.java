package io.ppipe.model;

import java.util.List;
import java.util.Optional;

/** Checks one pipeline: that its stages exist, deliver its throughput, meet the SLO and fit into their vGPUs' memory. */
final class TimingCheck {
    private final Cluster cluster;
    private final Scenario.ScenarioModel model;
    private final PlanRules planRules;
    private final ModelRules rules;
    private final Violations violations;

    TimingCheck(
            Cluster cluster,
            Scenario.ScenarioModel model,
            PlanRules planRules,
            ModelRules rules,
            Violations violations) {
        this.cluster = cluster;
        this.model = model;
        this.planRules = planRules;
        this.rules = rules;
        this.violations = violations;
    }

    /** @param where the pipeline in words */
    void check(String where, Pipeline pipeline) {
        int before = violations.found().size();
        structure(where, pipeline);
        if (violations.found().size() == before) { // so that times can be looked up
            for (int s = 0; s < pipeline.stages().size(); s++) {
                stage("%s, stage %d".formatted(where, s), pipeline, s);
            }
            latency(where, pipeline);
        }
    }

    /** Whether blocks, classes, shares and batch size exist. */
    private void structure(String where, Pipeline pipeline) {
        violations.require(
                pipeline.stages().size() <= planRules.maxStages(),
                "%s has %d stages, the plan's rules allow %d.",
                where,
                pipeline.stages().size(),
                planRules.maxStages());
        int blocks = model.profile().blockCount();
        int next = 0;
        for (Stage stage : pipeline.stages()) {
            violations.require(
                    stage.firstBlock() == next && stage.endBlock() <= blocks,
                    "%s: a stage runs blocks [%d, %d) where block %d of %d comes next.",
                    where,
                    stage.firstBlock(),
                    stage.endBlock(),
                    next,
                    blocks);
            next = stage.endBlock();
            hardware(where, pipeline, stage);
        }
        violations.require(next == blocks, "%s ends at block %d of %d.", where, next, blocks);
    }

    private void hardware(String where, Pipeline pipeline, Stage stage) {
        Optional<GpuClass> gpuClass = cluster.gpuClass(stage.gpuClass());
        violations.require(gpuClass.isPresent(), "%s: the cluster has no GPU class %s.", where, stage.gpuClass());
        violations.require(
                gpuClass.isEmpty() || gpuClass.get().shares().contains(stage.sharesPerGpu()),
                "%s: GPU class %s does not allow %d shares per GPU.",
                where,
                stage.gpuClass(),
                stage.sharesPerGpu());
        Optional<LatencyTable> table = model.profile().latencies(stage.gpuClass(), stage.sharesPerGpu());
        violations.require(
                table.isPresent() && pipeline.batchSize() <= table.get().maxBatchSize(),
                "%s: the profile has no latency of a batch of %d on 1/%d of a GPU of class %s.",
                where,
                pipeline.batchSize(),
                stage.sharesPerGpu(),
                stage.gpuClass());
    }

    private void stage(String where, Pipeline pipeline, int index) {
        Stage stage = pipeline.stages().get(index);
        long latency = latencyMicros(pipeline, stage);
        violations.require(
                latency == stage.latencyMicros(),
                "%s: latency_us is %d, the profile says %d.",
                where,
                stage.latencyMicros(),
                latency);
        double delivered = stage.vgpuCount() * vgpuRate(pipeline, index);
        violations.require(
                Violations.atMost(pipeline.throughputPerSecond(), delivered),
                "%s: %d vGPUs deliver %s/s, less than the pipeline's throughput_rps %s.",
                where,
                stage.vgpuCount(),
                delivered,
                pipeline.throughputPerSecond());
        long needed = model.profile().memoryBytes(stage.firstBlock(), stage.endBlock(), pipeline.batchSize());
        long has = gpuClass(stage).memoryBytes() / stage.sharesPerGpu();
        violations.require(
                needed <= has,
                "%s needs %d bytes of memory for weights and activations at batch size %d, 1/%d of a GPU of class %s"
                        + " has %d.",
                where,
                needed,
                pipeline.batchSize(),
                stage.sharesPerGpu(),
                stage.gpuClass(),
                has);
    }

    private void latency(String where, Pipeline pipeline) {
        List<Stage> stages = pipeline.stages();
        double total = rules.batchBuildingMicros(pipeline.batchSize());
        for (int s = 0; s < stages.size(); s++) {
            total += latencyMicros(pipeline, stages.get(s));
            if (s > 0) {
                double bits = 8.0 * pipeline.batchSize() * bytesBehind(stages.get(s - 1));
                total += bits * 1e6 / bandwidth(stages.get(s - 1), stages.get(s));
            }
        }
        double slo = model.slo().latencyMicros();
        violations.require(
                Violations.atMost(total + rules.margin() * slo, slo),
                "%s takes %.0f us and keeps %.0f us of margin, which exceeds the SLO of %.0f us.",
                where,
                total,
                rules.margin() * slo,
                slo);
    }

    /** Returns how many requests/s one vGPU of a stage handles: what it computes, and what its part of the NIC carries. */
    double vgpuRate(Pipeline pipeline, int index) {
        List<Stage> stages = pipeline.stages();
        Stage stage = stages.get(index);
        double rate = pipeline.batchSize() * 1e6 / latencyMicros(pipeline, stage);
        if (index > 0) {
            rate = Math.min(rate, nicRate(stage, stages.get(index - 1), bytesBehind(stages.get(index - 1))));
        }
        if (index + 1 < stages.size()) {
            rate = Math.min(rate, nicRate(stage, stages.get(index + 1), bytesBehind(stage)));
        }
        return rate;
    }

    private long latencyMicros(Pipeline pipeline, Stage stage) {
        return model.profile()
                .latencies(stage.gpuClass(), stage.sharesPerGpu())
                .orElseThrow()
                .latencyMicros(stage.firstBlock(), stage.endBlock(), pipeline.batchSize());
    }

    private long bytesBehind(Stage sender) {
        return model.profile().cuts().get(sender.endBlock() - 1).bytesPerRequest();
    }

    private double nicRate(Stage stage, Stage neighbour, long bytes) {
        double vgpusPerServer = (double) stage.sharesPerGpu() * gpuClass(stage).gpusPerServer();
        return bandwidth(stage, neighbour) / (8.0 * bytes * vgpusPerServer);
    }

    private double bandwidth(Stage a, Stage b) {
        return Math.min(gpuClass(a).nicBitsPerSecond(), gpuClass(b).nicBitsPerSecond());
    }

    private GpuClass gpuClass(Stage stage) {
        return cluster.gpuClass(stage.gpuClass()).orElseThrow();
    }
}
