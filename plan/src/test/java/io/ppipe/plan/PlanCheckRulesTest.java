package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Goal;
import io.ppipe.model.PlanCheck;
import org.junit.jupiter.api.Test;

/** The rules of memory, sharing, price and N+1, each on plans made by hand that keep it and that just don't. */
class PlanCheckRulesTest {
    private static PlanCheck check(HandMadePlan plan) {
        return PlanCheck.of(plan.scenario(), plan.plan());
    }

    private static void assertGood(HandMadePlan plan) {
        assertThat(check(plan).violations()).isEmpty();
    }

    private static void assertRefused(HandMadePlan plan, String why) {
        assertThat(check(plan).violations()).hasSize(1).first().asString().contains(why);
    }

    @Test
    void theMarginIsTheModelsOwn() {
        assertGood(new HandMadePlan().margin(0.9).whole("mps", 1, 1, 1, 500).on(0, 0, 0));
        assertRefused(new HandMadePlan().margin(0.94).whole("mps", 1, 1, 1, 500).on(0, 0, 0), "exceeds the SLO");
    }

    @Test
    void aStageTakesWhatWasMeasuredOfItNotTheSumOfItsBlocks() {
        var sum = new HandMadePlan().whole("mps", 1, 1, 1, 500).on(0, 0, 0); // says 2000 us
        assertGood(sum);
        assertGood(sum.measuredWhole(2000, 3000));
        assertRefused(sum.measuredWhole(1999, 3000), "latency_us is 2000, the profile says 1999");
    }

    private static HandMadePlan thirds(long activationBytes) {
        return new HandMadePlan()
                .demand(333)
                .activations(activationBytes)
                .whole("mps", 3, 2, 2, 333)
                .on(0, 0, 0)
                .on(0, 0, 1);
    }

    @Test
    void weightsAndActivationsMustFitIntoTheirShareOfTheMemory() {
        assertGood(thirds(66)); // 200 + 2 · 66 of 333
        assertRefused(thirds(67), "stage 0 needs 334 bytes of memory");
        assertRefused(thirds(Long.MAX_VALUE), "needs 9223372036854775807 bytes");
    }

    private static HandMadePlan halfAndThirdOf(String gpuClass, int halves) {
        double ofHalves = 250.0 * halves;
        var plan = new HandMadePlan()
                .demand(166 + ofHalves)
                .whole(gpuClass, 3, 1, 1, 166)
                .on(0, 0, 0)
                .whole(gpuClass, 2, 1, halves, ofHalves);
        for (int i = 0; i < halves; i++) {
            plan.on(0, 0, 1 + i);
        }
        return plan;
    }

    @Test
    void sharesOfDifferentSizeMayStandOnAGpuOnlyWithMpsAndOnlyUpToAWholeGpu() {
        assertGood(halfAndThirdOf("mps", 1));
        assertRefused(halfAndThirdOf("mps", 2), "GPU 0 of class mps take 1.333 of it");
        assertRefused(halfAndThirdOf("mig", 1), "sharing of its class is mig");
    }

    @Test
    void slotsAreDistinctAndNoMoreThanTheSmallestSharesNeed() {
        var twice = new HandMadePlan().whole("mps", 2, 1, 2, 500).on(0, 0, 0).on(0, 0, 0);
        assertRefused(twice, "slot 0 of GPU 0 of class mps is used twice");
        var third = new HandMadePlan().whole("mps", 2, 1, 2, 500).on(0, 0, 0).on(0, 0, 2);
        assertGood(third);
        var fourth = new HandMadePlan().whole("mps", 2, 1, 2, 500).on(0, 0, 0).on(0, 0, 3);
        assertRefused(fourth, "slot 3 of GPU 0 of class mps");
    }

    private static HandMadePlan cheap() {
        return new HandMadePlan().rules(Goal.COST, false).certified(11, 11);
    }

    @Test
    void thePriceIsThatOfTheGpusAndServersUsed() {
        var plan = cheap().both(2, 2, 2000).on(0, 0, 0).on(0, 1, 0).on(1, 0, 0).on(1, 1, 0);

        assertGood(plan);
        assertThat(check(plan).objective()).as("2 GPUs · 3 + 1 server · 5").isEqualTo(11);
    }

    @Test
    void aPriceThatIsNotWhatIsUsedIsRefused() {
        var twoServers =
                cheap().both(2, 2, 2000).on(0, 0, 0).on(0, 1, 0).on(1, 0, 0).on(1, 2, 0);
        assertRefused(twoServers, "derived is 16.0");
        var oneGpuMore = cheap().both(3, 2, 2000)
                .on(0, 0, 0)
                .on(0, 1, 0)
                .on(0, 2, 0)
                .on(1, 0, 0)
                .on(1, 1, 0);
        assertRefused(oneGpuMore, "derived is 14.0");
    }

    @Test
    void aPriceBelowItsBoundIsRefused() {
        var below = cheap().certified(11, 11.1)
                .both(2, 2, 2000)
                .on(0, 0, 0)
                .on(0, 1, 0)
                .on(1, 0, 0)
                .on(1, 1, 0);
        assertRefused(below, "better than the bound");
        var above = cheap().certified(11, 9)
                .both(2, 2, 2000)
                .on(0, 0, 0)
                .on(0, 1, 0)
                .on(1, 0, 0)
                .on(1, 1, 0);
        assertGood(above);
    }

    @Test
    void aCheapPlanThatDoesNotServeTheDemandIsRefused() {
        var less = cheap().demand(2001)
                .both(2, 2, 2000)
                .on(0, 0, 0)
                .on(0, 1, 0)
                .on(1, 0, 0)
                .on(1, 1, 0);
        assertRefused(less, "less than its demand of 2001.0/s");
    }

    private static HandMadePlan nPlusOne(Goal goal) {
        return new HandMadePlan().rules(goal, true).certified(goal == Goal.COST ? 6 : 1, goal == Goal.COST ? 6 : 1);
    }

    @Test
    void withNPlusOneAnyServerMayBeLost() {
        for (Goal goal : Goal.values()) {
            assertGood(nPlusOne(goal).whole("mps", 1, 1, 2, 500).on(0, 1, 0).on(0, 2, 0));
            assertRefused(
                    nPlusOne(goal).whole("mps", 1, 1, 2, 500).on(0, 0, 0).on(0, 1, 0), "without server 0 of class mps");
        }
    }

    @Test
    void aServerLostTakesFromEveryPoolThatItHolds() {
        var spread = new HandMadePlan()
                .rules(Goal.THROUGHPUT, true)
                .demand(1000)
                .both(2, 2, 1000)
                .on(0, 0, 0)
                .on(0, 2, 0)
                .on(1, 1, 0)
                .on(1, 3, 0);
        assertGood(spread);
        var together = new HandMadePlan()
                .rules(Goal.THROUGHPUT, true)
                .demand(1000)
                .both(2, 2, 1000)
                .on(0, 0, 0)
                .on(0, 2, 0)
                .on(1, 2, 0)
                .on(1, 3, 0);
        assertRefused(together, "without server 1 of class mig its pools deliver 0.0/s");
    }

    @Test
    void whatIsPromisedWithNPlusOneIsWhatIsLeft() {
        var all = new HandMadePlan()
                .rules(Goal.THROUGHPUT, true)
                .demand(750)
                .whole("mps", 1, 1, 2, 750)
                .on(0, 0, 0)
                .on(0, 2, 0);
        assertThat(check(all).violations()).hasSize(2).allMatch(v -> v.contains("500.0/s, less than"));
        assertGood(new HandMadePlan()
                .demand(750)
                .whole("mps", 1, 1, 2, 750)
                .on(0, 0, 0)
                .on(0, 2, 0));
    }
}
