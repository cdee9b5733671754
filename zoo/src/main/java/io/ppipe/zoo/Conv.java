package io.ppipe.zoo;

/**
 * What a convolution is like.
 *
 * @param pads rows and columns of zeros on each side
 * @param gain how its weights are drawn, see {@link Weight#ofGain}
 */
record Conv(int filters, int height, int width, int stride, Pads pads, int dilation, int groups, double gain) {
    /** Keeps the size of activations in front of a Relu. */
    static final double RELU = 2;

    /** The same in front of a SiLU or GELU, which pull towards a variance near 1. */
    static final double SILU = 2.8;

    /** Where nothing follows. */
    static final double LINEAR = 1;

    /** At the end of a residual branch: small, so that the sum over many blocks doesn't grow out of the range of float16. */
    static final double BRANCH = 0.1;

    /**
     * @param height rows of zeros above, and as many below
     * @param width columns of zeros on the left, and as many on the right
     */
    record Pads(int height, int width) {}

    /** Padded so that a stride of 1 keeps the size. */
    static Conv of(int filters, int size) {
        return of(filters, size, size);
    }

    static Conv of(int filters, int height, int width) {
        return new Conv(filters, height, width, 1, new Pads(height / 2, width / 2), 1, 1, RELU);
    }

    Conv stride(int to) {
        return new Conv(filters, height, width, to, pads, dilation, groups, gain);
    }

    Conv unpadded() {
        return new Conv(filters, height, width, stride, new Pads(0, 0), dilation, groups, gain);
    }

    Conv dilation(int to) {
        return new Conv(filters, height, width, stride, new Pads(height / 2 * to, width / 2 * to), to, groups, gain);
    }

    Conv groups(int to) {
        return new Conv(filters, height, width, stride, pads, dilation, to, gain);
    }

    Conv gain(double to) {
        return new Conv(filters, height, width, stride, pads, dilation, groups, to);
    }

    int outputHeight(int from) {
        return (from + 2 * pads.height() - dilation * (height - 1) - 1) / stride + 1;
    }

    int outputWidth(int from) {
        return (from + 2 * pads.width() - dilation * (width - 1) - 1) / stride + 1;
    }
}
