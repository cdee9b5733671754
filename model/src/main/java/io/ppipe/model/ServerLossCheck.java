package io.ppipe.model;

import java.util.TreeSet;

/** Checks the promise of N+1: whichever server is lost, the rest of the plan, unchanged, still delivers its throughput. */
final class ServerLossCheck {
    private final Scenario scenario;
    private final Plan plan;
    private final Violations violations;

    /** {@code [model][pipeline][stage]}: what one vGPU handles, in requests/s. */
    private final double[][][] rates;

    /** For every vGPU, the server that it is on. */
    private final int[] servers;

    /** @param plan one whose pipelines and placement have been found right */
    ServerLossCheck(Scenario scenario, Plan plan, Violations violations) {
        this.scenario = scenario;
        this.plan = plan;
        this.violations = violations;
        rates = new double[plan.models().size()][][];
        for (int m = 0; m < rates.length; m++) {
            ModelPlan model = plan.models().get(m);
            rates[m] = new double[model.pipelines().size()][];
            for (int p = 0; p < rates[m].length; p++) {
                Pipeline pipeline = model.pipelines().get(p);
                rates[m][p] =
                        PipelineTimes.of(scenario.cluster(), scenario.models().get(m), model.rules(), pipeline)
                                .vgpuRates()
                                .stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray();
            }
        }
        Cluster cluster = scenario.cluster();
        servers = plan.vgpus().stream()
                .mapToInt(v -> cluster.serverOf(cluster.classIndex(v.gpuClass()), v.gpu()))
                .toArray();
    }

    void check() {
        var used = new TreeSet<Integer>();
        for (int server : servers) {
            used.add(server);
        }
        for (int lost : used) {
            int[][][] left = survivors(lost);
            for (int m = 0; m < left.length; m++) {
                ModelPlan model = plan.models().get(m);
                double delivered = delivered(left[m], rates[m]);
                violations.require(
                        Violations.atMost(model.throughputPerSecond(), delivered),
                        "Model %s: without server %s its pools deliver %s/s, less than its throughput_rps %s, and the"
                                + " plan's rules say n_plus_one.",
                        model.model(),
                        named(lost),
                        delivered,
                        model.throughputPerSecond());
            }
        }
    }

    private int[][][] survivors(int lost) {
        var left = new int[rates.length][][];
        for (int m = 0; m < left.length; m++) {
            left[m] = new int[rates[m].length][];
            for (int p = 0; p < left[m].length; p++) {
                left[m][p] = new int[rates[m][p].length];
            }
        }
        for (int v = 0; v < servers.length; v++) {
            if (servers[v] != lost) {
                Vgpu vgpu = plan.vgpus().get(v);
                left[vgpu.model()][vgpu.pipeline()][vgpu.stage()]++;
            }
        }
        return left;
    }

    private static double delivered(int[][] vgpus, double[][] ratesOfModel) {
        double sum = 0;
        for (int p = 0; p < vgpus.length; p++) {
            double least = Double.POSITIVE_INFINITY;
            for (int s = 0; s < vgpus[p].length; s++) {
                least = Math.min(least, vgpus[p][s] * ratesOfModel[p][s]);
            }
            sum += least;
        }
        return sum;
    }

    /** A server as people count it: within its class. */
    private String named(int server) {
        int within = server;
        for (GpuClass gpuClass : scenario.cluster().classes()) {
            if (within < gpuClass.serverCount()) {
                return "%d of class %s".formatted(within, gpuClass.name());
            }
            within -= gpuClass.serverCount();
        }
        throw new AssertionError("Server %d is none of the cluster's.".formatted(server));
    }
}
