package io.ppipe.profile.estimate;

import io.ppipe.profile.Kernel;
import java.util.List;

/*
 * micros = launch + max(operations ÷ (peak × efficiency × fill), bytes ÷ (bandwidth × memory))
 *
 *   fill = w / (w + half), w = elements made per SM by the whole batch: a kernel with little parallel work leaves SMs idle.
 *   On one of m shares a GPU has 1/m of the SMs, of the operations and of the bandwidth: the other shares are taken to be as
 *   busy. A launch takes as long as ever.
 *
 * Source: Williams, Waterman, Patterson, Roofline (CACM 2009). Efficiencies by kind of kernel and GPU, and the fill, are ours.
 */

/**
 * How long kernels take on one GPU of which the data sheet is known.
 *
 * @param halfFilled elements made per SM at which a kernel reaches half of its efficiency; above 0
 */
public record Roofline(GpuSheet gpu, Rates rates, double halfFilled) {
    public Roofline {
        if (!(halfFilled > 0)) {
            throw new IllegalArgumentException("Half-filled (%s elements) must be above 0.".formatted(halfFilled));
        }
    }

    /**
     * Returns how long a kernel takes, in microseconds.
     *
     * @param batch requests in the batch; at least 1
     * @param sharesPerGpu m: it runs on one of m equal vGPUs of the GPU; at least 1
     */
    public double micros(Kernel kernel, int batch, int sharesPerGpu) {
        double bytes = (double) kernel.activationBytes() * batch + kernel.parameterBytes();
        double seconds = bytes * sharesPerGpu / (gpu.bytesPerSecond() * rates.memory());
        if (kernel.kind().computes()) {
            double work = (double) kernel.outputs() * batch * sharesPerGpu / gpu.multiprocessors();
            double reached = gpu.peakFlops() * rates.of(kernel.kind()) * (work / (work + halfFilled));
            seconds = Math.max(seconds, (double) kernel.flops() * batch * sharesPerGpu / reached);
        }
        return rates.launchMicros() + 1e6 * seconds;
    }

    /** Returns how long kernels take one after the other, in microseconds. */
    public double micros(List<Kernel> kernels, int batch, int sharesPerGpu) {
        double micros = 0;
        for (Kernel kernel : kernels) {
            micros += micros(kernel, batch, sharesPerGpu);
        }
        return micros;
    }
}
