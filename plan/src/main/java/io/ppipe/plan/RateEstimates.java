package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/*
 * The rate estimate λ of each model, by which collecting a batch is timed: the throughput of the plan without partitioning,
 * as in the paper. That plan itself needs a λ: it is solved with batch building taking no time, then twice more with the
 * throughputs of the solve before. Where not every model can be served whole, λ is what the LP bound gives each model. With
 * a cost goal λ is the demand.
 */
final class RateEstimates {
    private static final int ROUNDS = 3;
    private static final double GAP = 1e-3;

    private final Scenario scenario;
    private final PlanSettings settings;
    private final Deadline deadline;
    private final StopSignal stop;

    RateEstimates(Scenario scenario, PlanSettings settings, Deadline deadline, StopSignal stop) {
        this.scenario = scenario;
        this.settings = settings;
        this.deadline = deadline;
        this.stop = stop;
    }

    List<ModelRules> estimate() {
        if (settings.rules().goal() == Goal.COST) {
            return rules(scenario.models().stream()
                    .map(Scenario.ScenarioModel::weight)
                    .toList());
        }
        List<ModelRules> whole = rules(unknown());
        List<ModelRules> any = whole;
        boolean servedWhole = true;
        for (int round = 0; round < ROUNDS; round++) {
            if (servedWhole) {
                double[] throughputs = withoutPartitioning(whole);
                servedWhole = Arrays.stream(throughputs).allMatch(x -> x > 0);
                if (servedWhole) {
                    whole = rules(boxed(throughputs));
                }
            }
            if (!servedWhole) {
                any = rules(boxed(bound(any)));
            }
        }
        return servedWhole ? whole : any;
    }

    private List<Double> unknown() {
        return Collections.nCopies(scenario.models().size(), Double.POSITIVE_INFINITY);
    }

    private static List<Double> boxed(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private List<ModelRules> rules(List<Double> rates) {
        var rules = new ArrayList<ModelRules>();
        for (int k = 0; k < rates.size(); k++) {
            rules.add(settings.rulesOf(k, rates.get(k) > 0 ? rates.get(k) : 1));
        }
        return rules;
    }

    private double[] withoutPartitioning(List<ModelRules> modelRules) {
        var rules = new PlanRules(1, Goal.THROUGHPUT, false);
        PlanProblem problem = PlanProblem.of(scenario, rules, modelRules, true);
        if (problem.spaces().stream().anyMatch(TemplateSpace::isEmpty)) {
            return new double[problem.modelCount()];
        }
        Prices prices = Prices.ofThroughput(problem, problem.gpuCounts());
        return new PoolSearch(problem, prices, GAP, deadline, stop, Progress.NONE)
                .run()
                .pools()
                .throughputs(problem.modelCount());
    }

    private double[] bound(List<ModelRules> modelRules) {
        var rules = new PlanRules(settings.rules().maxStages(), Goal.THROUGHPUT, false);
        PlanProblem problem = PlanProblem.of(scenario, rules, modelRules, settings.wholeGpusOnly());
        double bound = Prices.ofThroughput(problem, problem.gpuCounts()).bound();
        return scenario.models().stream().mapToDouble(m -> m.weight() * bound).toArray();
    }
}
