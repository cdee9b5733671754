package io.ppipe.profile;

/** What bounds a GPU kernel, and which part of the peak kernels of its sort reach. */
public enum KernelKind {
    /** Convolution with filters of one element. */
    POINTWISE,
    /** Convolution with filters of 3 × 3, stride 1, undilated: libraries have fast algorithms (Winograd) for it. */
    SQUARE3,
    /** Any other convolution of all channels. */
    SPATIAL,
    GROUPED,
    DEPTHWISE,
    /** Matrix products. */
    MATRIX,
    /** All that only moves memory: pooling, normalisation, copies, element-wise layers that nothing absorbs. */
    MEMORY;

    /** Returns whether its arithmetic counts. */
    public boolean computes() {
        return this != MEMORY;
    }
}
