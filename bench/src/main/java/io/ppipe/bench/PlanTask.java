package io.ppipe.bench;

import io.ppipe.model.Scenario;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Something to plan, and under which rules.
 *
 * @param maxStages most stages of a pipeline
 * @param terms of each model, in the scenario's order
 */
record PlanTask(String name, Scenario scenario, int maxStages, List<Terms> terms) {
    PlanTask {
        terms = List.copyOf(terms);
    }

    List<String> modelNames() {
        return scenario.models().stream().map(model -> model.name()).toList();
    }

    /** Returns the same with one margin for all models. */
    PlanTask withMargin(double margin) {
        return new PlanTask(
                name,
                scenario,
                maxStages,
                terms.stream()
                        .map(t -> new Terms(margin, t.batchBuildingFactor(), t.ratePerSecond()))
                        .toList());
    }

    /**
     * What holds for one model.
     *
     * @param margin fraction of the SLO kept for queueing
     * @param batchBuildingFactor f in f · (n − 1) ÷ λ
     * @param ratePerSecond λ, where it is given; else the planner estimates it
     */
    record Terms(double margin, double batchBuildingFactor, OptionalDouble ratePerSecond) {}
}
