package io.ppipe.plan;

import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPVariable;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Price;
import io.ppipe.plan.Pools.Sized;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/*
 * The MILP of PPipe (ATC '25), §4, over given templates: maximise z with z ≤ (1/w_k) Σ x_t for every model k; x_t ≤
 * v_(t,i) · r_(t,i) for every stage, v integer (vGPUs); for every model, stage index and class Σ v ÷ m ≤ c, c integer
 * (GPUs); Σ c ≤ GPUs of the class. For a cost goal: minimise the price of Σ c (or of the servers that hold them), with
 * z = 1, the weights being the demands.
 */

/** One MILP: some models, some GPUs, some templates. */
final class PoolMilp {
    private final PlanProblem problem;
    private final Part part;
    private final Aim aim;
    private final List<Template> templates;

    /** What is best. */
    sealed interface Aim {
        /** Highest min over models of throughput ÷ weight. */
        record Throughput() implements Aim {}

        /** Lowest price per hour for every model's weight as demand. */
        record HourlyPrice() implements Aim {}

        /** Lowest sum of given prices of whole GPUs, for {@code scale} times every model's weight as demand. */
        record GpuPrices(double[] perGpu, double scale) implements Aim {}

        static Aim of(Goal goal) {
            return goal == Goal.THROUGHPUT ? new Throughput() : new HourlyPrice();
        }
    }

    /**
     * The part of a problem that is to be solved, while pools of the other models stay as they are.
     *
     * @param models which models
     * @param gpusTaken GPUs of each class that the others use
     */
    record Part(List<Integer> models, int[] gpusTaken) {
        static Part all(PlanProblem problem) {
            var models = new ArrayList<Integer>();
            for (int k = 0; k < problem.modelCount(); k++) {
                models.add(k);
            }
            return new Part(models, new int[problem.classCount()]);
        }
    }

    /**
     * What a solve gave.
     *
     * @param pools the best that was found; none where nothing better than the cut-off was
     * @param bound no pools of these templates are better, says the solver; the cut-off when there are none
     */
    record Result(Solver.Status status, Pools pools, double bound) {}

    PoolMilp(PlanProblem problem, Part part, Aim aim, List<Template> templates) {
        this.problem = problem;
        this.part = part;
        this.aim = aim;
        this.templates = templates;
    }

    /**
     * Solves it.
     *
     * @param cutoff only solutions at least as good are wanted
     */
    Result solve(OptionalDouble cutoff, Solver.Limits limits, StopSignal stop) {
        boolean maximise = aim instanceof Aim.Throughput;
        double nothingKnown = maximise ? Double.POSITIVE_INFINITY : 0;
        double none = maximise ? 0 : Double.POSITIVE_INFINITY;
        try (Solver solver = Solver.mixedInteger()) {
            MPVariable[][] vgpus = new Build(solver, cutoff).run();
            Solver.Status status = solver.solve(limits, stop);
            return switch (status) {
                case PROVEN, STOPPED -> new Result(status, pools(vgpus), solver.bound());
                case NONE -> new Result(status, Pools.NONE, cutoff.orElse(none));
                case STOPPED_WITHOUT -> new Result(status, Pools.NONE, nothingKnown);
            };
        }
    }

    private Pools pools(MPVariable[][] vgpus) {
        var sized = new ArrayList<Sized>();
        for (int t = 0; t < vgpus.length; t++) {
            var counts = new int[vgpus[t].length];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = (int) Math.round(vgpus[t][i].solutionValue());
            }
            sized.add(new Sized(templates.get(t), counts));
        }
        return Pools.of(sized, true);
    }

    private final class Build {
        private final Solver solver;
        private final MPVariable objective;
        private final MPConstraint[] served = new MPConstraint[problem.modelCount()];
        private final MPConstraint[] gpusOfClass = new MPConstraint[problem.classCount()];
        private final MPConstraint[] boughtFor = new MPConstraint[problem.classCount()];
        private final TreeMap<String, MPConstraint> groups = new TreeMap<>();
        private final MPConstraint sumOfPrices;

        Build(Solver solver, OptionalDouble cutoff) {
            this.solver = solver;
            boolean maximise = aim instanceof Aim.Throughput;
            objective = maximise
                    ? solver.number(cutoff.orElse(0), Solver.infinity(), "z")
                    : solver.number(0, cutoff.orElse(Solver.infinity()), "price");
            solver.objective(maximise).setCoefficient(objective, 1);
            sumOfPrices = solver.atMost(0, "sum of prices"); // without terms where throughput is the aim
            if (!maximise) {
                sumOfPrices.setCoefficient(objective, -1);
            }
        }

        MPVariable[][] run() {
            for (int k : part.models()) {
                double demand = switch (aim) {
                    case Aim.Throughput _ -> 0;
                    case Aim.HourlyPrice _ -> problem.weight(k);
                    case Aim.GpuPrices(var _, double scale) -> scale * problem.weight(k);
                };
                served[k] = solver.atLeast(demand, "model" + k);
                if (aim instanceof Aim.Throughput) {
                    served[k].setCoefficient(objective, -problem.weight(k));
                }
            }
            for (int g = 0; g < gpusOfClass.length; g++) {
                gpusOfClass[g] = solver.atMost(problem.gpuClass(g).count() - part.gpusTaken()[g], "class" + g);
            }
            if (aim instanceof Aim.HourlyPrice) {
                buy();
            }
            var vgpus = new MPVariable[templates.size()][];
            for (int t = 0; t < vgpus.length; t++) {
                vgpus[t] = template(t, templates.get(t));
            }
            return vgpus;
        }

        /** Classes are bought by the GPU or by the server. */
        private void buy() {
            for (int g = 0; g < gpusOfClass.length; g++) {
                GpuClass gpuClass = problem.gpuClass(g);
                boolean byServer = gpuClass.price().unit() == Price.Unit.SERVER;
                int most = byServer ? gpuClass.serverCount() : gpuClass.count();
                MPVariable bought = solver.integer(0, most, "bought" + g);
                sumOfPrices.setCoefficient(bought, gpuClass.price().perHour());
                int each = byServer ? gpuClass.gpusPerServer() : 1;
                MPConstraint enough = solver.atMost(-part.gpusTaken()[g], "enough of class" + g);
                enough.setCoefficient(bought, -each);
                boughtFor[g] = enough;
            }
        }

        private MPVariable[] template(int t, Template template) {
            MPVariable x = solver.number(0, Solver.infinity(), "x" + t);
            served[template.model()].setCoefficient(x, 1);
            var vgpus = new MPVariable[template.stageCount()];
            for (int i = 0; i < vgpus.length; i++) {
                StageChoice stage = template.stages()[i];
                double rate = template.ratesPerSecond()[i];
                int most = stage.gpuClass().count() * stage.shares();
                vgpus[i] = solver.integer(0, most, "v%d_%d".formatted(t, i));
                MPConstraint flow = solver.atMost(0, "flow%d_%d".formatted(t, i));
                flow.setCoefficient(x, 1);
                flow.setCoefficient(vgpus[i], -rate);
                group(template, i).setCoefficient(vgpus[i], 1.0 / stage.shares());
            }
            return vgpus;
        }

        private MPConstraint group(Template template, int stageIndex) {
            StageChoice stage = template.stages()[stageIndex];
            String name = Pools.group(template.model(), stageIndex, stage);
            return groups.computeIfAbsent(name, n -> {
                MPVariable gpus = solver.integer(0, stage.gpuClass().count(), "c" + n);
                gpusOfClass[stage.classIndex()].setCoefficient(gpus, 1);
                if (aim instanceof Aim.HourlyPrice) {
                    boughtFor[stage.classIndex()].setCoefficient(gpus, 1);
                } else if (aim instanceof Aim.GpuPrices(double[] perGpu, var _)) {
                    sumOfPrices.setCoefficient(gpus, perGpu[stage.classIndex()]);
                }
                MPConstraint constraint = solver.atMost(0, n);
                constraint.setCoefficient(gpus, -1);
                return constraint;
            });
        }
    }
}
