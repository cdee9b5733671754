package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Cluster;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Slo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An earlier plan is a start, whatever has changed since. */
class WarmStartTest {
    private static final PlanRules RULES = new PlanRules(2, Goal.THROUGHPUT, false);
    private static final int SEEDS = 60;

    private static PlanSettings settings(Scenario scenario, double gap) {
        var rates = Collections.nCopies(scenario.models().size(), 500.0);
        return PlanSettings.ppipe(RULES, 0.2, 1.3).stoppingAt(gap, 20).withRates(rates);
    }

    private static PlanOutcome outcome(Scenario scenario) {
        return MilpPlanner.plan(scenario, settings(scenario, 1e-4), Progress.NONE);
    }

    private static Scenario with(Scenario scenario, List<GpuClass> classes, List<ScenarioModel> models) {
        var cluster = new Cluster(
                scenario.cluster().name(), classes, scenario.cluster().timeScale());
        return new Scenario(cluster, models, scenario.profileFingerprint());
    }

    private static Pools pools(Scenario scenario, Plan plan) {
        var rules = Collections.nCopies(scenario.models().size(), new ModelRules(0.2, 1.3, 500));
        return WarmStart.pools(PlanProblem.of(scenario, RULES, rules, false), plan);
    }

    private static PlanProblem problem(Scenario scenario) {
        var rules = Collections.nCopies(scenario.models().size(), new ModelRules(0.2, 1.3, 500));
        return PlanProblem.of(scenario, RULES, rules, false);
    }

    private static void assertGood(long seed, Scenario scenario, PlanOutcome outcome) {
        if (outcome instanceof PlanOutcome.Planned(Plan plan, var _)) {
            assertThat(PlanCheck.of(scenario, plan).violations())
                    .as("seed %d", seed)
                    .isEmpty();
        }
    }

    @Test
    void nothingOfAPlanThatIsStillFeasibleIsLost() {
        int planned = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = RandomScenario.wide(seed);
            if (outcome(scenario) instanceof PlanOutcome.Planned(Plan earlier, var _)) {
                double worth = earlier.certificate().objective();

                assertThat(pools(scenario, earlier).objective(problem(scenario)))
                        .as("seed %d", seed)
                        .isGreaterThanOrEqualTo(worth * (1 - 1e-9));
                // with a gap that allows any plan the start is as good as the end
                PlanSettings lazy = settings(scenario, 0.99).startingFrom(earlier);
                Plan plan = ((PlanOutcome.Planned) MilpPlanner.plan(scenario, lazy, Progress.NONE)).plan();
                assertThat(plan.certificate().objective())
                        .as("seed %d", seed)
                        .isGreaterThanOrEqualTo(worth * (1 - 1e-9));
                planned++;
            }
        }
        assertThat(planned).isGreaterThan(SEEDS / 2);
    }

    @Test
    void aClassMayHaveLostGpus() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = RandomScenario.wide(seed);
            if (outcome(scenario) instanceof PlanOutcome.Planned(Plan earlier, var _)) {
                List<GpuClass> fewer = scenario.cluster().classes().stream()
                        .map(g -> g.count() == 1
                                ? g
                                : new GpuClass(
                                        g.name(),
                                        g.count() - 1,
                                        g.gpusPerServer(),
                                        g.memoryBytes(),
                                        g.shares(),
                                        g.sharing(),
                                        g.nicBitsPerSecond(),
                                        g.price(),
                                        g.executor()))
                        .toList();
                assertBegins(seed, with(scenario, fewer, scenario.models()), earlier);
            }
        }
    }

    @Test
    void modelsMayHaveComeAndGone() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = RandomScenario.wide(seed);
            if (outcome(scenario) instanceof PlanOutcome.Planned(Plan earlier, var _)) {
                var models = new ArrayList<>(scenario.models());
                ScenarioModel first = models.removeFirst();
                models.add(new ScenarioModel("new", first.slo(), first.demand(), first.profile()));
                assertBegins(seed, with(scenario, scenario.cluster().classes(), models), earlier);
            }
        }
    }

    @Test
    void theProfileTheSlosAndTheClassesMayBeOthers() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = RandomScenario.wide(seed);
            if (outcome(scenario) instanceof PlanOutcome.Planned(Plan earlier, var _)) {
                assertBegins(seed, RandomScenario.wide(seed + 1), earlier);
                var tighter = scenario.models().stream()
                        .map(m -> new ScenarioModel(
                                m.name(), new Slo(m.slo().latencyMicros() / 2, 0.99), m.demand(), m.profile()))
                        .toList();
                assertBegins(seed, with(scenario, scenario.cluster().classes(), tighter), earlier);
            }
        }
    }

    @Test
    void poolsAreSizedAnewForOtherWeightsWithoutOtherPipelines() {
        int resized = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scenario scenario = RandomScenario.wide(seed);
            if (outcome(scenario) instanceof PlanOutcome.Planned(Plan earlier, var _)) {
                PlanOutcome again =
                        MilpPlanner.plan(scenario, settings(scenario, 1e-4).resizing(earlier), Progress.NONE);
                assertGood(seed, scenario, again);
                Plan plan = ((PlanOutcome.Planned) again).plan();
                assertThat(plan.certificate().objective())
                        .as("seed %d", seed)
                        .isGreaterThanOrEqualTo(earlier.certificate().objective() * (1 - 1e-9));
                resized++;
            }
        }
        assertThat(resized).isPositive();
    }

    @Test
    void withoutAPlanThereAreNoPoolsToSize() {
        Scenario scenario = RandomScenario.wide(1);
        PlanSettings fresh = settings(scenario, 1e-4);

        assertThatThrownBy(() -> new PlanSettings(
                        fresh.algorithm(),
                        fresh.rules(),
                        false,
                        0,
                        0,
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        false,
                        0.1,
                        1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Asserts that what is left of a plan fits, and that planning from it ends as planning without it does. */
    private static void assertBegins(long seed, Scenario now, Plan earlier) {
        PlanProblem problem = problem(now);
        Pools left = pools(now, earlier);
        assertThat(Placement.of(problem, left)).as("seed %d", seed).isPresent();

        PlanOutcome without = outcome(now);
        PlanOutcome begun = MilpPlanner.plan(now, settings(now, 1e-4).startingFrom(earlier), Progress.NONE);

        assertGood(seed, now, begun);
        assertThat(begun.getClass()).as("seed %d", seed).isEqualTo(without.getClass());
        if (begun instanceof PlanOutcome.Planned(Plan plan, var _)) {
            assertThat(plan.certificate().objective())
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(left.objective(problem) * (1 - 1e-9));
        }
    }
}
