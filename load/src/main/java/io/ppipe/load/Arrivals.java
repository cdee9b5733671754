package io.ppipe.load;

/** How requests are spread over time. Both are open loop: no request waits for the answer of another. */
public enum Arrivals {
    /** Independent of one another: exponential gaps, the way many unrelated clients arrive. */
    POISSON,
    /** At equal distances. */
    FIXED
}
