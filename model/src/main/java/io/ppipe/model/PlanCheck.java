package io.ppipe.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Derives from scenario and plan alone whether the plan keeps every rule, and what it is worth. Shares nothing with the
 * planner: no plan is written, simulated or served on the planner's word.
 *
 * @param objective min over models of throughput ÷ weight as derived here, in 1/s
 * @param violations what is wrong, in words; empty when the plan is good
 */
public record PlanCheck(double objective, List<String> violations) {
    /** Relative error that sums of floating-point numbers may have. */
    private static final double TOLERANCE = 1e-6;

    public PlanCheck {
        violations = List.copyOf(violations);
    }

    /** Checks a plan. Never throws because of what a plan says. */
    public static PlanCheck of(Scenario scenario, Plan plan) {
        var check = new Checking(scenario, plan);
        double objective = check.run();
        return new PlanCheck(objective, check.violations);
    }

    /** Returns whether the plan keeps every rule. */
    public boolean good() {
        return violations.isEmpty();
    }

    private static final class Checking {
        private final Scenario scenario;
        private final Plan plan;
        private final List<String> violations = new ArrayList<>();

        Checking(Scenario scenario, Plan plan) {
            this.scenario = scenario;
            this.plan = plan;
        }

        double run() {
            identity();
            if (!violations.isEmpty()) {
                return 0; // anything further would compare things that don't belong together
            }
            double objective = Double.POSITIVE_INFINITY;
            for (int i = 0; i < plan.models().size(); i++) {
                objective =
                        Math.min(objective, model(i) / scenario.models().get(i).weight());
            }
            placement();
            certificate(objective);
            return objective;
        }

        private void require(boolean holds, String format, Object... arguments) {
            if (!holds) {
                violations.add(format.formatted(arguments));
            }
        }

        private static boolean equal(double a, double b) {
            return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)); // false for NaN
        }

        private static boolean atMost(double a, double b) {
            return a <= b + TOLERANCE * Math.abs(b); // false for NaN
        }

        private void identity() {
            require(
                    plan.profileFingerprint().equals(scenario.profileFingerprint()),
                    "It was made for another profile (%.12s…, at hand is %.12s…). Run `ppipe plan` again.",
                    plan.profileFingerprint(),
                    scenario.profileFingerprint());
            require(
                    plan.clusterName().equals(scenario.cluster().name()),
                    "It was made for cluster %s, not for %s.",
                    plan.clusterName(),
                    scenario.cluster().name());
            require(
                    equal(plan.timeScale(), scenario.cluster().timeScale()),
                    "It was made for time_scale %s, the cluster says %s. Run `ppipe plan` again.",
                    plan.timeScale(),
                    scenario.cluster().timeScale());
            var planned = plan.models().stream().map(ModelPlan::model).toList();
            var wanted =
                    scenario.models().stream().map(Scenario.ScenarioModel::name).toList();
            require(planned.equals(wanted), "It serves %s, the workload asks for %s.", planned, wanted);
        }

        private double model(int index) {
            ModelPlan model = plan.models().get(index);
            Scenario.ScenarioModel wanted = scenario.models().get(index);
            require(
                    model.sloMicros() == wanted.slo().latencyMicros(),
                    "Model %s: it was planned for an SLO of %d us, the workload says %d us. Run `ppipe plan` again.",
                    model.model(),
                    model.sloMicros(),
                    wanted.slo().latencyMicros());
            require(
                    equal(model.weight(), wanted.weight()),
                    "Model %s: it was planned with weight %s, the workload says %s.",
                    model.model(),
                    model.weight(),
                    wanted.weight());
            require(!model.pipelines().isEmpty(), "Model %s has no pipeline.", model.model());
            double sum = 0;
            for (int p = 0; p < model.pipelines().size(); p++) {
                Pipeline pipeline = model.pipelines().get(p);
                String where = "Model %s, pipeline %d".formatted(model.model(), p);
                if (structure(where, pipeline, wanted.profile())) {
                    timing(where, model.rules(), pipeline, wanted);
                }
                sum += pipeline.throughputPerSecond();
            }
            require(
                    equal(sum, model.throughputPerSecond()),
                    "Model %s: throughput_rps is %s, its pipelines sum to %s.",
                    model.model(),
                    model.throughputPerSecond(),
                    sum);
            return sum;
        }

        /** Returns whether blocks, classes, shares and batch size exist, so that times can be looked up. */
        private boolean structure(String where, Pipeline pipeline, ModelProfile profile) {
            int before = violations.size();
            require(
                    pipeline.stages().size() <= plan.rules().maxStages(),
                    "%s has %d stages, the plan's rules allow %d.",
                    where,
                    pipeline.stages().size(),
                    plan.rules().maxStages());
            int next = 0;
            for (Stage stage : pipeline.stages()) {
                require(
                        stage.firstBlock() == next && stage.endBlock() <= profile.blockCount(),
                        "%s: a stage runs blocks [%d, %d) where block %d of %d comes next.",
                        where,
                        stage.firstBlock(),
                        stage.endBlock(),
                        next,
                        profile.blockCount());
                next = stage.endBlock();
                Optional<GpuClass> gpuClass = scenario.cluster().gpuClass(stage.gpuClass());
                Optional<LatencyTable> table = profile.latencies(stage.gpuClass(), stage.sharesPerGpu());
                require(gpuClass.isPresent(), "%s: the cluster has no GPU class %s.", where, stage.gpuClass());
                require(
                        gpuClass.isEmpty() || gpuClass.get().shares().contains(stage.sharesPerGpu()),
                        "%s: GPU class %s does not allow %d shares per GPU.",
                        where,
                        stage.gpuClass(),
                        stage.sharesPerGpu());
                require(
                        table.isPresent() && pipeline.batchSize() <= table.get().maxBatchSize(),
                        "%s: the profile has no latency of a batch of %d on 1/%d of a GPU of class %s.",
                        where,
                        pipeline.batchSize(),
                        stage.sharesPerGpu(),
                        stage.gpuClass());
            }
            require(next == profile.blockCount(), "%s ends at block %d of %d.", where, next, profile.blockCount());
            return violations.size() == before;
        }

        private void timing(String where, ModelRules rules, Pipeline pipeline, Scenario.ScenarioModel wanted) {
            int n = pipeline.batchSize();
            List<Stage> stages = pipeline.stages();
            double total = 0;
            for (int s = 0; s < stages.size(); s++) {
                Stage stage = stages.get(s);
                long latency = wanted.profile()
                        .latencies(stage.gpuClass(), stage.sharesPerGpu())
                        .orElseThrow()
                        .latencyMicros(stage.firstBlock(), stage.endBlock(), n);
                require(
                        latency == stage.latencyMicros(),
                        "%s, stage %d: latency_us is %d, the profile says %d.",
                        where,
                        s,
                        stage.latencyMicros(),
                        latency);
                double rate = n * 1e6 / latency;
                if (s > 0) {
                    rate = Math.min(rate, nicRate(stage, stages.get(s - 1), bytes(wanted, stages.get(s - 1))));
                }
                if (s + 1 < stages.size()) {
                    long bytes = bytes(wanted, stage);
                    rate = Math.min(rate, nicRate(stage, stages.get(s + 1), bytes));
                    total += n * bytes * 8e6 / bandwidth(stage, stages.get(s + 1));
                }
                total += latency;
                require(
                        atMost(pipeline.throughputPerSecond(), stage.vgpuCount() * rate),
                        "%s, stage %d: %d vGPUs deliver %s/s, less than the pipeline's throughput_rps %s.",
                        where,
                        s,
                        stage.vgpuCount(),
                        stage.vgpuCount() * rate,
                        pipeline.throughputPerSecond());
            }
            double slo = wanted.slo().latencyMicros();
            total += rules.batchBuildingMicros(n);
            require(
                    atMost(total + rules.margin() * slo, slo),
                    "%s takes %.0f us and keeps %.0f us of margin, which exceeds the SLO of %.0f us.",
                    where,
                    total,
                    rules.margin() * slo,
                    slo);
        }

        private static long bytes(Scenario.ScenarioModel model, Stage sender) {
            return model.profile().cuts().get(sender.endBlock() - 1).bytesPerRequest();
        }

        private double bandwidth(Stage a, Stage b) {
            return Math.min(
                    scenario.cluster().gpuClass(a.gpuClass()).orElseThrow().nicBitsPerSecond(),
                    scenario.cluster().gpuClass(b.gpuClass()).orElseThrow().nicBitsPerSecond());
        }

        /** Returns how many requests/s the part of its server's NIC that a vGPU of {@code stage} has can carry. */
        private double nicRate(Stage stage, Stage neighbour, long bytes) {
            int perServer =
                    scenario.cluster().gpuClass(stage.gpuClass()).orElseThrow().gpusPerServer();
            return bandwidth(stage, neighbour) / (8.0 * bytes * stage.sharesPerGpu() * perServer);
        }

        private void placement() {
            var perPool = new TreeMap<String, Integer>();
            var slots = new TreeSet<String>();
            var sharesOfGpu = new TreeMap<String, Integer>();
            var weightsOfGpu = new TreeMap<String, Long>();
            for (int i = 0; i < plan.vgpus().size(); i++) {
                Vgpu vgpu = plan.vgpus().get(i);
                String gpu = vgpu.gpuClass() + " " + vgpu.gpu();
                Optional<Stage> stage = stageOf(vgpu);
                Optional<GpuClass> gpuClass = scenario.cluster().gpuClass(vgpu.gpuClass());
                require(
                        stage.isPresent()
                                && stage.get().gpuClass().equals(vgpu.gpuClass())
                                && stage.get().sharesPerGpu() == vgpu.sharesPerGpu(),
                        "vGPU %d runs no stage of its class and share.",
                        i);
                require(
                        gpuClass.isPresent()
                                && vgpu.gpu() >= 0
                                && vgpu.gpu() < gpuClass.get().count(),
                        "vGPU %d is on GPU %s, which the cluster does not have.",
                        i,
                        gpu);
                require(
                        vgpu.slot() >= 0
                                && gpuClass.isPresent()
                                && vgpu.slot() < gpuClass.get().shares().getLast()
                                && slots.add(gpu + " " + vgpu.slot()),
                        "vGPU %d: slot %d of GPU %s does not exist or is used twice.",
                        i,
                        vgpu.slot(),
                        gpu);
                require(
                        sharesOfGpu.merge(gpu, vgpu.sharesPerGpu(), (a, b) -> a.equals(b) ? a : -1) > 0,
                        "GPU %s is split in different ways.",
                        gpu);
                perPool.merge("%d %d %d".formatted(vgpu.model(), vgpu.pipeline(), vgpu.stage()), 1, Integer::sum);
                stage.ifPresent(s -> weightsOfGpu.merge(gpu, weightBytes(vgpu.model(), s), Long::sum));
                require(
                        gpuClass.isEmpty()
                                || weightsOfGpu.getOrDefault(gpu, 0L)
                                        <= gpuClass.get().memoryBytes(),
                        "GPU %s has too little memory for the weights of its stages (%d bytes).",
                        gpu,
                        weightsOfGpu.getOrDefault(gpu, 0L));
            }
            for (int m = 0; m < plan.models().size(); m++) {
                List<Pipeline> pipelines = plan.models().get(m).pipelines();
                for (int p = 0; p < pipelines.size(); p++) {
                    for (int s = 0; s < pipelines.get(p).stages().size(); s++) {
                        int placed = perPool.getOrDefault("%d %d %d".formatted(m, p, s), 0);
                        int wanted = pipelines.get(p).stages().get(s).vgpuCount();
                        require(
                                placed == wanted,
                                "Model %s, pipeline %d, stage %d has %d vGPUs in its pool, and %d are placed.",
                                plan.models().get(m).model(),
                                p,
                                s,
                                wanted,
                                placed);
                    }
                }
            }
        }

        private Optional<Stage> stageOf(Vgpu vgpu) {
            return at(plan.models(), vgpu.model())
                    .flatMap(m -> at(m.pipelines(), vgpu.pipeline()))
                    .flatMap(p -> at(p.stages(), vgpu.stage()));
        }

        private static <T> Optional<T> at(List<T> list, int index) {
            return index >= 0 && index < list.size() ? Optional.of(list.get(index)) : Optional.empty();
        }

        private long weightBytes(int model, Stage stage) {
            List<Block> blocks = scenario.models().get(model).profile().blocks();
            long sum = 0;
            for (int b = stage.firstBlock(); b < Math.min(stage.endBlock(), blocks.size()); b++) {
                sum += blocks.get(b).weightBytes();
            }
            return sum;
        }

        private void certificate(double objective) {
            Certificate certificate = plan.certificate();
            require(
                    equal(certificate.objective(), objective),
                    "The certificate says objective %s, derived is %s.",
                    certificate.objective(),
                    objective);
            require(
                    atMost(objective, certificate.bound()),
                    "The objective %s exceeds the bound %s that is said to be proven.",
                    objective,
                    certificate.bound());
        }
    }
}
