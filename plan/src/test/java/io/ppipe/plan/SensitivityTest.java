package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Cluster;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SensitivityTest {
    private static final double ROUNDING = 1e-6;

    private static PlanSettings settings(Scenario scenario) {
        return PlanSettings.ppipe(new PlanRules(2, Goal.THROUGHPUT, false), 0.2, 1.3)
                .stoppingAt(1e-6, 30)
                .withRates(Collections.nCopies(scenario.models().size(), 500.0));
    }

    private static Scenario withMoreGpus(Scenario scenario, int times) {
        List<GpuClass> classes = scenario.cluster().classes().stream()
                .map(g -> new GpuClass(
                        g.name(),
                        g.count() * times,
                        g.gpusPerServer(),
                        g.memoryBytes(),
                        g.shares(),
                        g.sharing(),
                        g.nicBitsPerSecond(),
                        g.price(),
                        g.executor()))
                .toList();
        return new Scenario(new Cluster("more", classes, 1), scenario.models(), scenario.profileFingerprint());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20})
    void aWholeGpuNeverBringsTheBoundMoreThanTheDual(long firstSeed) {
        int same = 0;
        for (long seed = firstSeed; seed < firstSeed + 20; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            if (MilpPlanner.plan(scenario, settings(scenario), Progress.NONE)
                    instanceof PlanOutcome.Planned(Plan plan, var _)) {
                Sensitivity sensitivity =
                        Sensitivity.of(scenario, settings(scenario), plan, Progress.NONE, StopSignal.never());
                double rounding = ROUNDING * sensitivity.bound();
                for (Sensitivity.Gain gain : sensitivity.perGpu()) {
                    assertThat(gain.resolved())
                            .as("seed %d: %s", seed, gain)
                            .isBetween(0.0, gain.dual().orElseThrow() + rounding);
                    assertThat(gain.planned().orElseThrow())
                            .as("seed %d: %s", seed, gain)
                            .isBetween(0.0, sensitivity.bound() + gain.resolved() - sensitivity.objective() + rounding);
                    same += gain.resolved() >= gain.dual().orElseThrow() - rounding ? 1 : 0;
                }
                assertThat(sensitivity.perSloMillisecond())
                        .hasSameSizeAs(scenario.models())
                        .allSatisfy(gain -> assertThat(gain.resolved()).isNotNegative());
            }
        }
        assertThat(same).as("duals that hold for a whole GPU").isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 7, 11})
    void amongManyGpusOneMoreBringsWhatTheDualSays(long seed) {
        Scenario scenario = withMoreGpus(RandomScenario.of(seed), 1_000);
        if (MilpPlanner.plan(scenario, settings(scenario).stoppingAt(1e-3, 30), Progress.NONE)
                instanceof PlanOutcome.Planned(Plan plan, var _)) {
            Sensitivity sensitivity = Sensitivity.of(
                    scenario, settings(scenario).stoppingAt(1e-3, 30), plan, Progress.NONE, StopSignal.never());
            for (Sensitivity.Gain gain : sensitivity.perGpu()) {
                assertThat(gain.resolved())
                        .as("seed %d: %s", seed, gain)
                        .isBetween(
                                gain.dual().orElseThrow() - ROUNDING * sensitivity.bound(),
                                gain.dual().orElseThrow() + ROUNDING * sensitivity.bound());
            }
        }
    }
}
