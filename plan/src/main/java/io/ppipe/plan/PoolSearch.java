package io.ppipe.plan;

import io.ppipe.model.Certificate.Ended;
import io.ppipe.model.Goal;
import io.ppipe.model.Progress;
import io.ppipe.plan.PoolMilp.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/*
 * The search for pool sizes: an incumbent, a bound, and three ways to bring them together.
 *
 * 1. Few templates. The MILP over the templates that waste least (see Waste) for what each model has to carry, first two for
 *    each model, then more. A few hundred nodes find a good incumbent; with many GPUs, one within the gap.
 * 2. Few models. With many models, the worst-served one and two others give their GPUs back and share them anew, over more
 *    templates, while the rest stays (large neighbourhood search; Shaw 1998). Repeated with other companions.
 * 3. All that matter. A template that wastes more than (bound − incumbent) is in no better plan. So the MILP over the others
 *    decides: it finds the optimum, or proves that nothing is better by more than the gap. On the published instances
 *    some 100 of several thousand templates are left, and this takes a fraction of a second.
 *
 * Each solve asks only for solutions that are better than the incumbent by half the gap: a proof that there are none is a
 * proof of the gap. Solves are limited by nodes, which are the same in every run, and the order of everything is fixed. So
 * two runs give the same plan unless the clock or a person stopped one, and then it says so.
 */

/** Searches pool sizes for one problem. */
final class PoolSearch {
    private static final int[] FEW_TEMPLATES = {2, 4, 8, 16};
    private static final int FEW_TEMPLATES_NODES = 500;

    private static final int NEIGHBOURS = 3;
    private static final int NEIGHBOUR_TEMPLATES = 12;
    private static final int NEIGHBOUR_NODES = 200;
    private static final int NEIGHBOUR_FAILURES = 40;

    private static final int MOST_TEMPLATES_TO_DECIDE = 3_000;
    private static final long FIRST_DECIDING_NODES = 100_000;
    private static final int DECIDING_GROWTH = 4;

    private final PlanProblem problem;
    private final double gap;
    private final Deadline deadline;
    private final StopSignal stop;
    private final Progress progress;
    private final Prices prices;
    private final Waste waste;
    private final boolean throughputGoal;
    private final List<List<Template>> templatesOfModel = new ArrayList<>();
    private final Map<Template, Double> leastWaste = new IdentityHashMap<>();
    private boolean complete = true;
    private Pools best = Pools.NONE;
    private double bestObjective;
    private double bound;
    private boolean cutShort;

    /**
     * What a search gave.
     *
     * @param templates how many templates were candidates
     */
    record Found(Pools pools, double objective, double bound, Ended ended, int templates) {}

    PoolSearch(PlanProblem problem, Prices prices, double gap, Deadline deadline, StopSignal stop, Progress progress) {
        this.problem = problem;
        this.prices = prices;
        this.gap = gap;
        this.deadline = deadline;
        this.stop = stop;
        this.progress = progress;
        this.waste = new Waste(prices);
        this.throughputGoal = problem.rules().goal() == Goal.THROUGHPUT;
        this.bound = prices.bound();
        this.bestObjective = throughputGoal ? 0 : Double.POSITIVE_INFINITY;
    }

    /** Begins with pools that are known to be feasible. */
    PoolSearch from(Pools pools) {
        accept(pools);
        return this;
    }

    Found run() {
        enumerate();
        fewTemplates();
        fewModels();
        decide();
        Ended ended = Ended.GAP;
        if (stop.requested()) {
            ended = Ended.INTERRUPT;
        } else if (cutShort || !done()) {
            ended = Ended.TIME_LIMIT;
        }
        int candidates = templatesOfModel.stream().mapToInt(List::size).sum();
        return new Found(best, bestObjective, bound, ended, candidates);
    }

    /** Returns the candidates of each model, those that are likely to be useful first; after {@link #run}. */
    List<List<Template>> templatesOfModel() {
        return templatesOfModel;
    }

    private void enumerate() {
        for (int k = 0; k < problem.modelCount(); k++) {
            TemplateSpace.Enumeration found =
                    problem.spaces().get(k).enumerate(prices.perGpu(), prices.perRequest()[k]);
            complete &= found.complete();
            List<Template> templates = Dominance.undominated(found.templates());
            double wanted = prices.perRequest()[k] > 0 ? wanted(k) : 1;
            var relative = new IdentityHashMap<Template, Double>();
            for (Template template : templates) {
                leastWaste.put(template, waste.least(template));
                relative.put(template, waste.relative(template, wanted));
            }
            var sorted = new ArrayList<>(templates);
            sorted.sort(Comparator.comparingDouble(relative::get));
            templatesOfModel.add(sorted);
        }
    }

    /** Returns what a model would carry at the bound. */
    private double wanted(int model) {
        return problem.weight(model) * (throughputGoal ? prices.bound() : 1);
    }

    private void fewTemplates() {
        for (int count : FEW_TEMPLATES) {
            if (ended()) {
                return;
            }
            var few = new LinkedHashSet<Template>();
            best.pipelines().forEach(s -> few.add(s.template()));
            for (List<Template> templates : templatesOfModel) {
                few.addAll(templates.subList(0, Math.min(count, templates.size())));
            }
            few.addAll(free(count));
            solve(Part.all(problem), List.copyOf(few), FEW_TEMPLATES_NODES);
            report();
        }
    }

    /** Returns the templates of each model that the LP would use: those that waste next to nothing in the long run. */
    private List<Template> free(int count) {
        var all = new ArrayList<Template>();
        for (int k = 0; k < problem.modelCount(); k++) {
            double request = prices.perRequest()[k];
            templatesOfModel.get(k).stream()
                    .sorted(Comparator.comparingDouble(t -> t.costPerRequest(prices.perGpu())))
                    .limit(count)
                    .filter(t -> t.costPerRequest(prices.perGpu()) <= request * (1 + gap))
                    .forEach(all::add);
        }
        return all;
    }

    private void fewModels() {
        int models = problem.modelCount();
        if (models <= NEIGHBOURS) {
            return;
        }
        var random = new SplittableRandom(1);
        int failures = 0;
        while (!ended() && !best.isEmpty() && failures < NEIGHBOUR_FAILURES) {
            List<Integer> together = neighbours(random);
            Pools others = best.ofModels(k -> !together.contains(k));
            Pools own = best.ofModels(together::contains);
            var templates = new LinkedHashSet<Template>();
            own.pipelines().forEach(s -> templates.add(s.template()));
            for (int k : together) {
                templates.addAll(templatesOfModel
                        .get(k)
                        .subList(
                                0,
                                Math.min(
                                        NEIGHBOUR_TEMPLATES,
                                        templatesOfModel.get(k).size())));
            }
            var part = new Part(together, others.gpus(problem));
            double now = throughputGoal ? worstOf(own, together) : bestObjective;
            PoolMilp.Result result = solveMilp(part, List.copyOf(templates), NEIGHBOUR_NODES, now);
            if (result.pools().isEmpty()) {
                failures++;
            } else {
                best = others.with(result.pools());
                double before = bestObjective;
                bestObjective = best.objective(problem);
                if (bestObjective != before) {
                    failures = 0;
                }
                report();
            }
        }
    }

    private double worstOf(Pools pools, List<Integer> models) {
        double[] throughputs = pools.throughputs(problem.modelCount());
        return models.stream()
                .mapToDouble(k -> throughputs[k] / problem.weight(k))
                .min()
                .orElseThrow();
    }

    /** Returns the worst-served model and others, drawn so that well-served ones, who can give, come more often. */
    private List<Integer> neighbours(SplittableRandom random) {
        double[] throughputs = best.throughputs(problem.modelCount());
        Integer[] order = new Integer[throughputs.length];
        Arrays.setAll(order, k -> k);
        Arrays.sort(order, Comparator.comparingDouble(k -> throughputs[k] / problem.weight(k)));
        var together = new ArrayList<Integer>();
        together.add(order[0]);
        while (together.size() < NEIGHBOURS) {
            int k = order[1 + random.nextInt(order.length - 1)];
            if (!together.contains(k)) {
                together.add(k);
            }
        }
        return together;
    }

    private void decide() {
        long nodes = FIRST_DECIDING_NODES;
        while (!ended() && !problem.rules().surviveServerLoss()) {
            double allowed = Math.abs(prices.bound() - better(bestObjective));
            var matter = templatesOfModel.stream()
                    .flatMap(List::stream)
                    .filter(t -> leastWaste.get(t) <= allowed)
                    .toList();
            if (matter.size() > MOST_TEMPLATES_TO_DECIDE) {
                return;
            }
            PoolMilp.Result result = solve(Part.all(problem), matter, nodes);
            if (result.status() == Solver.Status.PROVEN || result.status() == Solver.Status.NONE) {
                if (complete) {
                    tighten(
                            throughputGoal
                                    ? Math.max(result.bound(), bestObjective)
                                    : Math.min(result.bound(), bestObjective));
                }
                report();
                return;
            }
            if (complete && result.status() == Solver.Status.STOPPED) {
                tighten(result.bound());
            }
            nodes *= DECIDING_GROWTH;
            report();
        }
    }

    private void tighten(double proven) {
        bound = throughputGoal
                ? Math.min(bound, Math.max(proven, bestObjective))
                : Math.max(bound, Math.min(proven, bestObjective));
    }

    private PoolMilp.Result solve(Part part, List<Template> templates, long nodes) {
        PoolMilp.Result result = solveMilp(part, templates, nodes, bestObjective);
        accept(result.pools());
        return result;
    }

    private PoolMilp.Result solveMilp(Part part, List<Template> templates, long nodes, double incumbent) {
        boolean any = throughputGoal ? incumbent > 0 : incumbent < Double.POSITIVE_INFINITY;
        var cutoff = any ? OptionalDouble.of(better(incumbent)) : OptionalDouble.empty();
        var limits = new Solver.Limits(gap / 2, nodes, deadline.secondsLeft());
        PoolMilp.Result result = new PoolMilp(problem, part, templates).solve(cutoff, limits, stop);
        cutShort |= deadline.passed();
        return result;
    }

    /** Returns the least objective that is worth looking for. */
    private double better(double objective) {
        return throughputGoal ? objective * (1 + gap / 2) : objective * (1 - gap / 2);
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
