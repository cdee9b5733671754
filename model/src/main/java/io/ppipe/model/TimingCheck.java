package io.ppipe.model;

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
            PipelineTimes times = PipelineTimes.of(cluster, model, rules, pipeline);
            for (int s = 0; s < pipeline.stages().size(); s++) {
                stage("%s, stage %d".formatted(where, s), pipeline, s, times);
            }
            latency(where, times);
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

    private void stage(String where, Pipeline pipeline, int index, PipelineTimes times) {
        Stage stage = pipeline.stages().get(index);
        long latency = times.stageMicros().get(index);
        violations.require(
                latency == stage.latencyMicros(),
                "%s: latency_us is %d, the profile says %d.",
                where,
                stage.latencyMicros(),
                latency);
        double delivered = stage.vgpuCount() * times.vgpuRates().get(index);
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

    private void latency(String where, PipelineTimes times) {
        violations.require(
                Violations.atMost(times.busyMicros() + times.marginMicros(), times.sloMicros()),
                "%s takes %.0f us and keeps %.0f us of margin, which exceeds the SLO of %.0f us.",
                where,
                times.busyMicros(),
                times.marginMicros(),
                times.sloMicros());
    }

    private GpuClass gpuClass(Stage stage) {
        return cluster.gpuClass(stage.gpuClass()).orElseThrow();
    }
}
