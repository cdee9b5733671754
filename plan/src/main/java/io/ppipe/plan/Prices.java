package io.ppipe.plan;

import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPVariable;
import io.ppipe.model.Goal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/*
 * The LP relaxation over all templates, solved by column generation, and what its duals prove.
 *
 * The LP has a row for every model and every class, and a column for every template: a few rows, and up to millions of
 * columns. So columns are made when they are worth something: solve over the columns at hand, price GPUs by the duals, ask
 * each model's TemplateSpace for its cheapest template, add it, until none is cheaper than what the LP pays.
 *
 * The bound does not rest on the solver. For any GPU prices μ ≥ 0, let c_k be the least cost of one request/s of model k,
 * which TemplateSpace finds exactly. Whatever the pools, the GPUs that carry X_k requests/s cost at least c_k X_k, so
 *
 *   throughput:  Σ_k c_k X_k ≤ Σ_g μ_g G_g  and  X_k ≥ w_k z,  hence  z ≤ Σ_g μ_g G_g ÷ Σ_k w_k c_k;
 *   cost:        with q = price + μ:  cost ≥ Σ_k D_k c_k(q) − Σ_g μ_g G_g
 *
 * (weak duality). The duals only make it tight.
 *
 * It also says what a template wastes. For throughput, with prices scaled so that Σ w_k c_k = 1, a plan that uses v_i vGPUs
 * of a template's stages for x requests/s wastes Σ_i μ_i v_i ÷ m_i − c_k x ≥ 0, and
 *
 *   z ≤ bound − Σ waste,   cost ≥ bound + Σ waste.
 *
 * So a template that wastes more than (bound − incumbent), whatever its pool sizes, is in no better plan (see Waste).
 */

/**
 * Prices of GPUs and requests that prove a bound.
 *
 * @param perGpu by class; for a cost goal including the price per hour
 * @param perRequest least cost of one request/s, by model
 * @param bound no plan is better
 * @param marginal by class: by how much one more GPU improves the bound
 * @param columns templates that the LP was solved with
 */
record Prices(double[] perGpu, double[] perRequest, double bound, double[] marginal, List<Template> columns) {
    private static final int MAX_ROUNDS = 500;
    private static final double ENOUGH = 1e-9;
    /** More than what rounding can lose in sums of a few hundred terms. */
    private static final double ROUNDING = 1e-12;

    /** Returns the bound of the best min over models of throughput ÷ weight on so many GPUs of each class. */
    static Prices ofThroughput(PlanProblem problem, int[] gpuCounts) {
        return new Generation(problem, gpuCounts, Goal.THROUGHPUT, List.of()).run();
    }

    /**
     * Returns the bound of the lowest price per hour.
     *
     * @param feasible columns that can serve the demand: those of a throughput of at least 1
     */
    static Prices ofCost(PlanProblem problem, int[] gpuCounts, List<Template> feasible) {
        return new Generation(problem, gpuCounts, Goal.COST, feasible).run();
    }

    /** One run of column generation. */
    private static final class Generation {
        private final PlanProblem problem;
        private final int[] gpuCounts;
        private final Goal goal;
        private final double[] basePrices;
        private final List<List<Template>> columns = new ArrayList<>();
        private double[] capacityPrices;
        private final double[] paid;
        private Prices best;

        Generation(PlanProblem problem, int[] gpuCounts, Goal goal, List<Template> first) {
            this.problem = problem;
            this.gpuCounts = gpuCounts;
            this.goal = goal;
            this.basePrices = goal == Goal.COST ? problem.hourlyPrices() : new double[problem.classCount()];
            this.capacityPrices = new double[problem.classCount()];
            this.paid = new double[problem.modelCount()];
            Arrays.fill(paid, Double.POSITIVE_INFINITY);
            if (goal == Goal.THROUGHPUT) {
                Arrays.fill(capacityPrices, 1);
            }
            for (int k = 0; k < problem.modelCount(); k++) {
                int model = k;
                columns.add(new ArrayList<>(
                        first.stream().filter(t -> t.model() == model).toList()));
            }
            double none = goal == Goal.THROUGHPUT ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
            best = new Prices(
                    new double[problem.classCount()],
                    new double[problem.modelCount()],
                    none,
                    new double[problem.classCount()],
                    List.of());
        }

        Prices run() {
            if (goal == Goal.COST) {
                solveMaster();
            }
            for (int round = 0; round < MAX_ROUNDS; round++) {
                if (!price() || !solveMaster()) {
                    break;
                }
            }
            return new Prices(
                    best.perGpu,
                    best.perRequest,
                    best.bound,
                    best.marginal,
                    columns.stream().flatMap(List::stream).toList());
        }

        /** Prices templates at the duals; returns whether one is cheaper than what the LP pays. */
        private boolean price() {
            double[] gpuPrices = sum(basePrices, capacityPrices);
            var least = new double[problem.modelCount()];
            boolean found = false;
            for (int k = 0; k < least.length; k++) {
                double known = columns.get(k).stream()
                        .mapToDouble(t -> t.costPerRequest(gpuPrices))
                        .min()
                        .orElse(Double.POSITIVE_INFINITY);
                List<Template> cheaper = problem.spaces().get(k).cheapest(gpuPrices, known);
                least[k] = cheaper.isEmpty() ? known : cheaper.getLast().costPerRequest(gpuPrices);
                if (!cheaper.isEmpty() && least[k] < paid[k] * (1 - ENOUGH)) {
                    columns.get(k).addAll(cheaper);
                    found = true;
                }
            }
            prove(gpuPrices, least);
            return found;
        }

        private void prove(double[] gpuPrices, double[] least) {
            double supply = 0;
            for (int g = 0; g < gpuCounts.length; g++) {
                supply += capacityPrices[g] * gpuCounts[g];
            }
            double demand = 0;
            for (int k = 0; k < least.length; k++) {
                demand += problem.weight(k) * least[k];
            }
            if (goal == Goal.THROUGHPUT) {
                double bound = supply / demand * (1 + ROUNDING);
                if (bound < best.bound) {
                    double scale = 1 / demand;
                    double[] scaled = scaled(gpuPrices, scale);
                    best = new Prices(scaled, scaled(least, scale), bound, scaled, List.of());
                }
            } else {
                double bound = (demand - supply) - ROUNDING * (demand + supply);
                if (bound > best.bound) {
                    best = new Prices(gpuPrices, least, bound, capacityPrices.clone(), List.of());
                }
            }
        }

        private static double[] sum(double[] a, double[] b) {
            var sum = new double[a.length];
            for (int i = 0; i < sum.length; i++) {
                sum[i] = a[i] + b[i];
            }
            return sum;
        }

        private static double[] scaled(double[] values, double factor) {
            return Arrays.stream(values).map(v -> v * factor).toArray();
        }

        /** Solves the LP over the columns at hand; false when the solver fails, which costs tightness, not truth. */
        private boolean solveMaster() {
            try (Solver solver = Solver.linear()) {
                var served = new MPConstraint[problem.modelCount()];
                var used = new MPConstraint[gpuCounts.length];
                var objective = solver.objective(goal == Goal.THROUGHPUT);
                for (int k = 0; k < served.length; k++) {
                    served[k] = solver.atLeast(goal == Goal.THROUGHPUT ? 0 : problem.weight(k), "model" + k);
                }
                for (int g = 0; g < used.length; g++) {
                    used[g] = solver.atMost(gpuCounts[g], "class" + g);
                }
                if (goal == Goal.THROUGHPUT) {
                    MPVariable z = solver.number(0, Solver.infinity(), "z");
                    objective.setCoefficient(z, 1);
                    for (int k = 0; k < served.length; k++) {
                        served[k].setCoefficient(z, -problem.weight(k));
                    }
                }
                for (List<Template> ofModel : columns) {
                    for (Template template : ofModel) {
                        MPVariable x = solver.number(0, Solver.infinity(), "x");
                        served[template.model()].setCoefficient(x, 1);
                        var gpus = new double[gpuCounts.length];
                        for (int i = 0; i < template.stageCount(); i++) {
                            gpus[template.stages()[i].classIndex()] +=
                                    1 / (template.stages()[i].shares() * template.ratesPerSecond()[i]);
                        }
                        double price = 0;
                        for (int g = 0; g < gpus.length; g++) {
                            used[g].setCoefficient(x, gpus[g]);
                            price += basePrices[g] * gpus[g];
                        }
                        objective.setCoefficient(x, price);
                    }
                }
                if (!solver.solveLinear()) {
                    return false;
                }
                for (int k = 0; k < served.length; k++) {
                    paid[k] = Math.abs(served[k].dualValue());
                }
                capacityPrices = Arrays.stream(used)
                        .mapToDouble(row -> Math.abs(row.dualValue()))
                        .toArray();
                return true;
            }
        }
    }
}
