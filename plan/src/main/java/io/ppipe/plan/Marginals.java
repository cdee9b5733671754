package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Slo;
import java.util.ArrayList;
import java.util.Arrays;

/*
 * By how much the bound improves with one more GPU of a class: the LP's dual of that class. With one more millisecond of a
 * model's SLO: that changes which templates there are, for which the LP has no dual, so the LP is solved once more.
 *
 * Both are of the LP relaxation: whole GPUs may make the first one worth nothing and the second one worth twice as much.
 * `ppipe plan explain` therefore also plans again.
 */
final class Marginals {
    private static final long MILLISECOND_MICROS = 1_000;

    private final PlanProblem problem;
    private final double bound;

    private Marginals(PlanProblem problem, double bound) {
        this.problem = problem;
        this.bound = bound;
    }

    /** @param prices that proved the bound of the problem */
    static MarginalValues of(PlanProblem problem, Prices prices) {
        var marginals = new Marginals(problem, prices.bound());
        var perMillisecond = new ArrayList<Double>();
        for (int k = 0; k < problem.modelCount(); k++) {
            perMillisecond.add(marginals.perMillisecond(k));
        }
        return new MarginalValues(Arrays.stream(prices.marginal()).boxed().toList(), perMillisecond);
    }

    private double perMillisecond(int model) {
        Scenario more = withOneMoreMillisecond(problem.scenario(), model);
        double then = bound(PlanProblem.of(more, problem.rules(), problem.modelRules(), problem.wholeGpusOnly()));
        return Math.max(0, problem.rules().goal() == Goal.THROUGHPUT ? then - bound : bound - then);
    }

    /** Returns the scenario of a workload whose {@code slo_ms} of one model is larger by 1. */
    static Scenario withOneMoreMillisecond(Scenario scenario, int model) {
        var models = new ArrayList<>(scenario.models());
        ScenarioModel old = models.get(model);
        long more = Math.round(MILLISECOND_MICROS * scenario.cluster().timeScale());
        var slo = new Slo(old.slo().latencyMicros() + more, old.slo().target());
        models.set(model, new ScenarioModel(old.name(), slo, old.demand(), old.profile()));
        return new Scenario(scenario.cluster(), models, scenario.profileFingerprint());
    }

    /** Returns the LP bound of a problem. */
    static double bound(PlanProblem problem) {
        return Bounds.of(problem).bound();
    }
}
