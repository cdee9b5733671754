package io.ppipe.plan;

import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPVariable;
import io.ppipe.model.Certificate.Ended;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.plan.Pools.Sized;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/*
 * The stronger form of DART-r: no GPU belongs to a model beforehand. A model is served by GPUs that run it whole and by chains
 * of two GPUs of different classes; how many of each, a MILP chooses, so that the least throughput ÷ weight is largest. All
 * chains of two classes take the same GPUs, so of each pair only the chain that serves most matters, and the MILP has a few
 * variables: one count for each model and each class or pair.
 */

/** The baseline {@code dart-r-free}. */
final class DartRFree {
    private final long startNanos = System.nanoTime();
    private final Scenario scenario;
    private final PlanSettings settings;
    private final StopSignal stop;
    private final Deadline deadline;
    private final PlanProblem problem;

    DartRFree(Scenario scenario, PlanSettings settings, Progress progress, StopSignal stop) {
        this.scenario = scenario;
        this.settings = settings;
        this.stop = stop;
        this.deadline = Deadline.in(settings.limitSeconds());
        progress.report("estimating rates", 0, 0);
        List<ModelRules> modelRules =
                settings.modelRules().orElseGet(() -> new RateEstimates(scenario, settings, deadline, stop).estimate());
        this.problem = PlanProblem.of(scenario, settings.rules(), modelRules, true);
    }

    PlanOutcome run() {
        var templates = new ArrayList<Template>();
        for (int k = 0; k < problem.modelCount(); k++) {
            int before = templates.size();
            var chains = new Chains(problem, k);
            for (int a = 0; a < problem.classCount(); a++) {
                for (int b = a; b < problem.classCount(); b++) {
                    chains.best(a, b).ifPresent(templates::add);
                }
            }
            if (templates.size() == before) {
                return new PlanOutcome.Infeasible(ModelExplanation.of(
                                scenario, settings, problem.modelRules().get(k), k)
                        .reason());
            }
        }
        try (Solver solver = Solver.mixedInteger()) {
            List<MPVariable> counts = build(solver, templates);
            var status = solver.solve(new Solver.Limits(settings.gap(), Long.MAX_VALUE, deadline.secondsLeft()), stop);
            boolean solved = status == Solver.Status.PROVEN || status == Solver.Status.STOPPED;
            Pools pools = solved ? pools(templates, counts) : Pools.NONE;
            double objective = pools.worstServed(problem);
            if (pools.isEmpty() || objective == 0) {
                return status == Solver.Status.PROVEN
                        ? new PlanOutcome.Infeasible(MilpPlanner.tooFewGpus(problem))
                        : new PlanOutcome.OutOfTime(settings.limitSeconds());
            }
            Ended ended =
                    status == Solver.Status.PROVEN ? Ended.GAP : stop.requested() ? Ended.INTERRUPT : Ended.TIME_LIMIT;
            Plan plan = new PlanBuilder(problem, settings.algorithm(), pools)
                    .build(Math.max(objective, solver.bound()), Solver.version(), ended, MarginalValues.UNKNOWN);
            return PlanOutcome.Planned.checked(scenario, plan, templates.size(), startNanos);
        }
    }

    private List<MPVariable> build(Solver solver, List<Template> templates) {
        MPVariable z = solver.number(0, Solver.infinity(), "z");
        solver.objective(true).setCoefficient(z, 1);
        var served = new MPConstraint[problem.modelCount()];
        for (int k = 0; k < served.length; k++) {
            served[k] = solver.atLeast(0, "model" + k);
            served[k].setCoefficient(z, -problem.weight(k));
        }
        var used = new MPConstraint[problem.classCount()];
        for (int g = 0; g < used.length; g++) {
            used[g] = solver.atMost(problem.gpuClass(g).count(), "class" + g);
        }
        var counts = new ArrayList<MPVariable>();
        for (Template template : templates) {
            MPVariable count = solver.integer(0, Integer.MAX_VALUE, "count" + counts.size());
            served[template.model()].setCoefficient(count, template.delivered(each(template, 1)));
            for (Template.StageChoice stage : template.stages()) {
                used[stage.classIndex()].setCoefficient(count, 1);
            }
            counts.add(count);
        }
        return counts;
    }

    private static Pools pools(List<Template> templates, List<MPVariable> counts) {
        var sized = new ArrayList<Sized>();
        for (int t = 0; t < templates.size(); t++) {
            int count = (int) Math.round(counts.get(t).solutionValue());
            sized.add(new Sized(templates.get(t), each(templates.get(t), count)));
        }
        return Pools.of(sized, false);
    }

    private static int[] each(Template template, int count) {
        return Collections.nCopies(template.stageCount(), count).stream()
                .mapToInt(c -> c)
                .toArray();
    }
}
