package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Plans made under the published rules are worth at least what the published plans are. */
class PublishedInstancesTest {
    /** Our GPUs are counted by share too, so that none is split in two ways; that can cost a little. */
    private static final double LEAST_OF_PUBLISHED = 0.995;

    private final PublishedInstances published = new PublishedInstances();

    @BeforeEach
    void needsTheReferenceData() {
        Assumptions.assumeTrue(
                published.present(), "skipped: ../shared/reference with the published plans is not here");
    }

    private static Plan plan(PublishedInstances.Instance instance, PlanSettings settings) {
        PlanOutcome outcome =
                MilpPlanner.plan(instance.scenario(), settings.withRates(instance.rates()), Progress.NONE);
        return ((PlanOutcome.Planned) outcome).plan();
    }

    @Test
    void twoStagePlansReachThePublishedObjective() {
        System.out.println("instance, published, ours, bound, seconds");
        for (var instance : published.instances("maf19-g0")) {
            long start = System.nanoTime();
            Plan plan = plan(
                    instance,
                    PlanSettings.ppipe(instance.rules(), instance.margin(), instance.batchBuildingFactor())
                            .stoppingAt(1e-3, 5));
            double want = published.objective(instance.name(), "ppipe");
            System.out.printf(
                    "%s, %.2f, %.2f, %.2f, %.2f%n",
                    instance.name(),
                    want,
                    plan.certificate().objective(),
                    plan.certificate().bound(),
                    (System.nanoTime() - start) / 1e9);
            assertThat(plan.certificate().objective())
                    .as(instance.name())
                    .isGreaterThanOrEqualTo(LEAST_OF_PUBLISHED * want);
            assertThat(plan.certificate().bound()).isGreaterThanOrEqualTo(LEAST_OF_PUBLISHED * want);
        }
    }

    @Test
    void withoutPartitioningTheObjectiveIsThePublishedOne() {
        for (var instance : published.instances("maf19-g0")) {
            Plan plan = plan(
                    instance, PlanSettings.np(instance.rules(), instance.margin(), instance.batchBuildingFactor()));
            double want = published.objective(instance.name(), "np");
            System.out.printf(
                    "%s np: published %.2f, ours %.2f%n",
                    instance.name(), want, plan.certificate().objective());
            assertThat(plan.certificate().objective()).as(instance.name()).isBetween(0.999 * want, 1.001 * want);
        }
    }
}
