package io.ppipe.execute;

/**
 * How ONNX Runtime runs a session.
 *
 * @param threads CPU threads for one run, the caller's included; at least 1
 * @param optimisation graph optimisations
 * @param device what it runs on
 */
public record SessionSettings(int threads, Optimisation optimisation, Device device) {
    public SessionSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("Session threads (%d) must be at least 1.".formatted(threads));
        }
    }

    /** Makes settings for the CPU. */
    public SessionSettings(int threads, Optimisation optimisation) {
        this(threads, optimisation, Device.CPU);
    }

    /** Graph optimisations of ONNX Runtime. */
    public enum Optimisation {
        /** None: stages in sequence give the same bits as the whole model. */
        NONE,
        /** All: faster, but what is fused differs across a cut, so results may differ in the last bits. */
        ALL
    }
}
