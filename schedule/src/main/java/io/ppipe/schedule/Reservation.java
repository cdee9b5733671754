package io.ppipe.schedule;

/**
 * One vGPU held for one stage of one batch during {@code [startMicros, endMicros)}.
 *
 * @param vgpu index in {@link io.ppipe.model.Plan#vgpus}
 */
public record Reservation(int vgpu, long startMicros, long endMicros) {}
