package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.schedule.DeferredPart;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole runs over random plans, loads, noise and faults. A failure names the seed, which alone makes the run. */
class SimulatorPropertyTest {
    private static final int SEEDS = 100;

    static Stream<Arguments> policiesAndFirstSeeds() {
        return Stream.of(PolicyName.values())
                .flatMap(policy -> Stream.of(1, 1_001, 2_001).map(seed -> Arguments.of(policy, seed)));
    }

    private static WorldSettings noise(long seed) {
        var random = new SplittableRandom(seed);
        return new WorldSettings(
                random.nextDouble(0.3),
                random.nextDouble(0.1),
                random.nextDouble(0.1),
                random.nextDouble(0.2),
                random.nextInt(3),
                random.nextDouble(1, 4),
                List.of());
    }

    private static SchedulerSettings careful(long seed) {
        var random = new SplittableRandom(seed);
        return new SchedulerSettings(
                random.nextBoolean() ? 0 : random.nextDouble(0.3),
                random.nextInt(4) == 0 ? 5 : 65_536,
                random.nextInt(3) == 0 ? random.nextInt(500) : 0,
                List.of());
    }

    @ParameterizedTest
    @MethodSource("policiesAndFirstSeeds")
    void keepsEveryInvariantWhenTimesAreExact(PolicyName policy, int firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            var run = new RecordedRun(seed, policy, careful(seed), RandomPlan.of(seed), WorldSettings.EXACT);
            new RunInvariants(run).check();
        }
    }

    @ParameterizedTest
    @MethodSource("policiesAndFirstSeeds")
    void keepsEveryInvariantUnderNoise(PolicyName policy, int firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            var run = new RecordedRun(seed, policy, careful(seed), RandomPlan.of(seed), noise(seed));
            new RunInvariants(run).check();
        }
    }

    @ParameterizedTest
    @MethodSource("policiesAndFirstSeeds")
    void keepsEveryInvariantWhenVgpusAndServersAreLostAndPlansChange(PolicyName policy, int firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            new RunInvariants(faulty(seed, policy, WorldSettings.EXACT)).check();
        }
    }

    @ParameterizedTest
    @MethodSource("policiesAndFirstSeeds")
    void keepsEveryInvariantUnderNoiseAndFaults(PolicyName policy, int firstSeed) {
        for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
            new RunInvariants(faulty(seed, policy, noise(seed))).check();
        }
    }

    private static RecordedRun faulty(long seed, PolicyName policy, WorldSettings settings) {
        RandomPlan random = RandomPlan.of(seed);
        List<Fault> faults = RandomFaults.of(seed, random, policy != PolicyName.REACTIVE);
        return new RecordedRun(seed, policy, careful(seed), random, settings.withFaults(faults));
    }

    @ParameterizedTest
    @EnumSource
    void keepsEveryInvariantWithoutAnyPartOfTheDeferredPolicy(DeferredPart part) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var run = new RecordedRun(
                    seed,
                    PolicyName.DEFERRED,
                    careful(seed).withoutParts(List.of(part)),
                    RandomPlan.of(seed),
                    WorldSettings.EXACT);
            new RunInvariants(run).check();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "DEFERRED")
    void noVgpuIdlesWhileARequestWaitsThatItCouldStillServe(PolicyName policy) {
        for (long seed = 1; seed <= 3 * SEEDS; seed++) {
            var run = new RecordedRun(
                    seed,
                    policy,
                    SchedulerSettings.DEFAULT,
                    RandomPlan.of(seed, RandomPlan.Bounds.SINGLE),
                    WorldSettings.EXACT);
            new RunInvariants(run).noVgpuIdlesWhileItCouldServe();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameSeedGivesTheSameDecisionsAndTheSameReport(PolicyName policy) {
        for (long seed = 1; seed <= 30; seed++) {
            RecordedRun once = faulty(seed, policy, noise(seed));
            RecordedRun again = faulty(seed, policy, noise(seed));

            assertThat(once.decisionTexts()).as("%s", once).isEqualTo(again.decisionTexts());
            assertThat(once.report.toString()).as("%s", once).isEqualTo(again.report.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordedRunReplayedToAFreshSchedulerGivesTheSameDecisions(PolicyName policy) {
        for (long seed = 1; seed <= 30; seed++) {
            RecordedRun run = faulty(seed, policy, noise(seed));

            assertThat(run.replayed(careful(seed))).as("%s", run).isEqualTo(run.decisionTexts());
        }
    }
}
