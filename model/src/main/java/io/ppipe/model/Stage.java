package io.ppipe.model;

/**
 * A partition at its place in a pipeline, with the size of its pool.
 *
 * @param firstBlock first block of the stage
 * @param endBlock the block after its last one: the stage runs the blocks {@code [firstBlock, endBlock)}
 * @param gpuClass class of the GPUs in its pool
 * @param sharesPerGpu m: each vGPU of the pool is one of m equal parts of a GPU
 * @param vgpuCount vGPUs in the pool; at least 1
 * @param latencyMicros planned latency at the pipeline's batch size
 */
public record Stage(
        int firstBlock, int endBlock, String gpuClass, int sharesPerGpu, int vgpuCount, long latencyMicros) {
    public Stage {
        Checks.atLeast("Stage: first block", firstBlock, 0);
        Checks.atLeast("Stage: end block", endBlock, firstBlock + 1L);
        Checks.atLeast("Stage: shares_per_gpu", sharesPerGpu, 1);
        Checks.atLeast("Stage: vgpus", vgpuCount, 1);
        Checks.atLeast("Stage: latency_us", latencyMicros, 1);
    }
}
