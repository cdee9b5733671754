package io.ppipe.plan;

import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.Scenario;

/** What came out of one attempt to plan. */
public sealed interface PlanOutcome {
    /**
     * A plan that has passed {@link PlanCheck}.
     *
     * @param effort what it took: for reports, not for plans, since it differs from run to run
     */
    record Planned(Plan plan, Effort effort) implements PlanOutcome {
        /** Checks a plan that was begun at {@code startNanos}. */
        static Planned checked(Scenario scenario, Plan plan, int templates, long startNanos) {
            PlanCheck check = PlanCheck.of(scenario, plan);
            if (!check.good()) {
                throw new AssertionError("The planner made a plan that breaks its rules: " + check.violations());
            }
            return new Planned(plan, new Effort((System.nanoTime() - startNanos) / 1e9, templates));
        }
    }

    /** @param reason which model can't be served within its SLO or demand, and what would help */
    record Infeasible(String reason) implements PlanOutcome {}

    /** The search was stopped before any plan was found: by its limit, or by somebody. */
    record OutOfTime(double limitSeconds) implements PlanOutcome {}

    /**
     * @param seconds from start to end
     * @param templates feasible pipelines that were candidates, after dominance
     */
    record Effort(double seconds, int templates) {}
}
