package io.ppipe.schedule;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.util.ArrayList;
import java.util.List;

/** A plan compiled for the decision path: every latency, transfer time and pool as an array. */
final class RouteTable {
    /** Bound on the stages of a pipeline; plans have 2 or 3. */
    static final int MAX_STAGES = 16;

    /** {@code [model][pipeline]}. */
    final Route[][] routes;

    /** Server of each vGPU. */
    final int[] serverOfVgpu;

    final int serverCount;

    /**
     * One pipeline.
     *
     * @param batchSize its planned batch size
     * @param latencyMicros {@code [stage][batch size]}, index 0 unused
     * @param transferMicros {@code [stage][batch size]} behind the stage; one less row than stages
     * @param pools {@code [stage]} indices of the vGPUs
     */
    record Route(int batchSize, long[][] latencyMicros, long[][] transferMicros, int[][] pools) {
        int stageCount() {
            return pools.length;
        }
    }

    RouteTable(Scenario scenario, Plan plan) {
        serverCount = scenario.cluster().serverCount();
        serverOfVgpu = new int[plan.vgpus().size()];
        for (int i = 0; i < serverOfVgpu.length; i++) {
            Vgpu vgpu = plan.vgpus().get(i);
            serverOfVgpu[i] = scenario.cluster().serverOf(scenario.cluster().classIndex(vgpu.gpuClass()), vgpu.gpu());
        }
        routes = new Route[plan.models().size()][];
        for (int model = 0; model < routes.length; model++) {
            ModelPlan modelPlan = plan.models().get(model);
            routes[model] = new Route[modelPlan.pipelines().size()];
            for (int pipeline = 0; pipeline < routes[model].length; pipeline++) {
                routes[model][pipeline] = route(scenario, plan, model, pipeline);
            }
        }
    }

    private static Route route(Scenario scenario, Plan plan, int model, int pipelineIndex) {
        Pipeline pipeline = plan.models().get(model).pipelines().get(pipelineIndex);
        ModelProfile profile = scenario.models().get(model).profile();
        List<Stage> stages = pipeline.stages();
        if (stages.size() > MAX_STAGES) {
            throw new IllegalArgumentException(
                    "A pipeline has %d stages; at most %d are supported.".formatted(stages.size(), MAX_STAGES));
        }
        int batch = pipeline.batchSize();
        var latency = new long[stages.size()][batch + 1];
        var transfer = new long[stages.size() - 1][batch + 1];
        var pools = new int[stages.size()][];
        for (int s = 0; s < stages.size(); s++) {
            Stage stage = stages.get(s);
            LatencyTable table =
                    profile.latencies(stage.gpuClass(), stage.sharesPerGpu()).orElseThrow();
            for (int n = 1; n <= batch; n++) {
                latency[s][n] = table.latencyMicros(stage.firstBlock(), stage.endBlock(), n);
                if (s + 1 < stages.size()) {
                    GpuClass from =
                            scenario.cluster().gpuClass(stage.gpuClass()).orElseThrow();
                    GpuClass to = scenario.cluster()
                            .gpuClass(stages.get(s + 1).gpuClass())
                            .orElseThrow();
                    double bitsPerMicro = Math.min(from.nicBitsPerSecond(), to.nicBitsPerSecond()) / 1e6;
                    double bits =
                            8.0 * n * profile.cuts().get(stage.endBlock() - 1).bytesPerRequest();
                    transfer[s][n] = (long) Math.ceil(bits / bitsPerMicro);
                }
            }
            pools[s] = pool(plan, model, pipelineIndex, s);
        }
        return new Route(batch, latency, transfer, pools);
    }

    private static int[] pool(Plan plan, int model, int pipeline, int stage) {
        var pool = new ArrayList<Integer>();
        for (int i = 0; i < plan.vgpus().size(); i++) {
            Vgpu vgpu = plan.vgpus().get(i);
            if (vgpu.model() == model && vgpu.pipeline() == pipeline && vgpu.stage() == stage) {
                pool.add(i);
            }
        }
        if (pool.isEmpty()) {
            throw new IllegalArgumentException("Stage %d of pipeline %d of model %s has no vGPU in the plan."
                    .formatted(stage, pipeline, plan.models().get(model).model()));
        }
        return pool.stream().mapToInt(Integer::intValue).toArray();
    }
}
