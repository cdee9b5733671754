/** Latencies that nobody measured: data sheets of GPUs, a roofline with fitted coefficients, and profiles made of these. */
@org.jspecify.annotations.NullMarked
package io.ppipe.profile.estimate;
