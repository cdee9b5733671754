package io.ppipe.model;

import java.util.List;

/**
 * What is proven of a plan.
 *
 * @param objective for {@link Goal#THROUGHPUT} min over models of throughput ÷ weight; for {@link Goal#COST} the price per
 *     hour of the GPUs (or servers) that the plan uses
 * @param bound proven: no plan under the same rules has a higher throughput, or a lower price
 * @param binding what keeps the objective from being better, in words
 * @param solver name and version of the solver
 * @param ended why the search ended
 */
public record Certificate(double objective, double bound, List<String> binding, String solver, Ended ended) {
    /** Why a search for plans ended. */
    public enum Ended {
        /** The wanted gap was proven: another run gives the same plan. */
        GAP,
        /** All that the planner knows was tried, and the wanted gap not proven: another run gives the same plan. */
        EXHAUSTED,
        /** The time was over; the plan is the best until then. */
        TIME_LIMIT,
        /** Somebody stopped it; the plan is the best until then. */
        INTERRUPT
    }

    public Certificate {
        binding = List.copyOf(binding);
    }

    /** Returns |bound − objective| ÷ bound, a fraction; 0 when the bound is 0. */
    public double gap() {
        return bound == 0 ? 0 : Math.abs(bound - objective) / Math.abs(bound);
    }
}
