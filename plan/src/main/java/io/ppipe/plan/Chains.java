package io.ppipe.plan;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What whole GPUs serve of one model: a GPU alone, or chained with one of another class. */
final class Chains {
    private final @Nullable Template[][] best;

    /** @param problem with whole GPUs only, and two stages where chains are wanted */
    Chains(PlanProblem problem, int model) {
        best = new Template[problem.classCount()][problem.classCount()];
        problem.spaces().get(model).forEach(template -> {
            int a = template.stages()[0].classIndex();
            int b = template.stages()[template.stageCount() - 1].classIndex();
            boolean alone = template.stageCount() == 1;
            if (template.stageCount() <= 2 && alone == (a == b)) {
                Template known = best[Math.min(a, b)][Math.max(a, b)];
                if (known == null || rate(template) > rate(known)) {
                    best[Math.min(a, b)][Math.max(a, b)] = template;
                }
            }
        });
    }

    private static double rate(Template template) {
        double least = Double.POSITIVE_INFINITY;
        for (double rate : template.ratesPerSecond()) {
            least = Math.min(least, rate);
        }
        return least;
    }

    /** Returns the chain of a GPU of each of two classes that serves most, in the better order; one class: a GPU alone. */
    Optional<Template> best(int classA, int classB) {
        return Optional.ofNullable(best[Math.min(classA, classB)][Math.max(classA, classB)]);
    }

    /** Returns the requests/s that {@link #best} serves; 0 where nothing meets the SLO. */
    double rate(int classA, int classB) {
        return best(classA, classB).map(Chains::rate).orElse(0.0);
    }
}
