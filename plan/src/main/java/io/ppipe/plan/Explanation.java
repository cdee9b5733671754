package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Scenario;
import io.ppipe.plan.ModelExplanation.Cause;
import io.ppipe.plan.ModelExplanation.StageOn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What planning has to choose from, and what rules plans out: without searching for one.
 *
 * @param models by model
 * @param choices by model, what there is to choose from; empty when not every model has a feasible pipeline
 * @param demandServed with a cost goal and choices, the most of the demand that the cluster can serve, a fraction of it
 */
public record Explanation(List<ModelExplanation> models, List<Choice> choices, OptionalDouble demandServed) {
    private static final int MOST_COUNTED = 100_000;

    /**
     * The feasible pipelines of one model.
     *
     * @param count how many templates there are
     * @param countIsAll whether there are no more
     * @param batchSize of the cheapest template at the prices that the LP puts on GPUs
     * @param stages of the cheapest template
     * @param gpusPerRequest by class, in the cluster's order: GPUs that carry one request/s through it
     */
    public record Choice(
            int count, boolean countIsAll, int batchSize, List<StageOn> stages, List<Double> gpusPerRequest) {
        public Choice {
            stages = List.copyOf(stages);
            gpusPerRequest = List.copyOf(gpusPerRequest);
        }
    }

    public Explanation {
        models = List.copyOf(models);
        choices = List.copyOf(choices);
    }

    /** Explains a scenario under the rules by which it would be planned. */
    public static Explanation of(Scenario scenario, PlanSettings settings) {
        List<ModelExplanation> models = explained(scenario, settings, null);
        if (models.stream().anyMatch(m -> m.cause() != Cause.NONE)) {
            return new Explanation(models, List.of(), OptionalDouble.empty());
        }
        List<ModelRules> rules = settings.modelRules()
                .orElseGet(() -> new RateEstimates(
                                scenario, settings, Deadline.in(settings.limitSeconds()), StopSignal.never())
                        .estimate());
        PlanProblem problem = PlanProblem.of(scenario, settings.rules(), rules, settings.wholeGpusOnly());
        boolean cost = settings.rules().goal() == Goal.COST;
        OptionalDouble served = cost ? OptionalDouble.of(Bounds.demandServed(problem)) : OptionalDouble.empty();
        Prices prices = cost && served.getAsDouble() < 1
                ? Prices.ofThroughput(problem, problem.gpuCounts())
                : Bounds.of(problem);
        var choices = new ArrayList<Choice>();
        for (int k = 0; k < problem.modelCount(); k++) {
            choices.add(choice(problem, prices, k));
        }
        return new Explanation(explained(scenario, settings, rules), choices, served);
    }

    private static List<ModelExplanation> explained(
            Scenario scenario, PlanSettings settings, @Nullable List<ModelRules> rules) {
        var models = new ArrayList<ModelExplanation>();
        for (int k = 0; k < scenario.models().size(); k++) {
            ModelRules own = rules == null ? settings.rulesOf(k, Double.POSITIVE_INFINITY) : rules.get(k);
            models.add(ModelExplanation.of(scenario, settings, own, k));
        }
        return models;
    }

    private static Choice choice(PlanProblem problem, Prices prices, int k) {
        TemplateSpace space = problem.spaces().get(k);
        Template cheapest =
                space.cheapest(prices.perGpu(), Double.POSITIVE_INFINITY).getLast();
        var gpus = new Double[problem.classCount()];
        for (int g = 0; g < gpus.length; g++) {
            var onlyThisClass = new double[gpus.length];
            onlyThisClass[g] = 1;
            gpus[g] = cheapest.costPerRequest(onlyThisClass);
        }
        int count = space.count(MOST_COUNTED);
        return new Choice(
                count,
                count < MOST_COUNTED,
                cheapest.batchSize(),
                Arrays.stream(cheapest.stages())
                        .map(stage -> new StageOn(
                                stage.firstBlock(),
                                stage.endBlock(),
                                stage.gpuClass().name(),
                                stage.shares(),
                                stage.latencyMicros(cheapest.batchSize())))
                        .toList(),
                Arrays.asList(gpus));
    }

    /** Returns the first reason in one line why there can be no plan; "" when none is known. */
    public String reason() {
        for (ModelExplanation model : models) {
            if (model.cause() != Cause.NONE) {
                return model.reason();
            }
        }
        return demandServed.isPresent() && demandServed.getAsDouble() < 1
                ? tooMuchDemand(demandServed.getAsDouble())
                : "";
    }

    static String tooMuchDemand(double served) {
        return String.format(
                Locale.ROOT,
                "The cluster can serve at most %.1f %% of the demand. Add GPUs, or lower the demand.",
                100 * served);
    }

    /** Returns the rules that the models were explained with: to plan with the same. */
    public List<ModelRules> modelRules() {
        return models.stream().map(ModelExplanation::rules).toList();
    }
}
