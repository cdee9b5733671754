package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.plan.NaivePipelines.Choice;
import io.ppipe.plan.NaivePipelines.Naive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The templates of a model are those that trying every pipeline finds, whatever the prices. */
class TemplateSpaceTest {
    private static final int SEEDS = 300;

    /** A model of a random scenario, with the templates that there should be. */
    private static final class Case {
        final SplittableRandom random;
        final Scenario scenario;
        final ModelRules rules;
        final TemplateSpace space;
        final List<Naive> naive;
        final double[] prices;

        Case(long seed) {
            random = new SplittableRandom(seed);
            scenario = RandomScenario.wide(seed);
            rules = new ModelRules(0.1 * random.nextInt(5), 1.3, random.nextDouble(50, 2_000));
            int maxStages = random.nextInt(1, 4);
            boolean whole = random.nextInt(4) == 0;
            space = new TemplateSpace(scenario, 0, rules, maxStages, whole);
            naive = NaivePipelines.of(scenario, 0, rules, maxStages, whole);
            prices = new double[scenario.cluster().classes().size()];
            Arrays.setAll(prices, g -> random.nextInt(4) == 0 ? 0 : random.nextDouble(0.1, 3));
        }

        List<Stage> stages(Naive naivePipeline) {
            var stages = new ArrayList<Stage>();
            int first = 0;
            for (int i = 0; i < naivePipeline.stages().size(); i++) {
                Choice on = naivePipeline.stages().get(i);
                String gpuClass =
                        scenario.cluster().classes().get(on.gpuClass()).name();
                int end = naivePipeline.ends().get(i);
                stages.add(new Stage(first, end, gpuClass, on.shares(), 1, 1));
                first = end;
            }
            return stages;
        }
    }

    private static List<String> keys(List<Naive> pipelines) {
        return pipelines.stream().map(Naive::key).sorted().toList();
    }

    @Test
    void enumeratesWhatTryingEverythingFindsWithTheSameRates() {
        int found = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            var given = new Case(seed);
            List<Naive> templates = given.space.enumerate(given.prices, 1).templates().stream()
                    .map(Naive::of)
                    .toList();

            assertThat(keys(templates)).as("seed %d", seed).isEqualTo(keys(given.naive));
            for (Naive template : templates) {
                Naive same = given.naive.stream()
                        .filter(n -> n.key().equals(template.key()))
                        .findFirst()
                        .orElseThrow();
                for (int i = 0; i < same.rates().size(); i++) {
                    double rate = same.rates().get(i);
                    assertThat(template.rates().get(i)).as("seed %d", seed).isCloseTo(rate, within(1e-9 * rate));
                }
            }
            assertThat(given.space.isEmpty()).as("seed %d", seed).isEqualTo(given.naive.isEmpty());
            found += templates.size();
        }
        assertThat(found).isGreaterThan(5 * SEEDS);
    }

    @Test
    void aLimitGivesExactlyTheTemplatesThatCostNoMore() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var given = new Case(seed);
            for (double limit : limits(given)) {
                var templates = new ArrayList<Naive>();
                for (int n = 1; n <= 3; n++) {
                    batch(given, n).visit(given.prices, limit, (template, cost) -> {
                        Naive naive = Naive.of(template);
                        assertThat(cost).isCloseTo(naive.cost(given.prices), within(1e-9 * cost));
                        templates.add(naive);
                        return limit;
                    });
                }
                List<Naive> cheap = allBatches(given).stream()
                        .filter(n -> n.cost(given.prices) <= limit)
                        .toList();
                assertThat(keys(templates)).as("seed %d, limit %s", seed, limit).isEqualTo(keys(cheap));
            }
        }
    }

    private static BatchSpace batch(Case given, int batchSize) {
        var model = given.scenario.models().getFirst();
        double budget = model.slo().latencyMicros() * (1 - given.rules.margin());
        return new BatchSpace(
                given.scenario.cluster().classes(),
                0,
                model.profile(),
                batchSize,
                3,
                budget - given.rules.batchBuildingMicros(batchSize),
                false);
    }

    /** Batch sizes that no class has measured are templates here too. */
    private static List<Naive> allBatches(Case given) {
        var all = new ArrayList<Naive>();
        for (int n = 1; n <= 3; n++) {
            all.addAll(NaivePipelines.ofBatch(given.scenario, 0, given.rules, 3, n));
        }
        return all;
    }

    /** Returns limits that no cost is equal to but 0: from below all to above all. */
    private static List<Double> limits(Case given) {
        List<Double> costs = allBatches(given).stream()
                .map(n -> n.cost(given.prices))
                .distinct()
                .sorted()
                .toList();
        var limits = new ArrayList<>(List.of(0.0, Double.POSITIVE_INFINITY));
        for (int i = 1; i < costs.size(); i += 1 + costs.size() / 8) {
            if (costs.get(i) > costs.get(i - 1) * (1 + 1e-6)) {
                limits.add((costs.get(i) + costs.get(i - 1)) / 2);
            }
        }
        return limits;
    }

    @Test
    void theCheapestIsTheCheapestOfAllAndOnlyBelowTheLimit() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var given = new Case(seed);
            double least = given.naive.stream()
                    .mapToDouble(n -> n.cost(given.prices))
                    .min()
                    .orElse(Double.POSITIVE_INFINITY);

            List<Template> cheapest = given.space.cheapest(given.prices, Double.POSITIVE_INFINITY);

            if (given.naive.isEmpty()) {
                assertThat(cheapest).as("seed %d", seed).isEmpty();
            } else {
                assertThat(cheapest.getLast().costPerRequest(given.prices))
                        .as("seed %d", seed)
                        .isCloseTo(least, within(1e-12 + 1e-9 * least));
                assertThat(given.space.cheapest(given.prices, least * (1 - 1e-9)))
                        .as("seed %d", seed)
                        .isEmpty();
                assertThat(given.space.cheapest(given.prices, least * (1 + 1e-9) + 1e-12))
                        .as("seed %d", seed)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void findsEachTemplateByItsStagesAndNothingElse() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var given = new Case(seed);
            var all = new ArrayList<>(
                    NaivePipelines.of(given.scenario, 0, new ModelRules(0, 0, Double.POSITIVE_INFINITY), 4, false));
            Collections.shuffle(all, new Random(seed));
            List<String> feasible = keys(given.naive);
            for (Naive one : all.subList(0, Math.min(100, all.size()))) {
                Optional<Template> found = given.space.find(one.batchSize(), given.stages(one));

                assertThat(found.map(t -> Naive.of(t).key()))
                        .as("seed %d, %s", seed, one)
                        .isEqualTo(feasible.contains(one.key()) ? Optional.of(one.key()) : Optional.empty());
                found.ifPresent(t -> assertThat(t.ratesPerSecond()[0])
                        .isCloseTo(
                                one.rates().getFirst(),
                                within(1e-9 * one.rates().getFirst())));
            }
        }
    }

    @Test
    void keepsTheCheapestWhereThereAreMoreThanItLooksAt() {
        Scenario scenario = RandomScenario.large(1, 1, 10);
        var rules = new PlanRules(3, Goal.THROUGHPUT, false);
        var problem = PlanProblem.of(scenario, rules, List.of(new ModelRules(0, 0, Double.POSITIVE_INFINITY)), false);
        double[] prices = {1, 0.3};

        List<Template> templates =
                problem.spaces().getFirst().enumerate(prices, 1).templates();

        assertThat(templates)
                .isSortedAccordingTo(
                        (a, b) -> Double.compare(a.costPerRequest(prices), b.costPerRequest(prices) * (1 + 1e-12)));
        assertThat(templates.getFirst().costPerRequest(prices))
                .isEqualTo(problem.spaces()
                        .getFirst()
                        .cheapest(prices, Double.POSITIVE_INFINITY)
                        .getLast()
                        .costPerRequest(prices));
    }
}
