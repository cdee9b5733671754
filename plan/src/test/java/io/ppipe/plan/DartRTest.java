package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DartRTest {
    private static final PlanRules RULES = new PlanRules(3, Goal.THROUGHPUT, false);
    private static final PlanSettings DART_R = PlanSettings.dartR(RULES, 0.2, 1.3);
    private static final PlanSettings FREE = PlanSettings.dartRFree(RULES, 0.2, 1.3);
    private static final PlanSettings NP = PlanSettings.np(RULES, 0.2, 1.3);

    /** 2 fast GPUs and 3 slow ones; fast: 2 ms for either block; slow: 2 ms for the first, 20 ms for the second. */
    private static SmallCase small() {
        return new SmallCase()
                .gpus("fast", 2)
                .gpus("slow", 3)
                .model("m", 30_000, 1)
                .micros("fast", 2_000, 2_000)
                .micros("slow", 2_000, 20_000);
    }

    private static PlanOutcome outcome(Scenario scenario, PlanSettings settings) {
        var rates = Collections.nCopies(scenario.models().size(), 500.0);
        return MilpPlanner.plan(scenario, settings.stoppingAt(1e-6, 30).withRates(rates), Progress.NONE);
    }

    private static Plan plan(Scenario scenario, PlanSettings settings) {
        return ((PlanOutcome.Planned) outcome(scenario, settings)).plan();
    }

    private static List<String> described(Plan plan, int model) {
        return plan.models().get(model).pipelines().stream()
                .map(p -> String.join(
                        " + ",
                        p.stages().stream()
                                .map(s -> "%d %s [%d,%d)"
                                        .formatted(s.vgpuCount(), s.gpuClass(), s.firstBlock(), s.endBlock()))
                                .toList()))
                .toList();
    }

    @Test
    void chainsEachFastGpuWithASlowOneInTheBetterOrderAndRunsWholeModelsOnTheRest() {
        Plan plan = plan(small().scenario(), DART_R);

        assertThat(described(plan, 0)).containsExactlyInAnyOrder("1 slow [0,2)", "2 slow [0,1) + 2 fast [1,2)");
        assertThat(plan.algorithm()).isEqualTo("dart-r");
        assertThat(plan.certificate().solver()).isEqualTo("rule");
        assertThat(plan.certificate().gap()).isZero();
    }

    @Test
    void runsWholeModelsWhereTwoGpusServeMoreSo() {
        Scenario scenario =
                small().micros("slow", 9_000, 9_000).scenario(); // a chain would serve 1000/9 of 1000/4 + 1000/18

        assertThat(described(plan(scenario, DART_R), 0)).containsExactlyInAnyOrder("2 fast [0,2)", "3 slow [0,2)");
    }

    @Test
    void slowGpusThatNpLeavesAreSharedEquallyAndRoundedDown() {
        Scenario scenario = small().gpus("slow", 5)
                .model("n", 30_000, 1)
                .micros("fast", 2_000, 2_000)
                .micros("slow", 2_000, 40_000) // too slow to be whole on it
                .model("m", 30_000, 1)
                .micros("slow", 2_000, 40_000)
                .scenario();
        Plan plan = plan(scenario, DART_R);

        // two each, of which one has a fast partner; the fifth idles
        assertThat(described(plan, 0)).containsExactly("1 slow [0,1) + 1 fast [1,2)");
        assertThat(described(plan, 1)).isEqualTo(described(plan, 0));
    }

    @Test
    void withThreeClassesTheSlowClassThatGainsMostIsChainedFirst() {
        Scenario scenario = small().gpus("slow", 1)
                .gpus("middle", 1)
                .micros("middle", 2_500, 10_000)
                .scenario();

        assertThat(described(plan(scenario, DART_R), 0))
                .containsExactlyInAnyOrder("1 slow [0,1) + 1 fast [1,2)", "1 middle [0,1) + 1 fast [1,2)");
        Scenario oneFast = small().gpus("fast", 1)
                .gpus("slow", 1)
                .gpus("middle", 1)
                .micros("middle", 2_500, 10_000)
                .scenario();
        assertThat(described(plan(oneFast, DART_R), 0))
                .containsExactlyInAnyOrder("1 middle [0,2)", "1 slow [0,1) + 1 fast [1,2)");
    }

    @Test
    void withOneClassItIsNp() {
        Scenario scenario = new SmallCase()
                .gpus("fast", 3)
                .model("m", 30_000, 1)
                .micros("fast", 2_000, 2_000)
                .scenario();

        assertThat(plan(scenario, DART_R).models().getFirst().pipelines())
                .isEqualTo(plan(scenario, NP).models().getFirst().pipelines());
    }

    @Test
    void liesBetweenNpAndTheFreeChoiceAndThatBelowPools() {
        int planned = 0;
        for (long seed = 1; seed <= 60; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            if (outcome(scenario, NP) instanceof PlanOutcome.Planned(Plan np, var _)) {
                Plan dartR = plan(scenario, DART_R);
                Plan free = plan(scenario, FREE);
                Plan ppipe = plan(scenario, PlanSettings.ppipe(RULES, 0.2, 1.3));
                assertThat(List.of(
                                np.certificate().objective(),
                                dartR.certificate().objective() * (1 + 1e-6),
                                free.certificate().objective() * (1 + 2e-6),
                                ppipe.certificate().objective() * (1 + 3e-6)))
                        .as("seed %d", seed)
                        .isSorted();
                for (Plan plan : List.of(dartR, free)) {
                    assertThat(PlanCheck.of(scenario, plan).violations())
                            .as("seed %d", seed)
                            .isEmpty();
                    assertThat(plan.models())
                            .flatExtracting(ModelPlan::pipelines)
                            .as("seed %d", seed)
                            .allMatch(DartRTest::aWholeModelOrChainsOfAsManyFastAsSlow);
                }
                planned++;
            }
        }
        assertThat(planned).isGreaterThan(20);
    }

    private static boolean aWholeModelOrChainsOfAsManyFastAsSlow(Pipeline pipeline) {
        List<Stage> stages = pipeline.stages();
        boolean whole = stages.stream().allMatch(s -> s.sharesPerGpu() == 1);
        boolean chains = stages.size() == 2
                && stages.get(0).vgpuCount() == stages.get(1).vgpuCount()
                && !stages.get(0).gpuClass().equals(stages.get(1).gpuClass());
        return whole && (stages.size() == 1 || chains);
    }

    @Test
    void aModelThatNoGpuServesWholeHasFreeChainsOnly() {
        Scenario scenario = small().model("m", 5_400, 1) // 0.8 of it: less than 2 ms more than a block
                .micros("fast", 2_500, 2_500)
                .micros("slow", 1_500, 20_000)
                .scenario();

        assertThat(((PlanOutcome.Infeasible) outcome(scenario, DART_R)).reason())
                .startsWith("DART-r begins with whole models. Model m has no feasible pipeline");
        assertThat(described(plan(scenario, FREE), 0)).containsExactly("2 slow [0,1) + 2 fast [1,2)");
    }

    @Test
    void doesNotKnowCostsNorServerLoss() {
        for (var rules : List.of(new PlanRules(2, Goal.COST, false), new PlanRules(2, Goal.THROUGHPUT, true))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PlanSettings.dartR(rules, 0.2, 1.3))
                    .withMessageContaining("throughput only");
        }
    }
}
