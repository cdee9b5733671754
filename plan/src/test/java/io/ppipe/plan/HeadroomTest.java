package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Scenario;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HeadroomTest {
    private static final int SEEDS = 200;

    private static PlanProblem problem(Scenario scenario, Goal goal, boolean surviveServerLoss) {
        var rules = Collections.nCopies(scenario.models().size(), new ModelRules(0.2, 1.3, 500));
        return PlanProblem.of(scenario, new PlanRules(2, goal, surviveServerLoss), rules, false);
    }

    private static Candidates candidates(PlanProblem problem) {
        Prices prices = Prices.ofThroughput(problem, problem.gpuCounts());
        var wanted = new double[problem.modelCount()];
        for (int k = 0; k < wanted.length; k++) {
            wanted[k] = problem.weight(k) * prices.bound();
        }
        return new Candidates(problem, prices, wanted);
    }

    private static boolean everyModelIsServed(PlanProblem problem, Pools pools) {
        for (double throughput : pools.throughputs(problem.modelCount())) {
            if (throughput == 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void noGpuIsIdleThatAPoolOrAPipelineCouldUse() {
        int used = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            PlanProblem problem = problem(RandomScenario.wide(seed), Goal.THROUGHPUT, false);
            Pools pools = RandomPools.of(problem, new SplittableRandom(seed), 2);
            if (!everyModelIsServed(problem, pools)) {
                continue;
            }
            Candidates candidates = candidates(problem);

            Pools more = new Headroom(problem, candidates).use(pools);

            int[] left = problem.gpuCounts();
            int[] taken = more.gpus(problem);
            for (int g = 0; g < left.length; g++) {
                left[g] -= taken[g];
                int idle = g;
                assertThat(left[g]).as("seed %d, class %d", seed, g).isNotNegative();
                assertThat(left[g] == 0 || more.pipelines().stream().noneMatch(s -> uses(s.template(), idle)))
                        .as("seed %d, class %d", seed, g)
                        .isTrue();
            }
            for (int k = 0; k < problem.modelCount(); k++) {
                assertThat(candidates.ofModel(k)).as("seed %d", seed).noneMatch(template -> fits(template, left));
            }
            used++;
        }
        assertThat(used).isGreaterThan(SEEDS / 3);
    }

    private static boolean uses(Template template, int classIndex) {
        return List.of(template.stages()).stream().anyMatch(s -> s.classIndex() == classIndex);
    }

    private static boolean fits(Template template, int[] left) {
        int[] free = left.clone();
        for (Template.StageChoice stage : template.stages()) {
            if (--free[stage.classIndex()] < 0) {
                return false;
            }
        }
        return true;
    }

    @Test
    void nobodyGetsLess() {
        for (boolean surviveServerLoss : new boolean[] {false, true}) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                var random = new SplittableRandom(seed);
                Scenario scenario = seed % 2 == 0 ? RandomScenario.wide(seed) : PlacementTest.servers(random);
                PlanProblem problem = problem(scenario, Goal.THROUGHPUT, surviveServerLoss);
                Pools pools = RandomPools.of(problem, random, 2);
                if (everyModelIsServed(problem, pools)) {
                    Pools more = new Headroom(problem, candidates(problem)).use(pools);

                    assertThat(more.objective(problem))
                            .as("seed %d, N+1: %s", seed, surviveServerLoss)
                            .isGreaterThanOrEqualTo(pools.objective(problem) * (1 - 1e-12));
                    double[] before = pools.throughputs(problem.modelCount());
                    double[] after = more.throughputs(problem.modelCount());
                    for (int k = 0; k < before.length; k++) {
                        assertThat(after[k]).as("seed %d", seed).isGreaterThanOrEqualTo(before[k] * (1 - 1e-12));
                    }
                }
            }
        }
    }

    @Test
    void aCostGoalLeavesGpusAlone() {
        PlanProblem problem = problem(RandomScenario.wide(2), Goal.COST, false);
        Pools pools = RandomPools.of(problem, new SplittableRandom(2), 1);

        assertThat(new Headroom(problem, candidates(problem)).use(pools)).isSameAs(pools);
    }
}
