package io.ppipe.cli;

import io.ppipe.model.Cluster;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Plan;
import io.ppipe.model.Price;
import io.ppipe.model.Scenario;
import io.ppipe.model.Sharing;
import java.util.List;

/**
 * The demo's cluster: two emulated GPU classes, few fast and many slow. The slow class's factors are the published
 * medians of P4 ÷ L4 latencies by operator kind; the batch gain lies between what the published L4 and P4 tables show at batch 8.
 */
final class DemoCluster {
    private static final double BATCH_GAIN = 0.12;
    private static final double NIC_BITS_PER_SECOND = 10e9;
    private static final long GIB = 1L << 30;

    /**
     * Real compute may use this part of the machine's cores on average. The rest is for the front end, the load generator,
     * and for moments in which many emulated GPUs compute at once.
     */
    private static final double COMPUTE_SHARE_OF_CORES = 0.25;

    /** Below this, the operating system's timers would weigh too much in the SLO. */
    private static final double LEAST_SLO_MICROS = 150_000;

    private DemoCluster() {}

    static Cluster of(double timeScale) {
        return new Cluster(
                "demo",
                List.of(
                        gpuClass("fast", 2, 24 * GIB, new Executor.Emulated(1, 1, 1, 0, BATCH_GAIN, true)),
                        gpuClass("slow", 6, 8 * GIB, new Executor.Emulated(5.0, 1.7, 9.9, 0, BATCH_GAIN, true))),
                timeScale);
    }

    private static GpuClass gpuClass(String name, int count, long memoryBytes, Executor executor) {
        return new GpuClass(
                name, count, 1, memoryBytes, List.of(1), Sharing.MPS, NIC_BITS_PER_SECOND, Price.UNKNOWN, executor);
    }

    /**
     * Returns the time scale at which serving the plan's whole throughput takes the allowed part of the cores in real
     * compute, rounded up to a multiple of 0.5.
     *
     * @param unscaled the scenario at time scale 1
     * @param plan the plan with the highest throughput that will be served, made for {@code unscaled}
     * @param cpuMicrosPerRequest real compute per request, by model
     */
    static double timeScale(Scenario unscaled, Plan plan, double[] cpuMicrosPerRequest) {
        double busyCores = 0;
        double scale = 1;
        for (int i = 0; i < plan.models().size(); i++) {
            busyCores += plan.models().get(i).throughputPerSecond() * cpuMicrosPerRequest[i] / 1e6;
            scale = Math.max(
                    scale, LEAST_SLO_MICROS / unscaled.models().get(i).slo().latencyMicros());
        }
        double allowed = COMPUTE_SHARE_OF_CORES * Runtime.getRuntime().availableProcessors();
        return Math.ceil(2 * Math.max(scale, busyCores / allowed)) / 2;
    }
}
