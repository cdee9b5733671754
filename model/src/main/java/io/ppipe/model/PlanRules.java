package io.ppipe.model;

/**
 * The rules under which a whole plan was made (see {@code docs/ARCHITECTURE.md}, "The path of a plan"). Those of a single
 * model are its {@link ModelRules}.
 *
 * @param maxStages most stages of a pipeline; at least 1. 1 = no partitioning
 * @param surviveServerLoss whether the plan, unchanged, still delivers every model's throughput when any one server is
 *     lost (N+1)
 */
public record PlanRules(int maxStages, Goal goal, boolean surviveServerLoss) {
    public PlanRules {
        Checks.atLeast("Maximum number of stages", maxStages, 1);
    }
}
