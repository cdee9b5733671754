package io.ppipe.model;

import java.util.List;

/**
 * What is proven of a plan.
 *
 * @param objective min over models of throughput ÷ weight, in 1/s
 * @param upperBound proven: no plan under the same rules has a higher objective
 * @param binding what keeps the objective from being higher, in words
 * @param solver name and version of the solver
 * @param endedByTimeLimit whether the search was stopped by time rather than by its gap
 */
public record Certificate(
        double objective, double upperBound, List<String> binding, String solver, boolean endedByTimeLimit) {
    public Certificate {
        binding = List.copyOf(binding);
    }

    /** Returns (bound − objective) ÷ bound, a fraction. */
    public double gap() {
        return upperBound <= 0 ? 0 : Math.max(0, (upperBound - objective) / upperBound);
    }
}
