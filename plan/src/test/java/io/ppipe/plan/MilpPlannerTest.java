package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Cluster;
import io.ppipe.model.Goal;
import io.ppipe.model.ModelPlan;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MilpPlannerTest {
    private static final PlanSettings PPIPE = PlanSettings.ppipe(new PlanRules(2, Goal.THROUGHPUT, false), 0.2, 1.3);
    private static final PlanSettings NP = PlanSettings.np(PPIPE.rules(), 0.2, 1.3);

    private static PlanSettings exact(PlanSettings settings, Scenario scenario) {
        return settings.stoppingAt(1e-6, 30)
                .withRates(Collections.nCopies(scenario.models().size(), 500.0));
    }

    private static Plan planned(Scenario scenario, PlanSettings settings) {
        return ((PlanOutcome.Planned) MilpPlanner.plan(scenario, settings, Progress.NONE)).plan();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 50})
    void isWorthWhatBruteForceFinds(long firstSeed) {
        int feasible = 0;
        for (long seed = firstSeed; seed < firstSeed + 40; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            if (MilpPlanner.plan(scenario, exact(PPIPE, scenario), Progress.NONE)
                    instanceof PlanOutcome.Planned(Plan plan, var _)) {
                double best = BruteForce.of(
                                scenario,
                                plan.rules(),
                                plan.models().stream().map(ModelPlan::rules).toList())
                        .throughput();
                assertThat(plan.certificate().objective())
                        .as("seed %d", seed)
                        .isBetween(best * (1 - 1e-4), best * (1 + 1e-4));
                assertThat(plan.certificate().bound())
                        .as("seed %d", seed)
                        .isBetween(best * (1 - 1e-6), best * (1 + 1e-3));
                feasible++;
            }
        }
        assertThat(feasible).isGreaterThan(20);
    }

    @Test
    void isNeverWorseThanNoPartitioning() {
        for (long seed = 1; seed < 40; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            if (MilpPlanner.plan(scenario, exact(NP, scenario), Progress.NONE)
                    instanceof PlanOutcome.Planned(Plan np, var _)) {
                Plan ppipe = planned(scenario, exact(PPIPE, scenario));
                assertThat(ppipe.certificate().objective())
                        .as("seed %d", seed)
                        .isGreaterThanOrEqualTo(np.certificate().objective() * (1 - 1e-5));
                assertThat(np.models())
                        .flatExtracting(ModelPlan::pipelines)
                        .allSatisfy(p -> assertThat(p.stages()).hasSize(1));
            }
        }
    }

    @Test
    void twoRunsGiveTheSamePlan() {
        Scenario scenario = RandomScenario.of(3);

        assertThat(planned(scenario, PPIPE)).isEqualTo(planned(scenario, PPIPE));
    }

    @Test
    void saysWhichSloCannotBeKeptAndHowFastItCouldBe() {
        Scenario scenario = withSlo(RandomScenario.of(1), 100);

        PlanOutcome outcome = MilpPlanner.plan(scenario, PPIPE, Progress.NONE);

        assertThat(((PlanOutcome.Infeasible) outcome).reason())
                .contains("Model m0", "SLO is 0.100 ms", "fastest possible", "raise the SLO");
    }

    private static Scenario withSlo(Scenario scenario, long micros) {
        var models = new ArrayList<ScenarioModel>();
        for (ScenarioModel model : scenario.models()) {
            models.add(new ScenarioModel(model.name(), new Slo(micros, 0.99), model.demand(), model.profile()));
        }
        return new Scenario(scenario.cluster(), models, scenario.profileFingerprint());
    }

    @Test
    void aPlanForAnotherProfileIsRefused() {
        Scenario scenario = RandomScenario.of(3);
        Plan plan = planned(scenario, PPIPE);

        var other = new Scenario(scenario.cluster(), scenario.models(), "another");
        assertThat(PlanCheck.of(other, plan).violations()).first().asString().contains("another profile", "ppipe plan");
    }

    @Test
    void aPlanForAnotherTimeScaleOrSloIsRefused() {
        Scenario scenario = RandomScenario.of(3);
        Plan plan = planned(scenario, PPIPE);

        assertThat(PlanCheck.of(withSlo(scenario, 123_456), plan).violations()).anyMatch(v -> v.contains("123456 us"));
        var cluster = new Cluster("other", scenario.cluster().classes(), 1);
        assertThat(PlanCheck.of(new Scenario(cluster, scenario.models(), "f"), plan)
                        .violations())
                .anyMatch(v -> v.contains("cluster random"));
        assertThat(List.of(PlanCheck.of(scenario, plan))).allMatch(PlanCheck::good);
    }
}
