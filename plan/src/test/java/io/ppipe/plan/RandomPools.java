package io.ppipe.plan;

import io.ppipe.plan.Pools.Sized;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Pools drawn at random that keep to a cluster's GPUs: valid, and far from the best. */
final class RandomPools {
    private static final int TRIES = 30;

    private RandomPools() {}

    /** @param most vGPUs of a pool */
    static Pools of(PlanProblem problem, SplittableRandom random, int most) {
        var sized = new ArrayList<Sized>();
        for (int k = 0; k < problem.modelCount(); k++) {
            List<Template> templates = problem.spaces()
                    .get(k)
                    .enumerate(new double[problem.classCount()], 0)
                    .templates();
            for (int i = 0; i < TRIES && !templates.isEmpty(); i++) {
                Template template = templates.get(random.nextInt(templates.size()));
                var vgpus = new int[template.stageCount()];
                for (int s = 0; s < vgpus.length; s++) {
                    vgpus[s] = random.nextInt(1, most + 1);
                }
                sized.add(new Sized(template, vgpus));
                Pools pools = Pools.of(sized, true);
                if (!fits(problem, pools) || Placement.of(problem, pools).isEmpty()) {
                    sized.removeLast();
                }
            }
        }
        return Pools.of(sized, true);
    }

    private static boolean fits(PlanProblem problem, Pools pools) {
        int[] used = pools.gpus(problem);
        for (int g = 0; g < used.length; g++) {
            if (used[g] > problem.gpuClass(g).count()) {
                return false;
            }
        }
        return true;
    }
}
