package io.ppipe.plan;

import io.ppipe.model.Goal;
import java.util.Objects;

/** Which LP bounds a problem. */
final class Bounds {
    private Bounds() {}

    /**
     * Returns the prices that prove the bound. With a cost goal, only where {@link #demandServed} is at least 1.
     *
     * <p>Under N+1 any server may be lost, so no plan is better than the best on the cluster without one, whichever.
     */
    static Prices of(PlanProblem problem) {
        if (problem.rules().goal() == Goal.COST) {
            Prices throughput = Prices.ofThroughput(problem, problem.gpuCounts());
            return Prices.ofCost(problem, problem.gpuCounts(), throughput.columns());
        }
        return problem.rules().surviveServerLoss()
                ? withoutOneServer(problem)
                : Prices.ofThroughput(problem, problem.gpuCounts());
    }

    /** Returns the most of the demand that the cluster can serve, a fraction of it. */
    static double demandServed(PlanProblem problem) {
        return problem.rules().surviveServerLoss()
                ? withoutOneServer(problem).bound()
                : Prices.ofThroughput(problem, problem.gpuCounts()).bound();
    }

    private static Prices withoutOneServer(PlanProblem problem) {
        Prices least = null;
        for (int g = 0; g < problem.classCount(); g++) {
            int[] counts = problem.gpuCounts();
            counts[g] = Math.max(0, counts[g] - problem.gpuClass(g).gpusPerServer());
            Prices prices = Prices.ofThroughput(problem, counts);
            if (least == null || prices.bound() < least.bound()) {
                least = prices;
            }
        }
        return Objects.requireNonNull(least); // a cluster has at least one class
    }
}
