package io.ppipe.evaluate;

import io.ppipe.model.Certificate;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.Scenario;
import io.ppipe.model.Tuning;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A plan that was made for other weights, stated for the scenario's: the same pools, another objective and another bound. The
 * gap may be wide: less was planned on purpose for models that attain all of it.
 */
final class Reweighting {
    private final Scenario scenario;
    private final Plan plan;
    private final PlanSettings settings;

    private Reweighting(Scenario scenario, Plan plan, PlanSettings settings) {
        this.scenario = scenario;
        this.plan = plan;
        this.settings = settings;
    }

    /** @param settings by which it was planned; its margins are the plan's */
    static Reweighting of(Scenario scenario, Plan plan, PlanSettings settings) {
        return new Reweighting(scenario, plan, settings);
    }

    /** Returns the plan with the record of how it was chosen. */
    Plan with(Tuning tuning) {
        var models = new ArrayList<ModelPlan>();
        double objective = Double.POSITIVE_INFINITY;
        for (int i = 0; i < plan.models().size(); i++) {
            ModelPlan model = plan.models().get(i);
            double weight = scenario.models().get(i).weight();
            objective = Math.min(objective, model.throughputPerSecond() / weight);
            models.add(new ModelPlan(
                    model.model(),
                    model.sloMicros(),
                    weight,
                    model.rules(),
                    model.throughputPerSecond(),
                    model.pipelines(),
                    model.note()));
        }
        List<ModelRules> rules = models.stream().map(ModelPlan::rules).toList();
        double bound = MilpPlanner.throughputBound(scenario, settings.withModelRules(rules))
                .orElse(objective);
        Certificate found = plan.certificate();
        var stated = new Plan(
                plan.algorithm(),
                plan.clusterName(),
                plan.timeScale(),
                plan.profileFingerprint(),
                plan.rules(),
                models,
                plan.vgpus(),
                new Certificate(
                        objective,
                        Math.max(objective, bound),
                        binding(models, objective),
                        found.solver(),
                        found.ended()),
                plan.marginalValues(),
                Optional.of(tuning));
        PlanCheck check = PlanCheck.of(scenario, stated);
        if (!check.good()) {
            throw new AssertionError("The tuner made a plan that breaks its rules: " + check.violations());
        }
        return stated;
    }

    private List<String> binding(List<ModelPlan> models, double objective) {
        var binding = new ArrayList<String>();
        for (ModelPlan model : models) {
            if (model.throughputPerSecond() / model.weight() <= objective * (1 + 1e-6)) {
                binding.add("model %s is the worst served".formatted(model.model()));
            }
        }
        plan.certificate().binding().stream()
                .filter(line -> !line.startsWith("model "))
                .forEach(binding::add);
        return binding;
    }
}
