package io.ppipe.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Demand;
import io.ppipe.model.Goal;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Tuning;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReweightingTest {
    private static final Tuning TUNING = new Tuning("deferred", "poisson", 1, 100, List.of());
    private static final PlanSettings SETTINGS = PlanSettings.ppipe(new PlanRules(2, Goal.THROUGHPUT, false), 0.2, 1.3);

    private final Scenario scenario = HandMade.fastAndSlow(60_000);

    /** Planned with the second model's weight so many times as large. */
    private Plan plannedFor(double factor) {
        ScenarioModel second = scenario.models().get(1);
        var heavier = new ScenarioModel(
                second.name(), second.slo(), new Demand.Weight(factor * second.weight()), second.profile());
        var other = new Scenario(
                scenario.cluster(), List.of(scenario.models().getFirst(), heavier), scenario.profileFingerprint());
        return ((PlanOutcome.Planned) MilpPlanner.plan(other, SETTINGS, Progress.NONE)).plan();
    }

    @Test
    void thePoolsStayAndTheFiguresAreThoseOfTheScenariosWeights() {
        Plan plan = plannedFor(3);
        Plan stated = Reweighting.of(scenario, plan, SETTINGS).with(TUNING);

        assertThat(stated.vgpus()).isEqualTo(plan.vgpus());
        assertThat(stated.models())
                .extracting(ModelPlan::pipelines)
                .isEqualTo(plan.models().stream().map(ModelPlan::pipelines).toList());
        assertThat(stated.models()).extracting(ModelPlan::weight).containsExactly(3.0, 1.0);
        double objective = Math.min(
                stated.models().get(0).throughputPerSecond() / 3,
                stated.models().get(1).throughputPerSecond());
        assertThat(stated.certificate().objective()).isEqualTo(objective);
        assertThat(stated.tuning()).contains(TUNING);
        assertThat(PlanCheck.of(scenario, stated).violations()).isEmpty();
    }

    @Test
    void theBoundHoldsForTheScenariosWeights() {
        Plan best = plannedFor(1);
        Plan stated = Reweighting.of(scenario, plannedFor(3), SETTINGS).with(TUNING);

        assertThat(stated.certificate().bound())
                .isGreaterThanOrEqualTo(best.certificate().objective())
                .isGreaterThan(stated.certificate().objective());
    }

    @Test
    void theWorstServedModelIsNamed() {
        Plan stated = Reweighting.of(scenario, plannedFor(3), SETTINGS).with(TUNING);

        assertThat(stated.certificate().binding())
                .contains("model a is the worst served")
                .doesNotContain("model b is the worst served");
    }
}
