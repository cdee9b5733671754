package io.ppipe.plan;

import io.ppipe.model.Certificate.Ended;
import io.ppipe.model.Goal;
import io.ppipe.model.Progress;
import io.ppipe.plan.PoolMilp.Aim;
import io.ppipe.plan.PoolMilp.Part;
import io.ppipe.plan.Pools.Sized;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/*
 * The search for pool sizes: an incumbent, a bound, and ways to bring them together.
 *
 * 1. Few templates. The MILP over the templates that waste least for what each model has to carry, first two for each
 *    model, then four. A few thousand nodes find a good incumbent; with many GPUs, often one within the gap.
 * 2. Few models. With many models, the worst-served one and two others give their GPUs back and share them anew, over more
 *    templates, while the rest stays (large neighbourhood search; Shaw 1998). Repeated with other companions. Meanwhile, on
 *    another core, the bound is lowered by what the models waste alone (ModelsAlone).
 * 3. All that matter. A template that wastes more than what lies between bound and incumbent, less what the other models
 *    waste alone, is in no better plan. So the MILP over the rest decides: it finds the optimum, or proves that nothing is
 *    better by more than the gap. On the published instances some tens of several thousand templates are left.
 *
 * Solves ask only for solutions that are better than the incumbent by half the gap: a proof that there are none is a proof
 * of the gap. They are limited by nodes, which are the same in every run; the order of everything is fixed, and threads
 * exchange nothing before they have ended. So two runs give the same plan unless the clock or a person stopped one, and
 * then it says so.
 */

/** Searches pool sizes for one problem. */
final class PoolSearch {
    private static final int[] FEW_TEMPLATES = {2, 4};
    private static final int FEW_TEMPLATES_NODES = 3_000;

    private static final int NEIGHBOURS = 3;
    private static final int NEIGHBOUR_TEMPLATES = 8;
    private static final long NEIGHBOUR_NODES = 100;
    private static final int NEIGHBOUR_TRIES = 30;
    private static final int NEIGHBOUR_FAILURES = 12;

    private static final double LOWERING_STEP = 0.005;

    private static final int TEMPLATES_TO_DECIDE_MANY = 150;
    private static final int TEMPLATES_TO_DECIDE_FEW = 400;
    private static final int FIRST_DECIDING_TEMPLATES = 25;
    private static final long DECIDING_NODES = 20_000;

    /** Each round doubles it: more templates, nodes and tries. */
    private static final int MOST_EFFORT = 64;

    private final PlanProblem problem;
    private final double gap;
    private final Deadline deadline;
    private final StopSignal stop;
    private final Progress progress;
    private final Prices prices;
    private final Candidates candidates;
    private final ModelsAlone alone;
    private final boolean throughputGoal;
    private Pools best = Pools.NONE;
    private double bestObjective;
    private double bound;

    /** What a search gave. */
    record Found(Pools pools, double objective, double bound, Ended ended) {}

    PoolSearch(PlanProblem problem, Prices prices, double gap, Deadline deadline, StopSignal stop, Progress progress) {
        this.problem = problem;
        this.prices = prices;
        this.gap = gap;
        this.deadline = deadline;
        this.stop = stop;
        this.progress = progress;
        this.throughputGoal = problem.rules().goal() == Goal.THROUGHPUT;
        var wanted = new double[problem.modelCount()];
        Arrays.setAll(wanted, k -> problem.weight(k) * (throughputGoal ? prices.bound() : 1));
        this.candidates = new Candidates(problem, prices, wanted);
        this.alone = new ModelsAlone(problem, prices, candidates, deadline, stop);
        this.bound = prices.bound();
        this.bestObjective = throughputGoal ? 0 : Double.POSITIVE_INFINITY;
    }

    Candidates candidates() {
        return candidates;
    }

    /** Begins with pools that are known to be feasible. */
    PoolSearch from(Pools pools) {
        accept(pools);
        return this;
    }

    Found run() {
        first();
        for (int effort = 1; effort <= MOST_EFFORT && !ended(); effort *= 2) {
            if (best.isEmpty()) {
                fewTemplates(FEW_TEMPLATES[1] * 2 * effort, FEW_TEMPLATES_NODES * effort);
                continue;
            }
            if (problem.modelCount() > NEIGHBOURS) {
                manyModels(effort);
            } else if (effort > 1) {
                fewTemplates(FEW_TEMPLATES[1] * effort, FEW_TEMPLATES_NODES * effort);
            }
            if (!ended()) {
                decide(effort);
            }
        }
        return new Found(best, bestObjective, bound, reason());
    }

    /** Sizes pools of the pipelines that it began with. */
    Found sizes() {
        if (!ended()) {
            solve(best.pipelines().stream().map(Sized::template).toList(), DECIDING_NODES);
        }
        return new Found(best, bestObjective, bound, reason());
    }

    /** Finds an incumbent without proving anything, for a search that is one of many. */
    Found quick() {
        first();
        for (int effort = 1; effort <= MOST_EFFORT && best.isEmpty() && !ended(); effort *= 2) {
            fewTemplates(FEW_TEMPLATES[1] * 2 * effort, FEW_TEMPLATES_NODES * effort);
        }
        return new Found(best, bestObjective, bound, reason());
    }

    private void first() {
        for (int count : FEW_TEMPLATES) {
            fewTemplates(count, FEW_TEMPLATES_NODES);
        }
    }

    private Ended reason() {
        if (stop.requested()) {
            return Ended.INTERRUPT;
        }
        if (deadline.passed()) {
            return Ended.TIME_LIMIT;
        }
        return done() ? Ended.GAP : Ended.EXHAUSTED;
    }

    private void fewTemplates(int count, int nodes) {
        if (ended()) {
            return;
        }
        var few = new LinkedHashSet<Template>();
        best.pipelines().forEach(s -> few.add(s.template()));
        for (int k = 0; k < problem.modelCount(); k++) {
            few.addAll(candidates.useful(k, count));
            few.addAll(candidates.cheapest(k, count, gap));
        }
        solve(List.copyOf(few), nodes);
        report();
    }

    /** Improves the incumbent on this thread, and the bound on another. */
    private void manyModels(int effort) {
        double from = bound;
        double to = better(bestObjective, gap / 2);
        CompletableFuture<Double> lowered = throughputGoal && candidates.complete()
                ? CompletableFuture.supplyAsync(() -> alone.lowered(from, to, LOWERING_STEP, effort))
                : CompletableFuture.completedFuture(from);
        fewModels(effort);
        tighten(lowered.join());
        report();
    }

    private void fewModels(int effort) {
        var random = new SplittableRandom(effort);
        int failures = 0;
        for (int i = 0; i < NEIGHBOUR_TRIES * effort && failures < NEIGHBOUR_FAILURES * effort && !ended(); i++) {
            List<Integer> together = neighbours(random);
            Pools others = best.ofModels(k -> !together.contains(k));
            Pools own = best.ofModels(together::contains);
            var templates = new LinkedHashSet<Template>();
            own.pipelines().forEach(s -> templates.add(s.template()));
            for (int k : together) {
                templates.addAll(candidates.useful(k, NEIGHBOUR_TEMPLATES * effort));
                templates.addAll(candidates.cheapest(k, NEIGHBOUR_TEMPLATES * effort / 2, gap));
            }
            var part = new Part(together, others.gpus(problem));
            double now = throughputGoal ? worstOf(own, together) : bestObjective;
            Pools found = milp(part, List.copyOf(templates), NEIGHBOUR_NODES * effort, now, gap / 10)
                    .pools();
            double before = bestObjective;
            if (!found.isEmpty()) {
                best = others.with(found);
                bestObjective = best.objective(problem);
                report();
            }
            failures = bestObjective == before ? failures + 1 : 0;
        }
    }

    private double worstOf(Pools pools, List<Integer> models) {
        double[] throughputs = pools.throughputs(problem.modelCount());
        return models.stream()
                .mapToDouble(k -> throughputs[k] / problem.weight(k))
                .min()
                .orElseThrow();
    }

    /** Returns the worst-served model and others: half of the time the best-served one, who has most to give, else at random. */
    private List<Integer> neighbours(SplittableRandom random) {
        double[] throughputs = best.throughputs(problem.modelCount());
        Integer[] order = new Integer[throughputs.length];
        Arrays.setAll(order, k -> k);
        Arrays.sort(order, Comparator.comparingDouble(k -> throughputs[k] / problem.weight(k)));
        var together = new ArrayList<Integer>();
        together.add(order[0]);
        if (random.nextBoolean()) {
            together.add(order[order.length - 1]);
        }
        while (together.size() < NEIGHBOURS) {
            int k = order[random.nextInt(1, order.length)];
            if (!together.contains(k)) {
                together.add(k);
            }
        }
        return together;
    }

    /**
     * Solves the MILP over the templates that waste least, then over more of them, until all are in that could be in a
     * better plan. Each proves that nothing is better than its bound and than what the templates that it lacks leave.
     */
    private void decide(int effort) {
        double target = better(bestObjective, gap / 2);
        if (problem.modelCount() > NEIGHBOURS && !alone.promising(target, effort)) {
            return;
        }
        ModelsAlone.Wasted wasted =
                problem.modelCount() == 1 ? new ModelsAlone.Wasted(new double[1], false) : alone.at(target, effort);
        if (wasted.impossible()) {
            tightenIfComplete(target);
            return;
        }
        var matter = new ArrayList<Template>();
        for (int k = 0; k < problem.modelCount(); k++) {
            matter.addAll(candidates.allowed(k, alone.allowed(target) - wasted.butFor(k)));
        }
        matter.sort(Comparator.comparingDouble(candidates::leastWaste));
        int most = (problem.modelCount() > NEIGHBOURS ? TEMPLATES_TO_DECIDE_MANY : TEMPLATES_TO_DECIDE_FEW) * effort;
        long nodes = DECIDING_NODES * effort;
        int size = Math.max(1, Math.min(FIRST_DECIDING_TEMPLATES, matter.size()));
        while (!ended() && Math.min(size, matter.size()) <= most) {
            boolean whole = size >= matter.size();
            PoolMilp.Result result = solve(whole ? matter : matter.subList(0, size), nodes);
            double left = whole ? target : worth(candidates.leastWaste(matter.get(size)), target);
            if (result.status() != Solver.Status.STOPPED_WITHOUT) {
                tightenIfComplete(throughputGoal ? Math.max(result.bound(), left) : Math.min(result.bound(), left));
            }
            report();
            boolean decided = result.status() == Solver.Status.PROVEN || result.status() == Solver.Status.NONE;
            if (whole || !decided) {
                return; // with more effort it goes on
            }
            size = 2 * size;
        }
    }

    /** Returns what a plan can be worth that wastes at least so much, or that was left out because it is below the target. */
    private double worth(double wasted, double target) {
        return throughputGoal ? Math.max(target, prices.bound() - wasted) : Math.min(target, prices.bound() + wasted);
    }

    private void tightenIfComplete(double proven) {
        if (candidates.complete()) {
            tighten(proven);
        }
    }

    private void tighten(double proven) {
        bound = throughputGoal
                ? Math.min(bound, Math.max(proven, bestObjective))
                : Math.max(bound, Math.min(proven, bestObjective));
    }

    private PoolMilp.Result solve(List<Template> templates, long nodes) {
        PoolMilp.Result result = milp(Part.all(problem), templates, nodes, bestObjective, gap / 2);
        accept(result.pools());
        return result;
    }

    private PoolMilp.Result milp(
            Part part, List<Template> templates, long nodes, double incumbent, double improvement) {
        boolean any = throughputGoal ? incumbent > 0 : incumbent < Double.POSITIVE_INFINITY;
        var cutoff = any ? OptionalDouble.of(better(incumbent, improvement)) : OptionalDouble.empty();
        var limits = new Solver.Limits(improvement, nodes, deadline.secondsLeft());
        return new PoolMilp(problem, part, Aim.of(problem.rules().goal()), templates).solve(cutoff, limits, stop);
    }

    private double better(double objective, double improvement) {
        return throughputGoal ? objective * (1 + improvement) : objective * (1 - improvement);
    }

    private void accept(Pools pools) {
        if (pools.isEmpty()) {
            return;
        }
        double objective = pools.objective(problem);
        if (throughputGoal ? objective > bestObjective : objective < bestObjective) {
            best = pools;
            bestObjective = objective;
        }
    }

    private boolean ended() {
        return stop.requested() || deadline.passed() || done();
    }

    private boolean done() {
        return !best.isEmpty() && Math.abs(bound - bestObjective) <= gap * Math.abs(bound);
    }

    private void report() {
        String what = best.isEmpty()
                ? "planning: no plan yet"
                : String.format(
                        Locale.ROOT,
                        "planning: best %.5g, proven at %s %.5g, gap %.2f %%",
                        bestObjective,
                        throughputGoal ? "most" : "least",
                        bound,
                        100 * Math.abs(bound - bestObjective) / Math.abs(bound));
        progress.report(what, 0, 0);
    }
}
