package io.ppipe.plan;

import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Stage;
import io.ppipe.plan.Pools.Sized;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of an earlier plan is still feasible: pipelines of models that are still there, that meet today's SLOs under today's
 * profile and rules, on pools cut down to the GPUs that are there now. The earlier plan may be of another profile or
 * cluster; nothing is taken on its word.
 */
final class WarmStart {
    private final PlanProblem problem;
    private final List<Sized> sized = new ArrayList<>();

    private WarmStart(PlanProblem problem) {
        this.problem = problem;
    }

    /** Returns the pools; without any where nothing is feasible. */
    static Pools pools(PlanProblem problem, Plan plan) {
        return new WarmStart(problem).from(plan);
    }

    private Pools from(Plan plan) {
        for (int k = 0; k < problem.modelCount(); k++) {
            String name = problem.scenario().models().get(k).name();
            for (ModelPlan model : plan.models()) {
                if (model.model().equals(name)) {
                    for (Pipeline pipeline : model.pipelines()) {
                        add(k, pipeline);
                    }
                }
            }
        }
        for (int g = 0; g < problem.classCount(); g++) {
            while (Pools.of(sized, true).gpus(problem)[g] > problem.gpuClass(g).count()) {
                shrinkLargest(g);
            }
        }
        return Pools.of(sized, true);
    }

    private void add(int model, Pipeline pipeline) {
        Optional<Template> template = problem.spaces().get(model).find(pipeline.batchSize(), pipeline.stages());
        template.ifPresent(t -> sized.add(new Sized(
                t, pipeline.stages().stream().mapToInt(Stage::vgpuCount).toArray())));
    }

    private void shrinkLargest(int classIndex) {
        int[] largest = null;
        double most = 0;
        for (int p = 0; p < sized.size(); p++) {
            for (int i = 0; i < sized.get(p).vgpus().length; i++) {
                Template.StageChoice stage = sized.get(p).template().stages()[i];
                double gpus = (double) sized.get(p).vgpus()[i] / stage.shares();
                if (stage.classIndex() == classIndex && gpus > most) {
                    most = gpus;
                    largest = new int[] {p, i};
                }
            }
        }
        if (largest == null) {
            throw new AssertionError("No pool uses class " + classIndex + ", which has too few GPUs.");
        }
        sized.get(largest[0]).vgpus()[largest[1]]--;
    }
}
