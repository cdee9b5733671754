package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;

/**
 * A pipeline that would meet the SLO: cuts, and for each stage a class and a share, and one batch size. How many vGPUs
 * each stage gets is the MILP's choice.
 *
 * @param ratesPerSecond what one vGPU of each stage delivers, in requests/s
 */
record Template(int model, int batchSize, StageChoice[] stages, double[] ratesPerSecond) {
    /**
     * Where a stage runs.
     *
     * @param classIndex in {@link io.ppipe.model.Cluster#classes}
     */
    record StageChoice(int firstBlock, int endBlock, int classIndex, GpuClass gpuClass, LatencyTable table) {
        int shares() {
            return table.sharesPerGpu();
        }

        long latencyMicros(int batchSize) {
            return table.latencyMicros(firstBlock, endBlock, batchSize);
        }
    }

    int stageCount() {
        return stages.length;
    }

    /** Returns what the GPUs cost that carry one request/s, at a price for a GPU of each class. */
    double costPerRequest(double[] gpuPrices) {
        double sum = 0;
        for (int i = 0; i < stages.length; i++) {
            sum += gpuPrices[stages[i].classIndex()] / (stages[i].shares() * ratesPerSecond[i]);
        }
        return sum;
    }

    /** Returns what pools of so many vGPUs deliver: the slowest stage's vGPUs × rate. */
    double delivered(int[] vgpus) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < vgpus.length; i++) {
            least = Math.min(least, vgpus[i] * ratesPerSecond[i]);
        }
        return least;
    }

    /** Returns the fewest vGPUs of a stage that deliver a throughput, forgiving what rounding may lose. */
    int vgpusFor(int stage, double throughput) {
        return (int) Math.ceil(throughput / ratesPerSecond[stage] - 1e-9);
    }
}
