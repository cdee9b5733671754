package io.ppipe.model;

/**
 * How busy a GPU class was, as fractions.
 *
 * @param ofClass Σ busy time × share ÷ (all GPUs of the class × elapsed)
 * @param ofPlanned the same over the GPUs that the plan uses
 */
public record Utilisation(String gpuClass, double ofClass, double ofPlanned) {
    /**
     * Computes the utilisation of one class.
     *
     * @param busyMicros busy time of each vGPU of the plan, by its index; those of other classes are passed over
     */
    public static Utilisation of(GpuClass gpuClass, Plan plan, long[] busyMicros, long elapsedMicros) {
        double busy = 0;
        double planned = 0;
        for (int i = 0; i < plan.vgpus().size(); i++) {
            Vgpu vgpu = plan.vgpus().get(i);
            if (vgpu.gpuClass().equals(gpuClass.name())) {
                busy += (double) busyMicros[i] / vgpu.sharesPerGpu();
                planned += 1.0 / vgpu.sharesPerGpu();
            }
        }
        double elapsed = Math.max(1, elapsedMicros);
        return new Utilisation(
                gpuClass.name(), busy / (gpuClass.count() * elapsed), planned == 0 ? 0 : busy / (planned * elapsed));
    }
}
