package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;

/** Calls the planner for the commands, and turns its outcomes into plans or errors. */
final class Planning {
    static final String PPIPE = "ppipe";
    static final String NP = "np";

    /** The paper's values: 40 % of the SLO is kept for queueing, f = 1.3, two stages. */
    static final PlanRules RULES = new PlanRules(0.4, 1.3, 2);

    private Planning() {}

    /** Plans with the paper's rules. */
    static Plan plan(Scenario scenario, String algorithm, Progress progress) {
        return plan(scenario, settings(algorithm, RULES), progress);
    }

    static PlanSettings settings(String algorithm, PlanRules rules) {
        return switch (algorithm) {
            case PPIPE -> PlanSettings.ppipe(rules);
            case NP -> PlanSettings.np(rules);
            default ->
                throw new BadInputException("--algorithm '%s' is not one of [%s, %s].".formatted(algorithm, PPIPE, NP));
        };
    }

    /** @throws BadInputException when no plan keeps the SLOs, or none was found in time */
    static Plan plan(Scenario scenario, PlanSettings settings, Progress progress) {
        return switch (MilpPlanner.plan(scenario, settings, progress)) {
            case PlanOutcome.Planned(Plan plan) -> plan;
            case PlanOutcome.Infeasible(String reason) -> throw new BadInputException(reason);
            case PlanOutcome.OutOfTime(double seconds) ->
                throw new BadInputException(
                        "No plan was found within %s s. Maybe a longer --time-limit, or fewer stages."
                                .formatted(seconds));
        };
    }
}
