package io.ppipe.plan;

import io.ppipe.model.Certificate.Ended;
import io.ppipe.model.Goal;
import io.ppipe.model.Progress;
import java.util.Arrays;

/*
 * N+1: pools that still give what is promised when any one server is lost.
 *
 * What a server takes with it depends on the placement, which a MILP over pool sizes doesn't see: with pools spread over
 * servers, a lost server takes a GPU or two of each. So pools are searched as if no server were lost, given what is left
 * over, placed with each model's GPUs apart, and then every server is taken away in turn to see what each model is still
 * promised (Survival; PlanCheck counts it again). A model that loses a larger part than others gets a larger weight, and the
 * search begins again. With a cost goal, pools that serve the demand, and a little more in each round, are reinforced until
 * it survives (Reinforcement). The best of all rounds counts.
 *
 * This is a heuristic. Its bound is not: any server may be lost, so no plan is better than the best one on the cluster
 * without one, whichever (Bounds); with a cost goal, no plan is cheaper than one that need not survive.
 */
final class ServerLoss {
    private static final int ROUNDS = 8;
    /** A model that would lose nearly all gets at most so much more weight in a round. */
    private static final double MOST_CORRECTION = 4;

    /** With a cost goal: pools for a little more demand are larger, and lose less when reinforced. */
    private static final double MORE_DEMAND = 1.05;

    private static final double SEARCH_GAP = 0.01;

    private final PlanProblem problem;
    private final Prices bound;
    private final double gap;
    private final Deadline deadline;
    private final StopSignal stop;
    private final Progress progress;
    private final boolean throughputGoal;
    private int templates;
    private Pools best = Pools.NONE;
    private double bestObjective;

    ServerLoss(PlanProblem problem, Prices bound, double gap, Deadline deadline, StopSignal stop, Progress progress) {
        this.problem = problem;
        this.bound = bound;
        this.gap = gap;
        this.deadline = deadline;
        this.stop = stop;
        this.progress = progress;
        this.throughputGoal = problem.rules().goal() == Goal.THROUGHPUT;
        this.bestObjective = throughputGoal ? 0 : Double.POSITIVE_INFINITY;
    }

    /** Tries pools that are known to be feasible. */
    ServerLoss from(Pools pools) {
        if (!pools.isEmpty()) {
            judge(pools);
        }
        return this;
    }

    PoolSearch.Found run() {
        var factors = new double[problem.modelCount()];
        Arrays.fill(factors, 1);
        for (int round = 1; round <= ROUNDS && !deadline.passed() && !stop.requested(); round++) {
            progress.report(
                    best.isEmpty()
                            ? "planning for the loss of a server: round %d of %d".formatted(round, ROUNDS)
                            : "planning for the loss of a server: round %d of %d, best %.5g, bound %.5g"
                                    .formatted(round, ROUNDS, bestObjective, bound.bound()),
                    0,
                    0);
            PlanProblem scaled = problem.scaled(factors);
            if (!throughputGoal && Bounds.demandServed(scaled) < 1) {
                break;
            }
            var search =
                    new PoolSearch(scaled, Bounds.of(scaled), Math.max(gap, SEARCH_GAP), deadline, stop, Progress.NONE);
            templates = search.candidates().count();
            PoolSearch.Found found = search.quick();
            if (found.pools().isEmpty()) {
                break;
            }
            Pools pools = throughputGoal
                    ? new Headroom(problem, search.candidates()).use(found.pools())
                    : Reinforcement.of(problem, search.candidates(), found.pools());
            double[] promised = judge(pools);
            double[] delivered = pools.throughputs(promised.length);
            for (int k = 0; k < factors.length; k++) {
                factors[k] = throughputGoal
                        ? Math.clamp(delivered[k] / promised[k], 1, MOST_CORRECTION)
                        : factors[k] * MORE_DEMAND;
            }
        }
        return new PoolSearch.Found(best, bestObjective, bound.bound(), reason());
    }

    /** Returns how many templates were candidates. */
    int templates() {
        return templates;
    }

    private double[] judge(Pools pools) {
        double[] promised = pools.promised(problem);
        double objective = pools.objective(problem);
        boolean feasible = true;
        for (int k = 0; k < promised.length; k++) {
            feasible &= throughputGoal ? promised[k] > 0 : promised[k] >= problem.weight(k);
        }
        if (feasible && (throughputGoal ? objective > bestObjective : objective < bestObjective)) {
            best = pools;
            bestObjective = objective;
        }
        return promised;
    }

    private Ended reason() {
        if (stop.requested()) {
            return Ended.INTERRUPT;
        }
        if (deadline.passed()) {
            return Ended.TIME_LIMIT;
        }
        double proven = Math.abs(bound.bound() - bestObjective) / Math.abs(bound.bound());
        return proven <= gap ? Ended.GAP : Ended.EXHAUSTED;
    }
}
