package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Goal;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;

/** Calls the planner for the commands, and turns its outcomes into plans or errors. */
final class Planning {
    static final String PPIPE = PlanSettings.PPIPE;
    static final String NP = PlanSettings.NP;

    /** The paper's: two stages, max-min throughput. */
    static final PlanRules RULES = new PlanRules(2, Goal.THROUGHPUT, false);

    /** The paper's: part of the SLO kept for queueing. */
    static final double MARGIN = 0.4;

    /** The paper's f: collecting a batch of n at rate λ is expected to take f · (n − 1) ÷ λ. */
    static final double BATCH_BUILDING_FACTOR = 1.3;

    private Planning() {}

    /** Plans with the paper's rules. */
    static Plan plan(Scenario scenario, String algorithm, Progress progress) {
        return plan("Demo", scenario, settings(algorithm, RULES, MARGIN, BATCH_BUILDING_FACTOR), progress);
    }

    static PlanSettings settings(String algorithm, PlanRules rules, double margin, double batchBuildingFactor) {
        return switch (algorithm) {
            case PPIPE -> PlanSettings.ppipe(rules, margin, batchBuildingFactor);
            case NP -> PlanSettings.np(rules, margin, batchBuildingFactor);
            case PlanSettings.DART_R -> PlanSettings.dartR(rules, margin, batchBuildingFactor);
            case PlanSettings.DART_R_FREE -> PlanSettings.dartRFree(rules, margin, batchBuildingFactor);
            default ->
                throw new BadInputException("--algorithm '%s' is not one of [%s, %s, %s, %s]."
                        .formatted(algorithm, PPIPE, NP, PlanSettings.DART_R, PlanSettings.DART_R_FREE));
        };
    }

    /**
     * Plans.
     *
     * @param where what asks for this plan, as an error names it: the workload's file
     * @throws BadInputException when no plan keeps the SLOs, or none was found in time
     */
    static Plan plan(String where, Scenario scenario, PlanSettings settings, Progress progress) {
        return planned(where, MilpPlanner.plan(scenario, settings, progress)).plan();
    }

    /** Returns what was planned, or says in one line why nothing was. */
    static PlanOutcome.Planned planned(String where, PlanOutcome outcome) {
        return switch (outcome) {
            case PlanOutcome.Planned planned -> planned;
            case PlanOutcome.Infeasible(String reason) ->
                throw new BadInputException("%s: %s `ppipe plan explain` says more.".formatted(where, reason));
            case PlanOutcome.OutOfTime(double seconds) ->
                throw new BadInputException(
                        "%s: no plan was found within %s s. Maybe a longer --time-limit, or fewer stages."
                                .formatted(where, Numbers.plain(seconds)));
        };
    }
}
