package io.ppipe.model;

/**
 * One vGPU of a plan: where it is and which stage it runs. Its index is its position in {@link Plan#vgpus}.
 *
 * @param gpuClass class of its GPU
 * @param gpu the GPU within its class, from 0; its server follows from {@link Cluster#serverOf}
 * @param slot number of the vGPU on its GPU, from 0 and distinct; with vGPUs of different sizes it may exceed m − 1
 * @param sharesPerGpu m: it is one m-th of the GPU
 * @param model index of the model in {@link Plan#models}
 * @param pipeline index of the pipeline in {@link ModelPlan#pipelines}
 * @param stage index of the stage in {@link Pipeline#stages}
 */
public record Vgpu(String gpuClass, int gpu, int slot, int sharesPerGpu, int model, int pipeline, int stage) {}
