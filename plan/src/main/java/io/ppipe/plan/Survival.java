package io.ppipe.plan;

import io.ppipe.model.Vgpu;
import io.ppipe.plan.Pools.Sized;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What placed pools still deliver when any one server is lost (N+1). */
final class Survival {
    private Survival() {}

    /** Returns for every model the throughput that is left after the loss of the server that costs it most. */
    static double[] throughputs(PlanProblem problem, Pools pools, List<Vgpu> vgpus) {
        double[] all = pools.throughputs(problem.modelCount());
        double[] least = all.clone();
        var firstPipeline = new int[problem.modelCount()];
        for (int p = pools.pipelines().size() - 1; p >= 0; p--) {
            firstPipeline[pools.pipelines().get(p).template().model()] = p;
        }
        Map<Integer, List<Vgpu>> byServer = new HashMap<>();
        for (Vgpu vgpu : vgpus) {
            int g = problem.scenario().cluster().classIndex(vgpu.gpuClass());
            byServer.computeIfAbsent(problem.scenario().cluster().serverOf(g, vgpu.gpu()), s -> new ArrayList<>())
                    .add(vgpu);
        }
        for (List<Vgpu> lost : byServer.values()) {
            Map<Integer, int[]> left = new HashMap<>();
            for (Vgpu vgpu : lost) {
                int p = firstPipeline[vgpu.model()] + vgpu.pipeline();
                left.computeIfAbsent(p, q -> pools.pipelines().get(q).vgpus().clone())[vgpu.stage()]--;
            }
            var without = new HashMap<Integer, Double>();
            left.forEach((p, counts) -> {
                Sized one = pools.pipelines().get(p);
                double lostThroughput = one.throughput() - one.template().delivered(counts);
                without.merge(one.template().model(), lostThroughput, Double::sum);
            });
            without.forEach((k, lostThroughput) -> least[k] = Math.min(least[k], all[k] - lostThroughput));
        }
        return Arrays.stream(least).map(x -> Math.max(0, x)).toArray();
    }
}
