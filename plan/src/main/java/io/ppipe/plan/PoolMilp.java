package io.ppipe.plan;

import com.google.ortools.linearsolver.MPConstraint;
import com.google.ortools.linearsolver.MPVariable;
import io.ppipe.model.Scenario;
import io.ppipe.plan.Template.StageChoice;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The MILP of PPipe (ATC '25), §4, over enumerated templates: maximise z with z ≤ (1/w_k) Σ x_t for every model k; x_t ≤
 * v_(t,i) · r_(t,i) for every stage, v integer (vGPUs); for every model, stage index, class and share Σ v ÷ m ≤ c, c
 * integer (GPUs); Σ c ≤ GPUs of the class. We count GPUs by share as well, so that a GPU is never split in two ways.
 */
final class PoolMilp {
    private final List<Template> templates;
    private final Solver solver;
    private final MPVariable objective;
    private final MPVariable[][] vgpus;

    /**
     * @param objective z as the solver says
     * @param vgpuCounts {@code [template][stage]}
     */
    record Solution(double objective, double bound, boolean provenToGap, String solver, int[][] vgpuCounts) {}

    PoolMilp(Scenario scenario, List<Template> templates, boolean relaxed) {
        this.templates = templates;
        this.solver = relaxed ? Solver.linear() : Solver.mixedInteger();
        this.objective = solver.number(0, Solver.infinity(), "z");
        this.vgpus = new MPVariable[templates.size()][];
        var throughput = new MPConstraint[scenario.models().size()];
        for (int k = 0; k < throughput.length; k++) {
            throughput[k] = solver.atMost(0, "model" + k);
            throughput[k].setCoefficient(objective, scenario.models().get(k).weight());
        }
        var classes = scenario.cluster().classes();
        var gpusOfClass = new MPConstraint[classes.size()];
        for (int g = 0; g < gpusOfClass.length; g++) {
            gpusOfClass[g] = solver.atMost(classes.get(g).count(), "class" + g);
        }
        var groups = new TreeMap<String, MPConstraint>();
        for (int t = 0; t < vgpus.length; t++) {
            Template template = templates.get(t);
            MPVariable x = solver.number(0, Solver.infinity(), "x" + t);
            throughput[template.model()].setCoefficient(x, -1);
            vgpus[t] = new MPVariable[template.stageCount()];
            for (int i = 0; i < vgpus[t].length; i++) {
                StageChoice stage = template.stages()[i];
                int most = classes.get(stage.classIndex()).count() * stage.shares();
                String name = "v%d_%d".formatted(t, i);
                vgpus[t][i] = relaxed ? solver.number(0, most, name) : solver.integer(0, most, name);
                MPConstraint flow = solver.atMost(0, "flow%d_%d".formatted(t, i));
                flow.setCoefficient(x, 1);
                flow.setCoefficient(vgpus[t][i], -template.ratesPerSecond()[i]);
                group(groups, gpusOfClass, template, i, relaxed).setCoefficient(vgpus[t][i], 1.0 / stage.shares());
            }
        }
    }

    private MPConstraint group(
            TreeMap<String, MPConstraint> groups,
            MPConstraint[] gpusOfClass,
            Template template,
            int stage,
            boolean relaxed) {
        StageChoice choice = template.stages()[stage];
        String name = "gpus%d_%d_%d_%d".formatted(template.model(), stage, choice.classIndex(), choice.shares());
        return groups.computeIfAbsent(name, n -> {
            int most = choice.gpuClass().count();
            MPVariable gpus = relaxed ? solver.number(0, most, "c" + n) : solver.integer(0, most, "c" + n);
            gpusOfClass[choice.classIndex()].setCoefficient(gpus, 1);
            MPConstraint constraint = solver.atMost(0, n);
            constraint.setCoefficient(gpus, -1);
            return constraint;
        });
    }

    /** Solves it; empty when the limit passed before a solution was found. */
    Optional<Solution> solve(double gap, double limitSeconds) {
        return solver.maximise(objective, gap, limitSeconds).map(result -> {
            var counts = new int[templates.size()][];
            for (int t = 0; t < counts.length; t++) {
                counts[t] = new int[vgpus[t].length];
                for (int i = 0; i < counts[t].length; i++) {
                    counts[t][i] = (int) Math.round(vgpus[t][i].solutionValue());
                }
            }
            return new Solution(
                    objective.solutionValue(), result.bound(), result.provenToGap(), solver.version(), counts);
        });
    }
}
