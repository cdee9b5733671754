package io.ppipe.plan;

import io.ppipe.model.Cluster;
import io.ppipe.model.Demand;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is to be planned, with everything that is derived from it once.
 *
 * @param wholeGpusOnly whether GPUs are not shared
 * @param spaces the feasible pipelines of each model
 */
record PlanProblem(
        Scenario scenario,
        PlanRules rules,
        List<ModelRules> modelRules,
        boolean wholeGpusOnly,
        List<TemplateSpace> spaces) {
    /** Of a GPU that the LP has to spare, relative to the dearest: spending it is no waste, but not spending it is better. */
    private static final double LEAST_PRICE = 1e-3;

    static PlanProblem of(Scenario scenario, PlanRules rules, List<ModelRules> modelRules, boolean wholeGpusOnly) {
        var spaces = new ArrayList<TemplateSpace>();
        for (int k = 0; k < scenario.models().size(); k++) {
            spaces.add(new TemplateSpace(scenario, k, modelRules.get(k), rules.maxStages(), wholeGpusOnly));
        }
        return new PlanProblem(scenario, rules, modelRules, wholeGpusOnly, spaces);
    }

    /** Returns the same with weights (or demands) multiplied, and without N+1. */
    PlanProblem scaled(double[] factors) {
        var models = new ArrayList<ScenarioModel>();
        for (int k = 0; k < factors.length; k++) {
            ScenarioModel old = scenario.models().get(k);
            models.add(new ScenarioModel(
                    old.name(), old.slo(), new Demand.Weight(old.weight() * factors[k]), old.profile()));
        }
        var scaledScenario = new Scenario(scenario.cluster(), models, scenario.profileFingerprint());
        var anyServerNeeded = new PlanRules(rules.maxStages(), rules.goal(), false);
        return new PlanProblem(scaledScenario, anyServerNeeded, modelRules, wholeGpusOnly, spaces);
    }

    /** Returns the problem of serving {@code scale} times every weight at given prices of GPUs. */
    PlanProblem atPrices(double[] gpuPrices, double scale) {
        double dearest = Arrays.stream(gpuPrices).max().orElseThrow();
        var classes = new ArrayList<GpuClass>();
        for (int g = 0; g < gpuPrices.length; g++) {
            var price = new Price(Math.max(gpuPrices[g], LEAST_PRICE * dearest), Price.Unit.GPU);
            classes.add(gpuClass(g).withPrice(price));
        }
        var models = new ArrayList<ScenarioModel>();
        for (ScenarioModel old : scenario.models()) {
            models.add(
                    new ScenarioModel(old.name(), old.slo(), new Demand.Weight(old.weight() * scale), old.profile()));
        }
        var cluster = new Cluster(
                scenario.cluster().name(), classes, scenario.cluster().timeScale());
        return new PlanProblem(
                new Scenario(cluster, models, scenario.profileFingerprint()),
                new PlanRules(rules.maxStages(), Goal.COST, rules.surviveServerLoss()),
                modelRules,
                wholeGpusOnly,
                spaces);
    }

    int modelCount() {
        return scenario.models().size();
    }

    int classCount() {
        return scenario.cluster().classes().size();
    }

    GpuClass gpuClass(int g) {
        return scenario.cluster().classes().get(g);
    }

    /** Returns what a model's throughput is divided by; with a cost goal, its demand. */
    double weight(int model) {
        return scenario.models().get(model).weight();
    }

    int[] gpuCounts() {
        return scenario.cluster().classes().stream().mapToInt(GpuClass::count).toArray();
    }

    /** Returns the price of a GPU-hour by class; a GPU of a server that is bought whole costs its part of it. */
    double[] hourlyPrices() {
        return scenario.cluster().classes().stream()
                .mapToDouble(g -> g.price().unit() == Price.Unit.GPU
                        ? g.price().perHour()
                        : g.price().perHour() / g.gpusPerServer())
                .toArray();
    }
}
