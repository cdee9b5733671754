package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Progress;
import io.ppipe.model.Provenance;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import io.ppipe.plan.ModelExplanation.Cause;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two blocks: the first is as fast on the slow class, the second four times as slow there. */
class ExplanationTest {
    private static final long MIB = 1 << 20;
    private static final long FAST_MIB = 1_000;

    private static PlanSettings settings(int maxStages, double margin) {
        return PlanSettings.ppipe(new PlanRules(maxStages, Goal.THROUGHPUT, false), margin, 1.3);
    }

    private static Scenario scenario(long sloMicros, long fastMemoryMib, Demand demand) {
        var classes = List.of(gpuClass("fast", 1, fastMemoryMib), gpuClass("slow", 3, 4_000));
        var blocks = List.of(new Block("a", "a", 1, 600 * MIB, 0), new Block("b", "b", 1, 600 * MIB, 0));
        // 1250 bytes on 1 Gbit/s: 10 us
        var profile = new ModelProfile(
                "m",
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                blocks,
                List.of(new Cut(List.of(), 1250)),
                List.of(table("fast", 1_000, 1_000), table("slow", 1_000, 4_000)),
                "");
        var model = new ScenarioModel("m", new Slo(sloMicros, 0.99), demand, profile);
        return new Scenario(new Cluster("two", classes, 1), List.of(model), "f");
    }

    private static Scenario scenario(long sloMicros) {
        return scenario(sloMicros, 4_000, new Demand.Weight(1));
    }

    private static GpuClass gpuClass(String name, int count, long memoryMib) {
        return new GpuClass(
                name,
                count,
                1,
                memoryMib * MIB,
                List.of(1),
                Sharing.MPS,
                1e9,
                new Price(1, Price.Unit.GPU),
                new Executor.Cpu(1));
    }

    private static LatencyTable table(String gpuClass, long first, long second) {
        return new LatencyTable(
                gpuClass,
                1,
                List.of(1, 2),
                List.of(List.of(first, 2 * first), List.of(second, 2 * second)),
                new Provenance(Provenance.Kind.IMPORTED, "hand", "hand", ""));
    }

    private static ModelExplanation explained(Scenario scenario, PlanSettings settings) {
        return Explanation.of(scenario, settings).models().getFirst();
    }

    private static String plannersReason(Scenario scenario, PlanSettings settings) {
        return ((PlanOutcome.Infeasible) MilpPlanner.plan(scenario, settings, Progress.NONE)).reason();
    }

    @Test
    void anSloThatNothingMeetsIsTheCause() {
        ModelExplanation model = explained(scenario(1_500), settings(2, 0.4));

        assertThat(model.cause()).isEqualTo(Cause.SLO);
        assertThat(model.fastest().orElseThrow().latencyMicros()).isEqualTo(2_000);
        assertThat(model.feasibleMargin()).isEmpty();
        assertThat(model.feasibleSloMillis())
                .hasValueSatisfying(ms -> assertThat(ms).isBetween(3.333, 3.335));
        assertThat(model.reason()).isEqualTo(plannersReason(scenario(1_500), settings(2, 0.4)));
        assertThat(explained(scenario(3_335), settings(2, 0.4)).cause()).isEqualTo(Cause.NONE);
    }

    @Test
    void aMarginThatLeavesTooLittleIsTheCause() {
        ModelExplanation model = explained(scenario(2_500), settings(2, 0.4));

        assertThat(model.cause()).isEqualTo(Cause.MARGIN);
        assertThat(model.feasibleMargin()).hasValueSatisfying(m -> assertThat(m).isBetween(0.1999, 0.2001));
        assertThat(model.reason())
                .contains("1.500 ms are left", "margin of 0.200", "at least 3.334 ms")
                .isEqualTo(plannersReason(scenario(2_500), settings(2, 0.4)));
        assertThat(explained(scenario(2_500), settings(2, 0.2)).cause()).isEqualTo(Cause.NONE);
    }

    @Test
    void memoryOfTheOnlyClassThatIsFastEnoughIsTheCause() {
        Scenario scenario = scenario(4_000, FAST_MIB, new Demand.Weight(1));

        ModelExplanation model = explained(scenario, settings(1, 0.2));

        assertThat(model.cause()).isEqualTo(Cause.MEMORY);
        assertThat(model.fastestWithAnyMemory().latencyMicros()).isEqualTo(2_000);
        assertThat(model.fastest().orElseThrow().latencyMicros()).isEqualTo(5_000);
        assertThat(model.memoryLimits()).singleElement().satisfies(limit -> {
            assertThat(limit.gpuClass()).isEqualTo("fast");
            assertThat(limit.mostBlocks()).isEqualTo(1);
        });
        assertThat(model.reason())
                .contains("needs 1200 MiB", "a GPU of class fast has 1000 MiB", "more stages")
                .isEqualTo(plannersReason(scenario, settings(1, 0.2)));
        assertThat(explained(scenario, settings(2, 0.2)).cause())
                .as("in two stages")
                .isEqualTo(Cause.NONE);
    }

    @Test
    void aDemandBeyondTheClusterIsTheCause() {
        var cost = PlanSettings.ppipe(new PlanRules(2, Goal.COST, false), 0.2, 0);
        Scenario scenario = scenario(10_000, 4_000, new Demand.Rate(10_000));

        Explanation explanation = Explanation.of(scenario, cost);

        assertThat(explanation.demandServed().orElseThrow()).isBetween(0.1, 0.2);
        assertThat(explanation.reason()).contains("of the demand").isEqualTo(plannersReason(scenario, cost));
    }

    @Test
    void saysWhatThereIsToChooseFrom() {
        Explanation explanation = Explanation.of(scenario(4_000), settings(2, 0.2));

        assertThat(explanation.reason()).isEmpty();
        ModelExplanation model = explanation.models().getFirst();
        assertThat(model.wholeModel()).hasSize(2);
        assertThat(model.wholeModel().getFirst().requestsPerGpu()).isEqualTo(500);
        assertThat(model.wholeModel().getLast().inTime()).isFalse();
        assertThat(model.wholeModel().getLast().fastestMicros()).hasValue(5_000.0);
        Explanation.Choice choice = explanation.choices().getFirst();
        // fast; fast, fast; slow, fast: at batch size 1
        assertThat(choice.count()).isEqualTo(3);
        assertThat(choice.countIsAll()).isTrue();
        assertThat(choice.stages())
                .extracting(ModelExplanation.StageOn::gpuClass)
                .containsExactly("slow", "fast");
        assertThat(choice.gpusPerRequest()).containsExactly(0.001, 0.001);
    }

    @Test
    void theFastestPipelineIsWhereFeasibilityBegins() {
        for (long seed = 1; seed <= 60; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            PlanSettings settings = settings(3, 0.5);
            for (int k = 0; k < scenario.models().size(); k++) {
                ModelExplanation model = ModelExplanation.of(scenario, settings, settings.rulesOf(k, 500), k);
                double fastest = model.fastest().orElseThrow().latencyMicros();
                boolean fits = fastest <= model.leftMicros();
                assertThat(model.cause() == Cause.NONE)
                        .as("seed %d, model %d: %s us of %s us", seed, k, fastest, model.leftMicros())
                        .isEqualTo(fits);
            }
        }
    }
}
