package io.ppipe.profile.estimate;

import java.util.OptionalDouble;

/**
 * A GPU as its data sheet describes it. Rates on matrix units are those without sparsity.
 *
 * @param fp32TeraFlops peak of the ordinary units, in 10¹² operations a second; a multiply-add is two
 * @param tf32TeraFlops peak of the matrix units on float32 rounded to TF32; nothing before Ampere
 * @param fp16TeraFlops peak on float16, matrix units where it has them; nothing where float16 is no faster than float32
 * @param gigabytesPerSecond memory bandwidth, in 10⁹ bytes a second
 * @param multiprocessors SMs
 * @param memoryGigabytes memory, in 10⁹ bytes
 * @param fitted the GPU whose fitted coefficients are used for it: itself, or the nearest that was measured
 * @param source which document says so
 */
public record GpuSheet(
        String name,
        double fp32TeraFlops,
        OptionalDouble tf32TeraFlops,
        OptionalDouble fp16TeraFlops,
        double gigabytesPerSecond,
        int multiprocessors,
        double memoryGigabytes,
        String fitted,
        String source) {
    /** Returns what float32 models can reach, in operations a second: TF32 where there is one, as TensorRT computes by default. */
    public double peakFlops() {
        return 1e12 * tf32TeraFlops.orElse(fp32TeraFlops);
    }

    /** Returns the memory bandwidth in bytes a second. */
    public double bytesPerSecond() {
        return 1e9 * gigabytesPerSecond;
    }

    /** Returns whether coefficients were fitted to measurements of this very GPU. */
    public boolean isFitted() {
        return fitted.equals(name);
    }
}
