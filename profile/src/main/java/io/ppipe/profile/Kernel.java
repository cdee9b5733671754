package io.ppipe.profile;

/**
 * What a GPU runs in one go: a layer, with the element-wise layers behind it that a compiler fuses into it.
 *
 * @param layer the first of its layers, from 0
 * @param flops operations of that layer for one request; what is fused into it costs nothing
 * @param outputs elements that layer makes for one request: how much can be done in parallel
 * @param activationBytes read from and written to memory for one request; what stays inside the kernel isn't
 * @param parameterBytes constants, whatever the batch
 */
public record Kernel(int layer, KernelKind kind, long flops, long outputs, long activationBytes, long parameterBytes) {}
