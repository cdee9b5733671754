package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.plan.PoolMilp.Aim;
import io.ppipe.plan.PoolMilp.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/*
 * What whole GPUs waste for each model by itself, and what that says of all together.
 *
 * Let C_k(z) be the least price, at the LP's GPU prices, of whole GPUs that serve model k at objective z, were it alone:
 * a MILP over one model's templates, small. A plan worth z pays at least Σ_k C_k(z), and there are only Σ_g μ_g G_g to pay
 * with. So when the sum is more, no plan is worth z: a bound below that of the LP, which sees no whole GPUs (a Lagrangian
 * bound; Geoffrion 1974). And when it is not more, what is left over, allowed − Σ_(j≠k) waste_j, is all that a template of
 * model k may waste. With three models that often leaves some 30 of several hundred templates.
 *
 * Where only some of a model's templates are tried, those that waste least, the others waste at least as much as the first
 * of them, so the lesser of both is what the model wastes at least.
 */
final class ModelsAlone {
    private static final int TEMPLATES = 300;
    private static final int NODES = 500;
    /**
     * Of the bound. A plan that uses every GPU wastes exactly what is allowed, and so it is at every objective; more than
     * the solver's tolerances has to be missing before that is taken for a proof.
     */
    private static final double SLACK = 1e-5;

    /** Small against what whole GPUs waste, so that the bounds of the models are sharp. */
    private static final double GAP = 1e-4;

    private final PlanProblem problem;
    private final Prices prices;
    private final Candidates candidates;
    private final Deadline deadline;
    private final StopSignal stop;

    /**
     * @param wasted by model, at least; 0 where it is not known
     * @param impossible whether together they waste more than is allowed
     */
    record Wasted(double[] wasted, boolean impossible) {
        double butFor(int model) {
            double sum = 0;
            for (int k = 0; k < wasted.length; k++) {
                sum += k == model ? 0 : wasted[k];
            }
            return sum;
        }
    }

    ModelsAlone(PlanProblem problem, Prices prices, Candidates candidates, Deadline deadline, StopSignal stop) {
        this.problem = problem;
        this.prices = prices;
        this.candidates = candidates;
        this.deadline = deadline;
        this.stop = stop;
    }

    /** Returns what the models waste in plans that are worth at least {@code objective}, a price per hour or z. */
    Wasted at(double objective, int effort) {
        double allowed = allowed(objective);
        double scale = problem.rules().goal() == Goal.THROUGHPUT ? objective : 1;
        var wasted = new double[problem.modelCount()];
        double left = allowed;
        for (int k : fewestTemplatesFirst(allowed)) {
            if (deadline.passed() || stop.requested()) {
                break;
            }
            List<Template> matter = candidates.allowed(k, left);
            boolean all = matter.size() <= TEMPLATES * effort;
            List<Template> tried = all ? matter : matter.subList(0, TEMPLATES * effort);
            double ideal = prices.perRequest()[k] * problem.weight(k) * scale;
            var part = new Part(List.of(k), new int[problem.classCount()]);
            var limits = new Solver.Limits(GAP, (long) NODES * effort, deadline.secondsLeft());
            PoolMilp.Result result = new PoolMilp(problem, part, new Aim.GpuPrices(prices.perGpu(), scale), tried)
                    .solve(OptionalDouble.of(ideal + left), limits, stop);
            if (result.status() == Solver.Status.NONE && all) {
                return new Wasted(wasted, true);
            }
            double least = result.status() == Solver.Status.NONE ? left : result.bound() - ideal;
            if (!all) {
                least = Math.min(least, candidates.leastWaste(matter.get(tried.size())));
            }
            wasted[k] = Math.max(0, least);
            left -= wasted[k];
            if (left < 0) {
                return new Wasted(wasted, true);
            }
        }
        return new Wasted(wasted, false);
    }

    /** Returns what a plan may waste that is worth at least {@code objective}, with a little slack. */
    double allowed(double objective) {
        return Math.abs(prices.bound() - objective) + SLACK * Math.abs(prices.bound());
    }

    /**
     * Returns whether it is worth asking: with many GPUs nearly every template is allowed, since whole GPUs waste next to
     * nothing, and then little comes of much work.
     */
    boolean promising(double objective, int effort) {
        int large = 0;
        for (int k = 0; k < problem.modelCount(); k++) {
            if (candidates.allowed(k, allowed(objective)).size() > TEMPLATES * effort) {
                large++;
            }
        }
        return 2 * large <= problem.modelCount();
    }

    private List<Integer> fewestTemplatesFirst(double allowed) {
        var order = new ArrayList<Integer>();
        var counts = new int[problem.modelCount()];
        for (int k = 0; k < counts.length; k++) {
            counts[k] = candidates.allowed(k, allowed).size();
            order.add(k);
        }
        order.sort(Comparator.comparingInt(k -> counts[k]));
        return order;
    }

    /**
     * Lowers a bound step by step as long as no plan can be worth that much.
     *
     * @param to no further than this
     * @param step a fraction of the bound
     */
    double lowered(double bound, double to, double step, int effort) {
        double proven = bound;
        while (proven > to) {
            double next = Math.max(to, proven - step * bound);
            if (!promising(next, effort) || !at(next, effort).impossible()) {
                return proven;
            }
            proven = next;
        }
        return proven;
    }
}
