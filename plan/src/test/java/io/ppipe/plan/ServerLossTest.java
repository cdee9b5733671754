package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Sharing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Plans that survive the loss of a server keep that promise and its bounds, beside what trying everything finds. They are
 * found by a heuristic, so they may be worse than the best: how much worse is printed.
 */
class ServerLossTest {
    private static final int COUNT = 60;

    /** Whole GPUs: a few of each of two classes in servers of one or two, one or two models of two blocks. */
    private static Scenario scenario(long seed) {
        var random = new SplittableRandom(seed);
        int models = random.nextInt(1, 3);
        int mostFast = models == 1 ? 3 : 2;
        var small = new SmallCase();
        for (String name : List.of("fast", "slow")) {
            var price = new Price(random.nextInt(1, 5), random.nextBoolean() ? Price.Unit.GPU : Price.Unit.SERVER);
            small.gpus(
                    name,
                    random.nextInt(1, name.equals("fast") ? mostFast + 1 : mostFast + 2),
                    random.nextInt(1, 3),
                    Sharing.MPS,
                    price,
                    1);
        }
        for (int m = 0; m < models; m++) {
            small.model("m" + m, 1_000L * random.nextInt(10, 40), random.nextInt(20, 150))
                    .micros("fast", random.nextLong(1_000, 4_000), random.nextLong(1_000, 4_000))
                    .micros("slow", random.nextLong(1_000, 9_000), random.nextLong(3_000, 16_000));
        }
        return small.scenario();
    }

    private static PlanOutcome outcome(Scenario scenario, PlanRules rules) {
        var rates = Collections.nCopies(scenario.models().size(), 500.0);
        return MilpPlanner.plan(
                scenario,
                PlanSettings.ppipe(rules, 0.2, 1.3).stoppingAt(1e-7, 5).withRates(rates),
                Progress.NONE);
    }

    private static ServerLossBruteForce best(Scenario scenario, PlanRules rules) {
        var modelRules = Collections.nCopies(scenario.models().size(), new ModelRules(0.2, 1.3, 500));
        return ServerLossBruteForce.of(scenario, rules, modelRules);
    }

    @Test
    void throughputIsPromisedAndTheBoundIsTrue() {
        var rules = new PlanRules(2, Goal.THROUGHPUT, true);
        var ofOptimum = new ArrayList<Double>();
        int missed = 0;
        for (long seed : LongStream.rangeClosed(1, COUNT).toArray()) {
            Scenario scenario = scenario(seed);
            double best = best(scenario, rules).throughput();
            if (outcome(scenario, rules) instanceof PlanOutcome.Planned(Plan plan, var _)) {
                assertThat(PlanCheck.of(scenario, plan).violations())
                        .as("seed %d", seed)
                        .isEmpty();
                assertThat(plan.certificate().objective()).as("seed %d", seed).isLessThanOrEqualTo(best * (1 + 1e-9));
                assertThat(plan.certificate().bound()).as("seed %d", seed).isGreaterThanOrEqualTo(best * (1 - 1e-9));
                if (best > 0) {
                    ofOptimum.add(plan.certificate().objective() / best);
                }
            } else if (best > 0) {
                missed++;
            }
        }
        report("throughput ÷ the best", ofOptimum, missed);
        assertThat(ofOptimum).hasSizeGreaterThan(COUNT / 4);
    }

    @Test
    void demandIsServedAndTheBoundIsTrue() {
        var rules = new PlanRules(2, Goal.COST, true);
        var ofOptimum = new ArrayList<Double>();
        int missed = 0;
        for (long seed : LongStream.rangeClosed(1, COUNT).toArray()) {
            Scenario scenario = scenario(seed);
            double best = best(scenario, rules).price();
            if (outcome(scenario, rules) instanceof PlanOutcome.Planned(Plan plan, var _)) {
                assertThat(PlanCheck.of(scenario, plan).violations())
                        .as("seed %d", seed)
                        .isEmpty();
                assertThat(plan.certificate().objective())
                        .as("seed %d", seed)
                        .isGreaterThanOrEqualTo(best * (1 - 1e-9));
                assertThat(plan.certificate().bound()).as("seed %d", seed).isLessThanOrEqualTo(best * (1 + 1e-9));
                ofOptimum.add(plan.certificate().objective() / best);
            } else if (best < Double.POSITIVE_INFINITY) {
                missed++;
            }
        }
        report("price ÷ the best", ofOptimum, missed);
        assertThat(ofOptimum).hasSizeGreaterThan(COUNT / 4);
    }

    @Test
    void aServerTakesNoMoreGpusWithItThanItsClassHas() {
        Scenario scenario = new SmallCase()
                .gpus("fast", 1, 2, Sharing.MPS, Price.UNKNOWN, 1)
                .gpus("slow", 1)
                .model("m", 30_000, 1)
                .micros("fast", 2_000, 2_000)
                .micros("slow", 4_000, 4_000)
                .scenario();

        PlanOutcome outcome = outcome(scenario, new PlanRules(2, Goal.THROUGHPUT, true));

        Plan plan = ((PlanOutcome.Planned) outcome).plan();
        assertThat(plan.certificate().objective()).isCloseTo(125, within(1e-6)); // without the fast one
    }

    @Test
    void aClusterOfOneServerHasNothingLeft() {
        Scenario scenario = new SmallCase()
                .gpus("fast", 2, 2, Sharing.MPS, Price.UNKNOWN, 1)
                .model("m", 30_000, 1)
                .micros("fast", 2_000, 2_000)
                .scenario();

        PlanOutcome outcome = outcome(scenario, new PlanRules(2, Goal.THROUGHPUT, true));

        assertThat(((PlanOutcome.Infeasible) outcome).reason()).contains("to lose a server");
    }

    private static void report(String what, List<Double> ofOptimum, int missed) {
        Collections.sort(ofOptimum);
        System.out.printf(
                "N+1, %s: least %.4f, median %.4f, mean %.4f, most %.4f of %d; %d feasible ones without a plan%n",
                what,
                ofOptimum.getFirst(),
                ofOptimum.get(ofOptimum.size() / 2),
                ofOptimum.stream().mapToDouble(x -> x).average().orElseThrow(),
                ofOptimum.getLast(),
                ofOptimum.size(),
                missed);
    }
}
