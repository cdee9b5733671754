package io.ppipe.plan;

import io.ppipe.model.Certificate;
import io.ppipe.model.Goal;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.plan.Pools.Sized;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayList;
import java.util.List;

/** Makes a plan of pools: throughputs that the pools deliver, the placement, and what binds. */
final class PlanBuilder {
    private final PlanProblem problem;
    private final String algorithm;
    private final Pools pools;

    PlanBuilder(PlanProblem problem, String algorithm, Pools pools) {
        this.problem = problem;
        this.algorithm = algorithm;
        this.pools = pools;
    }

    /** Builds it; the certificate's objective is what the pools are worth. */
    Plan build(double bound, String solver, Certificate.Ended ended, MarginalValues marginalValues) {
        List<Vgpu> vgpus = Placement.of(problem, pools).orElseThrow();
        double[] promised = pools.promised(problem);
        var models = new ArrayList<ModelPlan>();
        for (int k = 0; k < problem.modelCount(); k++) {
            models.add(model(k, promised[k]));
        }
        double objective = pools.objective(problem);
        var certificate = new Certificate(objective, bound, binding(promised), solver, ended);
        return new Plan(
                algorithm,
                problem.scenario().cluster().name(),
                problem.scenario().cluster().timeScale(),
                problem.scenario().profileFingerprint(),
                problem.rules(),
                models,
                vgpus,
                certificate,
                marginalValues);
    }

    private ModelPlan model(int k, double promised) {
        ScenarioModel model = problem.scenario().models().get(k);
        List<Sized> own = pools.ofModels(m -> m == k).pipelines();
        double delivered = own.stream().mapToDouble(Sized::throughput).sum();
        var pipelines = new ArrayList<Pipeline>();
        for (Sized one : own) {
            // Under N+1 a pipeline is promised its part of what is left when a server is lost.
            pipelines.add(pipeline(one, one.throughput() * (promised / delivered)));
        }
        return new ModelPlan(
                model.name(),
                model.slo().latencyMicros(),
                model.weight(),
                problem.modelRules().get(k),
                pipelines.stream().mapToDouble(Pipeline::throughputPerSecond).sum(),
                pipelines,
                model.profile().note());
    }

    private static Pipeline pipeline(Sized one, double throughput) {
        var stages = new ArrayList<Stage>();
        for (int i = 0; i < one.vgpus().length; i++) {
            StageChoice choice = one.template().stages()[i];
            stages.add(new Stage(
                    choice.firstBlock(),
                    choice.endBlock(),
                    choice.gpuClass().name(),
                    choice.shares(),
                    one.vgpus()[i],
                    choice.latencyMicros(one.template().batchSize())));
        }
        return new Pipeline(one.template().batchSize(), throughput, stages);
    }

    private List<String> binding(double[] promised) {
        var binding = new ArrayList<String>();
        boolean throughputGoal = problem.rules().goal() == Goal.THROUGHPUT;
        double worst = pools.worstServed(problem);
        for (int k = 0; k < promised.length; k++) {
            if (throughputGoal && promised.length > 1 && promised[k] / problem.weight(k) <= worst * (1 + 1e-9)) {
                binding.add("model %s is the worst served"
                        .formatted(problem.scenario().models().get(k).name()));
            }
        }
        int[] used = pools.gpus(problem);
        for (int g = 0; g < used.length; g++) {
            if (used[g] == problem.gpuClass(g).count()) {
                binding.add("all %d GPUs of class %s are used"
                        .formatted(used[g], problem.gpuClass(g).name()));
            }
        }
        return binding;
    }
}
