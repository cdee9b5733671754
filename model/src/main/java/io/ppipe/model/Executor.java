package io.ppipe.model;

/** What runs the stages of a GPU class. */
public sealed interface Executor {
    /**
     * ONNX Runtime on this machine's CPU, as fast as it goes.
     *
     * @param threads threads that one vGPU uses for one stage; at least 1
     */
    record Cpu(int threads) implements Executor {
        public Cpu {
            Checks.atLeast("CPU threads", threads, 1);
        }
    }

    /**
     * A GPU class that isn't there: stages are really computed on the CPU, and the vGPU stays busy for the time that
     * the profile gives for the class. Where nobody measured the class, {@code ppipe profile} computes that time from this
     * machine's measured CPU times by these factors. Every output that mentions such a class labels it as emulated.
     *
     * @param convolution time of convolution and matrix work, relative to this machine's CPU (5 = five times slower)
     * @param elementWise time of memory-bound work (element-wise, pooling, copies), relative to this machine's CPU
     * @param activation time of activations, relative to this machine's CPU
     * @param fixedMicrosPerLayer launch cost added for every layer, in microseconds
     * @param batchGain what batching saves, in [0, 1): a batch of n takes (gain + (1 − gain) · n) times a batch of 1
     * @param compute whether stages are computed; if not, the vGPU is only busy, and what it makes is zeros, which every
     *     answer says
     */
    record Emulated(
            double convolution,
            double elementWise,
            double activation,
            double fixedMicrosPerLayer,
            double batchGain,
            boolean compute)
            implements Executor {
        public Emulated {
            Checks.positive("Emulated factor of convolution", convolution);
            Checks.positive("Emulated factor of element_wise", elementWise);
            Checks.positive("Emulated factor of activation", activation);
            Checks.notNegative("Emulated fixed_us_per_layer", fixedMicrosPerLayer);
            if (!(batchGain >= 0 && batchGain < 1)) {
                throw new IllegalArgumentException("Emulated batch_gain (%s) must be in [0, 1).".formatted(batchGain));
            }
        }
    }
}
