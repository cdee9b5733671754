package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Certificate.Ended;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Sharing;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How planning ends: by its gap, by time, by hand, or with the reason why there is no plan. */
class PlannerLimitsTest {
    private static final PlanRules RULES = new PlanRules(2, Goal.THROUGHPUT, false);

    private static PlanSettings settings(Scenario scenario, PlanRules rules) {
        var rates = Collections.nCopies(scenario.models().size(), 500.0);
        return PlanSettings.ppipe(rules, 0.2, 1.3).stoppingAt(1e-4, 20).withRates(rates);
    }

    private static PlanOutcome outcome(Scenario scenario, PlanRules rules) {
        return MilpPlanner.plan(scenario, settings(scenario, rules), Progress.NONE);
    }

    private static Plan plan(Scenario scenario) {
        return ((PlanOutcome.Planned) outcome(scenario, RULES)).plan();
    }

    private static String reason(PlanOutcome outcome) {
        return ((PlanOutcome.Infeasible) outcome).reason();
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 3, 5})
    void twoRunsThatEndByTheirGapGiveEqualPlans(long seed) {
        Scenario scenario = RandomScenario.large(seed, 3, 12);
        PlanSettings settings = PlanSettings.ppipe(RULES, 0.2, 1.3).stoppingAt(0.05, 60);

        Plan once = ((PlanOutcome.Planned) MilpPlanner.plan(scenario, settings, Progress.NONE)).plan();
        Plan again = ((PlanOutcome.Planned) MilpPlanner.plan(scenario, settings, Progress.NONE)).plan();

        assertThat(once.certificate().ended()).isIn(Ended.GAP, Ended.EXHAUSTED);
        assertThat(again).isEqualTo(once);
        assertThat(again.toString()).isEqualTo(once.toString());
    }

    @Test
    void aPlanThatTimeCutShortSaysSoAndKeepsTheRules() {
        Scenario scenario = RandomScenario.large(1, 8, 60);
        PlanSettings settings =
                settings(scenario, new PlanRules(3, Goal.THROUGHPUT, false)).stoppingAt(0, 1);
        int planned = 0;
        for (double seconds : new double[] {0.05, 0.5, 2}) {
            switch (MilpPlanner.plan(scenario, settings.stoppingAt(0, seconds), Progress.NONE)) {
                case PlanOutcome.Planned(Plan plan, var _) -> {
                    assertThat(plan.certificate().ended()).as("%s s", seconds).isEqualTo(Ended.TIME_LIMIT);
                    assertThat(PlanCheck.of(scenario, plan).violations()).isEmpty();
                    planned++;
                }
                case PlanOutcome.OutOfTime(double limit) -> assertThat(limit).isEqualTo(seconds);
                case PlanOutcome.Infeasible(String reason) -> throw new AssertionError(reason);
            }
        }
        assertThat(planned).isPositive();
    }

    @Test
    void stoppingByHandKeepsTheBestPlanSoFar() {
        Scenario scenario = RandomScenario.large(1, 8, 60);
        PlanSettings settings =
                settings(scenario, new PlanRules(3, Goal.THROUGHPUT, false)).stoppingAt(0, 60);
        var stop = new StopSignal();
        // stopped by the progress itself, so that no test sleeps
        Progress impatient = (what, _, _) -> {
            if (what.startsWith("planning: best")) {
                stop.request();
            }
        };

        PlanOutcome outcome = MilpPlanner.plan(scenario, settings, impatient, stop);

        Plan plan = ((PlanOutcome.Planned) outcome).plan();
        assertThat(plan.certificate().ended()).isEqualTo(Ended.INTERRUPT);
        assertThat(PlanCheck.of(scenario, plan).violations()).isEmpty();
    }

    @Test
    void stoppingBeforeTheBeginningGivesNoPlan() {
        Scenario scenario = RandomScenario.large(1, 2, 5);
        var stop = new StopSignal();
        stop.request();

        assertThat(MilpPlanner.plan(scenario, settings(scenario, RULES), Progress.NONE, stop))
                .isInstanceOf(PlanOutcome.OutOfTime.class);
    }

    private static SmallCase oddShares(int count, Integer... shares) {
        return new SmallCase()
                .gpus("gpu", count, 2, Sharing.MPS, Price.UNKNOWN, shares)
                .model("m", 60_000, 2)
                .micros("gpu", 1_200, 900)
                .model("n", 50_000, 3)
                .micros("gpu", 700, 1_700);
    }

    @Test
    void sharesThatDoNotPackAreStillAPlan() {
        for (int count = 2; count <= 6; count++) {
            Scenario scenario = oddShares(count, 1, 2, 3, 5, 7).scenario();
            assertThat(PlanCheck.of(scenario, plan(scenario)).violations()).isEmpty();
            Scenario odd = oddShares(count, 2, 3, 5, 7).scenario();
            assertThat(PlanCheck.of(odd, plan(odd)).violations()).isEmpty();
        }
    }

    @Test
    void aLatencyThatFallsWithTheBatchSizeIsTaken() {
        Scenario scenario = new SmallCase()
                .gpus("gpu", 1)
                .model("m", 30_000, 1)
                .table("gpu", List.of(List.of(4_000L, 3_000L, 9_000L), List.of(2_000L, 1_000L, 1_000L)))
                .scenario();

        ModelPlan model = plan(scenario).models().getFirst();

        assertThat(model.pipelines()).extracting(Pipeline::batchSize).containsExactly(2);
        assertThat(model.throughputPerSecond()).isEqualTo(500);
    }

    @Test
    void aBatchSizeThatOnlyOneClassHasIsUsedThere() {
        Scenario scenario = new SmallCase()
                .gpus("fast", 1)
                .gpus("slow", 1)
                .model("m", 60_000, 1)
                .table("fast", List.of(List.of(4_000L, 4_100L, 4_200L), List.of(4_000L, 4_100L, 4_200L)))
                .table("slow", List.of(List.of(9_000L), List.of(9_000L)))
                .scenario();

        List<Pipeline> pipelines = plan(scenario).models().getFirst().pipelines();

        assertThat(pipelines).extracting(Pipeline::batchSize).containsExactlyInAnyOrder(1, 3);
        assertThat(pipelines).allSatisfy(p -> assertThat(p.stages()).hasSize(1));
    }

    @Test
    void aModelOfOneBlockHasWholePipelinesOnly() {
        Scenario scenario = new SmallCase()
                .gpus("fast", 2)
                .gpus("slow", 2)
                .model("m", 60_000, 1)
                .micros("fast", 4_000)
                .micros("slow", 8_000)
                .scenario();

        Plan plan = ((PlanOutcome.Planned) outcome(scenario, new PlanRules(3, Goal.THROUGHPUT, false))).plan();

        assertThat(plan.certificate().objective()).isEqualTo(750);
        assertThat(plan.models().getFirst().pipelines())
                .allSatisfy(p -> assertThat(p.stages()).hasSize(1));
    }

    @Test
    void threeModelsOnOneGpuAreTooMany() {
        var small = new SmallCase().gpus("gpu", 1);
        for (String name : List.of("a", "b", "c")) {
            small.model(name, 60_000, 1).micros("gpu", 1_000, 1_000);
        }

        assertThat(reason(outcome(small.scenario(), RULES)))
                .contains("too few GPUs to serve all 3 models", "Add GPUs or serve fewer models");
    }

    private static String reasonOfTwiceTheDemand() {
        Scenario scenario = new SmallCase()
                .gpus("gpu", 2, 1, Sharing.MPS, new Price(1, Price.Unit.GPU), 1)
                .model("m", 60_000, 4_000)
                .micros("gpu", 500, 500)
                .scenario();
        return reason(outcome(scenario, new PlanRules(2, Goal.COST, false)));
    }

    @Test
    void moreDemandThanTheClusterCanServeSaysWhichPartOfItItCan() {
        assertThat(reasonOfTwiceTheDemand()).contains("at most 50.0 % of the demand");
    }

    @Test
    void demandThatOnlyFractionsOfGpusCouldServeIsSaidToBeTooMuchAsWell() {
        var small = new SmallCase().gpus("gpu", 1, 1, Sharing.MPS, new Price(1, Price.Unit.GPU), 1);
        for (String name : List.of("a", "b")) {
            small.model(name, 60_000, 300).micros("gpu", 500, 500);
        }

        assertThat(reason(outcome(small.scenario(), new PlanRules(2, Goal.COST, false))))
                .contains("GPUs");
    }

    @Test
    void aNumberInAReasonIsWrittenTheSameWayEverywhere() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(reasonOfTwiceTheDemand()).contains("at most 50.0 % of the demand");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void oneClassOfOneGpuWithOneModelIsPlanned() {
        Scenario scenario = new SmallCase()
                .gpus("gpu", 1)
                .model("m", 60_000, 1)
                .micros("gpu", 1_000, 1_000)
                .scenario();

        Plan plan = plan(scenario);

        assertThat(plan.certificate().objective()).isEqualTo(500);
        assertThat(plan.certificate().binding()).contains("all 1 GPUs of class gpu are used");
        assertThat(scenario.cluster().classes()).extracting(GpuClass::count).containsExactly(1);
    }
}
