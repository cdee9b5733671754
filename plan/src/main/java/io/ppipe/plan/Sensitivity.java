package io.ppipe.plan;

import io.ppipe.model.Cluster;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/*
 * What a little more would bring, by three answers that trust each other less and less.
 *
 * The dual of a class says by how much the LP bound improves for a vanishing part of a GPU. For throughput the bound is a
 * concave function of the GPUs of a class (for a cost, a convex one), and the dual one of its slopes: so a whole GPU never
 * brings the bound more than the dual, and brings just as much where the LP's basis stays the same. The LP solved again says
 * what it does bring. The plan made again says what whole GPUs make of that; it is as exact as its gap.
 */

/**
 * By how much one more GPU of each class, and one more millisecond of each SLO, improves a plan. All gains are changes of
 * the objective for the better, at least 0: requests/s ÷ weight, or price per hour.
 *
 * @param bound of the LP as things are
 * @param objective of the plan as things are
 * @param perGpu by class
 * @param perSloMillisecond by model
 */
public record Sensitivity(double bound, double objective, List<Gain> perGpu, List<Gain> perSloMillisecond) {
    /**
     * What one more of something brings.
     *
     * @param name the class, or the model
     * @param dual of the LP; an SLO has none
     * @param resolved gain of the LP bound, solved again
     * @param planned gain of the objective, planned again; empty when that was stopped before there was a plan
     */
    public record Gain(String name, OptionalDouble dual, double resolved, OptionalDouble planned) {}

    public Sensitivity {
        perGpu = List.copyOf(perGpu);
        perSloMillisecond = List.copyOf(perSloMillisecond);
    }

    /**
     * Solves and plans again, once for each class and each model.
     *
     * @param settings those that made the plan; their time limit is that of each new plan
     * @param plan where each search begins
     */
    public static Sensitivity of(
            Scenario scenario, PlanSettings settings, Plan plan, Progress progress, StopSignal stop) {
        return new Again(scenario, settings, plan, progress, stop).run();
    }

    private static final class Again {
        private final Scenario scenario;
        private final PlanSettings settings;
        private final Plan plan;
        private final Progress progress;
        private final StopSignal stop;
        private final List<ModelRules> rules;
        private final boolean throughputGoal;

        Again(Scenario scenario, PlanSettings settings, Plan plan, Progress progress, StopSignal stop) {
            this.scenario = scenario;
            this.plan = plan;
            this.progress = progress;
            this.stop = stop;
            this.rules = plan.models().stream().map(ModelPlan::rules).toList();
            this.settings = settings.withModelRules(rules).startingFrom(plan);
            this.throughputGoal = settings.rules().goal() == Goal.THROUGHPUT;
        }

        Sensitivity run() {
            Prices prices = Bounds.of(problem(scenario));
            var perGpu = new ArrayList<Gain>();
            for (int g = 0; g < scenario.cluster().classes().size(); g++) {
                String name = scenario.cluster().classes().get(g).name();
                perGpu.add(gain(
                        "one more GPU of " + name,
                        name,
                        OptionalDouble.of(prices.marginal()[g]),
                        prices.bound(),
                        withOneMoreGpu(g)));
            }
            var perMillisecond = new ArrayList<Gain>();
            for (int k = 0; k < scenario.models().size(); k++) {
                String name = scenario.models().get(k).name();
                perMillisecond.add(gain(
                        "1 ms more for " + name,
                        name,
                        OptionalDouble.empty(),
                        prices.bound(),
                        Marginals.withOneMoreMillisecond(scenario, k)));
            }
            return new Sensitivity(prices.bound(), plan.certificate().objective(), perGpu, perMillisecond);
        }

        private PlanProblem problem(Scenario of) {
            return PlanProblem.of(of, settings.rules(), rules, settings.wholeGpusOnly());
        }

        private Gain gain(String what, String name, OptionalDouble dual, double bound, Scenario more) {
            progress.report("planning with " + what, 0, 0);
            double resolved = better(bound, Bounds.of(problem(more)).bound());
            OptionalDouble planned = OptionalDouble.empty();
            if (!stop.requested()
                    && MilpPlanner.plan(more, settings, Progress.NONE, stop)
                            instanceof PlanOutcome.Planned(Plan again, var _)) {
                planned = OptionalDouble.of(better(
                        plan.certificate().objective(), again.certificate().objective()));
            }
            return new Gain(name, dual, resolved, planned);
        }

        private double better(double before, double after) {
            return Math.max(0, throughputGoal ? after - before : before - after);
        }

        private Scenario withOneMoreGpu(int classIndex) {
            Cluster cluster = scenario.cluster();
            var classes = new ArrayList<>(cluster.classes());
            GpuClass old = classes.get(classIndex);
            classes.set(classIndex, old.withCount(old.count() + 1));
            return new Scenario(
                    new Cluster(cluster.name(), classes, cluster.timeScale()),
                    scenario.models(),
                    scenario.profileFingerprint());
        }
    }
}
