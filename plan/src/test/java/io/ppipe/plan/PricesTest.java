package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPVariable;
import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Scenario;
import io.ppipe.plan.NaivePipelines.Choice;
import io.ppipe.plan.NaivePipelines.Naive;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bound is that of the LP over all pipelines, and holds whatever the prices. */
class PricesTest {
    private static final int SEEDS = 120;

    private static List<ModelRules> modelRules(Scenario scenario) {
        return Collections.nCopies(scenario.models().size(), new ModelRules(0.2, 1.3, 500));
    }

    private static PlanProblem problem(Scenario scenario, Goal goal) {
        return PlanProblem.of(scenario, new PlanRules(3, goal, false), modelRules(scenario), false);
    }

    private static List<List<Naive>> pipelines(Scenario scenario) {
        return IntStream.range(0, scenario.models().size())
                .mapToObj(
                        k -> NaivePipelines.of(scenario, k, modelRules(scenario).get(k), 3, false))
                .toList();
    }

    private static boolean everyModelHasAPipeline(PlanProblem problem) {
        return problem.spaces().stream().noneMatch(TemplateSpace::isEmpty);
    }

    /** Returns the optimum of the LP over all pipelines, or NaN. */
    private static double lp(PlanProblem problem, int[] gpuCounts) {
        boolean throughput = problem.rules().goal() == Goal.THROUGHPUT;
        try (Solver solver = Solver.linear()) {
            var used = new MPConstraint[problem.classCount()];
            Arrays.setAll(used, g -> solver.atMost(gpuCounts[g], "class" + g));
            var objective = solver.objective(throughput);
            MPVariable z = solver.number(0, Solver.infinity(), "z");
            if (throughput) {
                objective.setCoefficient(z, 1);
            }
            List<List<Naive>> all = pipelines(problem.scenario());
            for (int k = 0; k < all.size(); k++) {
                MPConstraint served = solver.atLeast(throughput ? 0 : problem.weight(k), "model" + k);
                served.setCoefficient(z, throughput ? -problem.weight(k) : 0);
                for (Naive pipeline : all.get(k)) {
                    MPVariable x = solver.number(0, Solver.infinity(), "x");
                    served.setCoefficient(x, 1);
                    var gpus = new double[problem.classCount()];
                    for (int i = 0; i < pipeline.stages().size(); i++) {
                        Choice on = pipeline.stages().get(i);
                        gpus[on.gpuClass()] +=
                                1 / (on.shares() * pipeline.rates().get(i));
                    }
                    double price = 0;
                    for (int g = 0; g < gpus.length; g++) {
                        used[g].setCoefficient(x, gpus[g]);
                        price += problem.hourlyPrices()[g] * gpus[g];
                    }
                    if (!throughput) {
                        objective.setCoefficient(x, price);
                    }
                }
            }
            return solver.solveLinear() ? solver.objectiveValue() : Double.NaN;
        }
    }

    @Test
    void theBoundOfThroughputIsTheLpOverAllPipelines() {
        int compared = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            PlanProblem problem = problem(RandomScenario.wide(seed), Goal.THROUGHPUT);
            if (everyModelHasAPipeline(problem)) {
                double lp = lp(problem, problem.gpuCounts());
                double bound = Prices.ofThroughput(problem, problem.gpuCounts()).bound();
                assertThat(bound).as("seed %d", seed).isBetween(lp * (1 - 1e-9), lp * (1 + 1e-6));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(SEEDS / 2);
    }

    @Test
    void theBoundOfThePriceIsTheLpOverAllPipelines() {
        int compared = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            PlanProblem problem = problem(RandomScenario.wide(seed), Goal.COST);
            double lp = lp(problem, problem.gpuCounts());
            if (everyModelHasAPipeline(problem) && Bounds.demandServed(problem) > 1 + 1e-6) {
                double bound = Bounds.of(problem).bound();
                assertThat(bound).as("seed %d", seed).isBetween(lp * (1 - 1e-6), lp * (1 + 1e-9));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(SEEDS / 3);
    }

    @Test
    void anyPricesBoundEveryPlan() {
        for (long seed = 1; seed <= 40; seed++) {
            Scenario scenario = RandomScenario.wide(seed);
            PlanProblem problem = problem(scenario, Goal.THROUGHPUT);
            BruteForce all = BruteForce.of(scenario, problem.rules(), modelRules(scenario));
            var random = new SplittableRandom(seed);
            for (int i = 0; i < 10 && everyModelHasAPipeline(problem); i++) {
                var prices = new double[problem.classCount()];
                Arrays.setAll(prices, g -> random.nextInt(4) == 0 ? 0 : random.nextDouble(0.1, 5));
                assertThat(boundOfThroughput(problem, prices))
                        .as("seed %d, prices %s", seed, Arrays.toString(prices))
                        .satisfiesAnyOf(
                                bound -> assertThat(bound).isNaN(), // all that is needed is free
                                bound -> assertThat(bound).isGreaterThanOrEqualTo(all.throughput() * (1 - 1e-9)));
                assertThat(boundOfPrice(problem, prices)).as("seed %d", seed).isLessThanOrEqualTo(all.price() + 1e-9);
            }
        }
    }

    private static double least(PlanProblem problem, int model, double[] prices) {
        return problem.spaces()
                .get(model)
                .cheapest(prices, Double.POSITIVE_INFINITY)
                .getLast()
                .costPerRequest(prices);
    }

    private static double boundOfThroughput(PlanProblem problem, double[] prices) {
        double supply = 0;
        for (int g = 0; g < prices.length; g++) {
            supply += prices[g] * problem.gpuCounts()[g];
        }
        double demand = 0;
        for (int k = 0; k < problem.modelCount(); k++) {
            demand += problem.weight(k) * least(problem, k, prices);
        }
        return demand == 0 ? Double.NaN : supply / demand;
    }

    private static double boundOfPrice(PlanProblem problem, double[] scarcity) {
        double[] prices = problem.hourlyPrices();
        double bound = 0;
        for (int g = 0; g < prices.length; g++) {
            prices[g] += scarcity[g];
            bound -= scarcity[g] * problem.gpuCounts()[g];
        }
        for (int k = 0; k < problem.modelCount(); k++) {
            bound += problem.weight(k) * least(problem, k, prices);
        }
        return bound;
    }

    @Test
    void oneMoreGpuImprovesTheBoundByNoMoreThanItsMarginalValue() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            PlanProblem problem = problem(RandomScenario.wide(seed), Goal.THROUGHPUT);
            if (everyModelHasAPipeline(problem)) {
                Prices prices = Prices.ofThroughput(problem, problem.gpuCounts());
                for (int g = 0; g < problem.classCount(); g++) {
                    int[] more = problem.gpuCounts();
                    more[g]++;
                    double gained = Prices.ofThroughput(problem, more).bound() - prices.bound();
                    assertThat(gained)
                            .as("seed %d, class %d", seed, g)
                            .isLessThanOrEqualTo(prices.marginal()[g] + 1e-6 * prices.bound());
                }
            }
        }
    }

    @Test
    void pricesSayWhatTheBoundIsMadeOf() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            PlanProblem problem = problem(RandomScenario.wide(seed), Goal.THROUGHPUT);
            if (everyModelHasAPipeline(problem)) {
                Prices prices = Prices.ofThroughput(problem, problem.gpuCounts());
                double supply = 0;
                for (int g = 0; g < problem.classCount(); g++) {
                    supply += prices.perGpu()[g] * problem.gpuCounts()[g];
                }
                assertThat(supply).as("seed %d", seed).isCloseTo(prices.bound(), within(1e-9 * prices.bound()));
            }
        }
    }
}
