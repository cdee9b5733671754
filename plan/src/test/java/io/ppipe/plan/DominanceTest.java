package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Scenario;
import io.ppipe.plan.NaivePipelines.Naive;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left out is never needed, and what is said to be wasted is. */
class DominanceTest {
    private static List<ModelRules> modelRules(Scenario scenario) {
        return scenario.models().stream()
                .map(_ -> new ModelRules(0.2, 1.3, 500))
                .toList();
    }

    private static PlanProblem problem(Scenario scenario, int maxStages) {
        var rules = new PlanRules(maxStages, Goal.THROUGHPUT, false);
        return PlanProblem.of(scenario, rules, modelRules(scenario), false);
    }

    private static List<Template> templates(PlanProblem problem, int model) {
        return problem.spaces()
                .get(model)
                .enumerate(new double[problem.classCount()], 0)
                .templates();
    }

    @Test
    void theBestPlanNeedsNoTemplateThatIsLeftOut() {
        int all = 0;
        int left = 0;
        for (long seed = 1; seed <= 60; seed++) {
            Scenario scenario = RandomScenario.wide(seed);
            PlanProblem problem = problem(scenario, 2);
            var everything = new ArrayList<List<Naive>>();
            var undominated = new ArrayList<List<Naive>>();
            for (int k = 0; k < problem.modelCount(); k++) {
                List<Template> templates = templates(problem, k);
                List<Template> kept = Dominance.undominated(templates);
                everything.add(templates.stream().map(Naive::of).toList());
                undominated.add(kept.stream().map(Naive::of).toList());
                all += templates.size();
                left += kept.size();
            }
            BruteForce ofAll = BruteForce.ofPipelines(scenario, everything);
            BruteForce ofKept = BruteForce.ofPipelines(scenario, undominated);
            assertThat(ofKept.throughput())
                    .as("seed %d", seed)
                    .isCloseTo(ofAll.throughput(), within(1e-9 * ofAll.throughput()));
            assertThat(ofKept.price()).as("seed %d", seed).isEqualTo(ofAll.price());
        }
        System.out.printf("dominance: %d of %d templates left%n", left, all);
        assertThat(left).isLessThan(2 * all / 3);
    }

    @Test
    void everyPoolOfATemplateWastesAtLeastWhatIsSaid() {
        int exact = 0;
        int compared = 0;
        for (long seed = 1; seed <= 60; seed++) {
            PlanProblem problem = problem(RandomScenario.wide(seed), 3);
            if (problem.spaces().stream().anyMatch(TemplateSpace::isEmpty)) {
                continue;
            }
            Prices prices = Prices.ofThroughput(problem, problem.gpuCounts());
            var waste = new Waste(prices);
            for (int k = 0; k < problem.modelCount(); k++) {
                for (Template template : Dominance.undominated(templates(problem, k))) {
                    double least = leastWaste(prices, template, new int[template.stageCount()], 0);
                    assertThat(waste.least(template))
                            .as("seed %d", seed)
                            .isBetween(0.0, Math.max(0, least) + 1e-9 * prices.bound());
                    exact += waste.least(template) >= least - 1e-8 * prices.bound() ? 1 : 0;
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(200);
        assertThat(exact).isEqualTo(compared); // with so few GPUs every full stage is looked at
    }

    /** Tries every number of vGPUs at every stage. */
    private static double leastWaste(Prices prices, Template template, int[] vgpus, int stage) {
        if (stage == vgpus.length) {
            double cost = 0;
            for (int i = 0; i < vgpus.length; i++) {
                Template.StageChoice on = template.stages()[i];
                cost += prices.perGpu()[on.classIndex()] * vgpus[i] / on.shares();
            }
            return cost - prices.perRequest()[template.model()] * template.delivered(vgpus);
        }
        Template.StageChoice on = template.stages()[stage];
        double least = Double.POSITIVE_INFINITY;
        for (int v = 1; v <= on.gpuClass().count() * on.shares(); v++) {
            vgpus[stage] = v;
            least = Math.min(least, leastWaste(prices, template, vgpus, stage + 1));
        }
        return least;
    }
}
