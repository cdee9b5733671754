package io.ppipe.plan;

import io.ppipe.model.Certificate.Ended;
import io.ppipe.model.Goal;
import io.ppipe.model.Progress;
import java.util.Arrays;
import java.util.Locale;

/*
 * N+1: pools that still give what is promised when any one server is lost.
 *
 * What a server takes with it depends on the placement, which a MILP over pool sizes doesn't see: with pools spread over
 * servers, a lost server takes a GPU or two of each. So pools are searched as if no server were lost, given what is left
 * over, placed with each model's GPUs apart, and then every server is taken away in turn to see what each model is still
 * promised (Survival; PlanCheck counts it again). The best of several rounds counts.
 *
 * Throughput: a model that loses a larger part than others gets a larger weight, and the search begins again. Then demands
 * between what is promised and the bound are served at the LP's prices and reinforced.
 *
 * Cost: pools that serve the demand, and a little more in each round, are reinforced until it survives (Reinforcement).
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
        if (throughputGoal && bound.bound() > 0) { // else what is left after some loss serves nothing
            balance();
            raise();
        } else if (!throughputGoal) {
            reinforce();
        }
        return new PoolSearch.Found(best, bestObjective, bound.bound(), reason());
    }

    /** Searches with more weight for models that lose a larger part than others. */
    private void balance() {
        var factors = new double[problem.modelCount()];
        Arrays.fill(factors, 1);
        for (int round = 1; round <= ROUNDS && !ended(); round++) {
            report(round);
            PlanProblem scaled = problem.scaled(factors);
            PoolSearch search = search(scaled);
            Pools found = search.quick().pools();
            if (found.isEmpty()) {
                return;
            }
            Pools pools = new Headroom(problem, search.candidates()).use(found);
            double[] promised = judge(pools);
            double[] delivered = pools.throughputs(promised.length);
            for (int k = 0; k < factors.length; k++) {
                factors[k] = Math.clamp(delivered[k] / promised[k], 1, MOST_CORRECTION);
            }
        }
    }

    /** Serves a demand between what is promised and the bound, at the LP's prices, and reinforces that; halving. */
    private void raise() {
        double low = bestObjective;
        double high = bound.bound();
        for (int round = 1; round <= ROUNDS && !ended(); round++) {
            report(ROUNDS + round);
            double middle = (low + high) / 2;
            reinforced(problem.atPrices(bound.perGpu(), middle));
            if (bestObjective >= middle) {
                low = bestObjective;
            } else {
                high = middle;
            }
        }
    }

    /** Serves the demand, and a little more in each round, and reinforces that. */
    private void reinforce() {
        double factor = 1;
        for (int round = 1; round <= ROUNDS && !ended(); round++) {
            report(round);
            var factors = new double[problem.modelCount()];
            Arrays.fill(factors, factor);
            if (!reinforced(problem, problem.scaled(factors))) {
                return;
            }
            factor *= MORE_DEMAND;
        }
    }

    private void reinforced(PlanProblem costProblem) {
        var factors = new double[problem.modelCount()];
        Arrays.fill(factors, 1);
        reinforced(costProblem, costProblem.scaled(factors));
    }

    /** Returns whether the demand can be served at all, whatever is lost. */
    private boolean reinforced(PlanProblem costProblem, PlanProblem withoutLoss) {
        if (Bounds.demandServed(withoutLoss) < 1) {
            return false;
        }
        PoolSearch search = search(withoutLoss);
        Pools found = search.quick().pools();
        if (found.isEmpty()) {
            return false;
        }
        judge(Reinforcement.of(costProblem, search.candidates(), found));
        return true;
    }

    private PoolSearch search(PlanProblem scaled) {
        var search =
                new PoolSearch(scaled, Bounds.of(scaled), Math.max(gap, SEARCH_GAP), deadline, stop, Progress.NONE);
        templates = search.candidates().count();
        return search;
    }

    private boolean ended() {
        return deadline.passed() || stop.requested();
    }

    private void report(int round) {
        int rounds = throughputGoal ? 2 * ROUNDS : ROUNDS;
        String what = "planning for the loss of a server: round %d of %d".formatted(round, rounds);
        if (!best.isEmpty()) {
            what += String.format(Locale.ROOT, ", best %.5g, bound %.5g", bestObjective, bound.bound());
        }
        progress.report(what, 0, 0);
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
