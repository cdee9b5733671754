package io.ppipe.plan;

import io.ppipe.model.Plan;

/** What came out of one attempt to plan. */
public sealed interface PlanOutcome {
    /** A plan that has passed {@link io.ppipe.model.PlanCheck}. */
    record Planned(Plan plan) implements PlanOutcome {}

    /** @param reason which model can't be served within its SLO, and how fast it could be at best */
    record Infeasible(String reason) implements PlanOutcome {}

    /** The limit passed before any plan was found. */
    record OutOfTime(double limitSeconds) implements PlanOutcome {}
}
