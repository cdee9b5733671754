package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans are the best there are, and bounds true, on random scenarios small enough to try everything. */
class OptimumTest {
    private static final double GAP = 1e-7;
    private static final double ROUNDING = 1e-6;

    private static PlanOutcome outcome(Scenario scenario, PlanRules rules) {
        var rates = Collections.nCopies(scenario.models().size(), 500.0);
        return MilpPlanner.plan(
                scenario,
                PlanSettings.ppipe(rules, 0.2, 1.3).stoppingAt(GAP, 30).withRates(rates),
                Progress.NONE);
    }

    private static List<ModelRules> rules(Plan plan) {
        return plan.models().stream().map(ModelPlan::rules).toList();
    }

    private static List<ModelRules> modelRules(Scenario scenario) {
        return Collections.nCopies(scenario.models().size(), new ModelRules(0.2, 1.3, 500));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 40", "2, 100, 60", "3, 1000, 60"})
    void throughputIsWhatTryingEverythingFinds(int maxStages, long firstSeed, int count) {
        var rules = new PlanRules(maxStages, Goal.THROUGHPUT, false);
        int planned = 0;
        for (long seed : LongStream.range(firstSeed, firstSeed + count).toArray()) {
            Scenario scenario = RandomScenario.wide(seed);
            double best = BruteForce.of(scenario, rules, modelRules(scenario)).throughput();
            switch (outcome(scenario, rules)) {
                case PlanOutcome.Planned(Plan plan, var _) -> {
                    assertThat(rules(plan)).isEqualTo(modelRules(scenario));
                    assertThat(plan.certificate().objective())
                            .as("seed %d", seed)
                            .isBetween(best * (1 - ROUNDING), best * (1 + ROUNDING));
                    assertThat(plan.certificate().bound())
                            .as("seed %d", seed)
                            .isBetween(best * (1 - 1e-9), best * (1 + ROUNDING));
                    planned++;
                }
                case PlanOutcome.Infeasible _ ->
                    assertThat(best).as("seed %d", seed).isZero();
                case PlanOutcome.OutOfTime late -> throw new AssertionError("seed %d: %s".formatted(seed, late));
            }
        }
        assertThat(planned).isGreaterThan(count / 2);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 40", "2, 100, 60", "3, 1000, 60"})
    void priceIsWhatTryingEverythingFinds(int maxStages, long firstSeed, int count) {
        var rules = new PlanRules(maxStages, Goal.COST, false);
        int planned = 0;
        for (long seed : LongStream.range(firstSeed, firstSeed + count).toArray()) {
            Scenario scenario = RandomScenario.wide(seed);
            double best = BruteForce.of(scenario, rules, modelRules(scenario)).price();
            switch (outcome(scenario, rules)) {
                case PlanOutcome.Planned(Plan plan, var _) -> {
                    assertThat(plan.certificate().objective())
                            .as("seed %d", seed)
                            .isBetween(best * (1 - ROUNDING), best * (1 + ROUNDING));
                    assertThat(plan.certificate().bound())
                            .as("seed %d", seed)
                            .isBetween(best * (1 - ROUNDING), best * (1 + 1e-9));
                    planned++;
                }
                case PlanOutcome.Infeasible _ ->
                    assertThat(best).as("seed %d", seed).isInfinite();
                case PlanOutcome.OutOfTime late -> throw new AssertionError("seed %d: %s".formatted(seed, late));
            }
        }
        assertThat(planned).isGreaterThan(count / 3);
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 150"})
    void whatAPlanIsWorthIsNeverFoundImpossible(int maxStages, long firstSeed, int count) {
        var rules = new PlanRules(maxStages, Goal.THROUGHPUT, false);
        for (long seed : LongStream.range(firstSeed, firstSeed + count).toArray()) {
            Scenario scenario = seed % 2 == 0 ? RandomScenario.wide(seed) : RandomScenario.of(seed);
            double best = BruteForce.of(scenario, rules, modelRules(scenario)).throughput();
            if (best > 0) {
                var problem = PlanProblem.of(scenario, rules, modelRules(scenario), false);
                Prices prices = Prices.ofThroughput(problem, problem.gpuCounts());
                var wanted = new double[problem.modelCount()];
                Arrays.setAll(wanted, k -> problem.weight(k) * prices.bound());
                var alone = new ModelsAlone(
                        problem, prices, new Candidates(problem, prices, wanted), Deadline.in(60), StopSignal.never());
                for (double part : new double[] {0.6, 0.9, 0.99, 1 - 1e-6}) {
                    ModelsAlone.Wasted wasted = alone.at(part * best, 1);
                    assertThat(wasted.impossible())
                            .as("seed %d, %s of the best", seed, part)
                            .isFalse();
                }
            }
        }
    }
}
