package io.ppipe.bench;

import io.ppipe.bench.PlanTask.Terms;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;
import java.util.List;
import java.util.Optional;

/**
 * One timed call of the planner, its plan checked again. The only class here that knows the planner.
 *
 * @param plan empty when there is none, or a broken one
 * @param failure why there is none, in words; else ""
 * @param broken whether the planner made a plan that breaks its rules
 * @param seconds what the planner took, without the check
 */
record PlannerRun(Optional<Plan> plan, String failure, boolean broken, double seconds) {
    static final List<String> ALGORITHMS =
            List.of(PlanSettings.PPIPE, PlanSettings.NP, PlanSettings.DART_R, PlanSettings.DART_R_FREE);

    /** Returns what ended the search, or what came instead of a plan, in a word or two. */
    String endedBy() {
        return plan.map(p -> switch (p.certificate().ended()) {
                    case GAP -> "gap";
                    case EXHAUSTED -> "exhausted";
                    case TIME_LIMIT -> "time";
                    case INTERRUPT -> "interrupt";
                })
                .orElse(broken ? "BROKEN" : "no plan");
    }

    /** Plans, and checks the plan. */
    static PlannerRun of(PlanTask task, String algorithm, double gap, double limitSeconds, Progress progress) {
        PlanSettings settings = settings(task, algorithm).stoppingAt(gap, limitSeconds);
        long start = System.nanoTime();
        PlanOutcome outcome;
        try {
            outcome = MilpPlanner.plan(task.scenario(), settings, progress);
        } catch (AssertionError e) { // the planner contradicts itself: a row of this table, and its exit code
            return new PlannerRun(Optional.empty(), String.valueOf(e.getMessage()), true, secondsSince(start));
        }
        double seconds = secondsSince(start);
        return switch (outcome) {
            case PlanOutcome.Planned(Plan plan, var _) -> checked(task, plan, seconds);
            case PlanOutcome.Infeasible(String reason) -> new PlannerRun(Optional.empty(), reason, false, seconds);
            case PlanOutcome.OutOfTime(double limit) ->
                new PlannerRun(Optional.empty(), "no plan within %s s".formatted(limit), false, seconds);
        };
    }

    private static PlannerRun checked(PlanTask task, Plan plan, double seconds) {
        PlanCheck check = PlanCheck.of(task.scenario(), plan);
        return check.good()
                ? new PlannerRun(Optional.of(plan), "", false, seconds)
                : new PlannerRun(Optional.empty(), String.join(" ", check.violations()), true, seconds);
    }

    /** Returns how a task is planned: its terms, and λ where it is given for all models. */
    static PlanSettings settings(PlanTask task, String algorithm) {
        Terms first = task.terms().getFirst();
        var rules = new PlanRules(task.maxStages(), Goal.THROUGHPUT, false);
        PlanSettings settings = switch (algorithm) {
            case PlanSettings.PPIPE -> PlanSettings.ppipe(rules, first.margin(), first.batchBuildingFactor());
            case PlanSettings.NP -> PlanSettings.np(rules, first.margin(), first.batchBuildingFactor());
            case PlanSettings.DART_R -> PlanSettings.dartR(rules, first.margin(), first.batchBuildingFactor());
            case PlanSettings.DART_R_FREE -> PlanSettings.dartRFree(rules, first.margin(), first.batchBuildingFactor());
            default ->
                throw new BadInputException("'%s' is none of the algorithms; they are %s."
                        .formatted(algorithm, String.join(", ", ALGORITHMS)));
        };
        return task.terms().stream().allMatch(t -> t.ratePerSecond().isPresent())
                ? settings.withModelRules(task.terms().stream()
                        .map(t -> new ModelRules(
                                t.margin(),
                                t.batchBuildingFactor(),
                                t.ratePerSecond().orElseThrow()))
                        .toList())
                : settings;
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
