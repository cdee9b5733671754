package io.ppipe.plan;

import io.ppipe.plan.Pools.Sized;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/*
 * Makes pools that serve a demand serve it also when any one server is lost, at little more cost (N+1): GPU by GPU to the
 * pool, pipeline or new pipeline where it brings most for its price, until every model's demand is promised; then back what is not
 * needed. Greedy: near the least cost, not proven to be it.
 */
final class Reinforcement {
    private static final int MOST_STEPS = 1_000;
    private static final int NEW_TEMPLATES = 8;
    private static final double LEAST_GAIN = 1e-9;
    private static final double LEAST_PRICE = 1e-9;

    private final PlanProblem problem;
    private final Candidates candidates;
    private Pools pools;

    private Reinforcement(PlanProblem problem, Candidates candidates, Pools pools) {
        this.problem = problem;
        this.candidates = candidates;
        this.pools = pools;
    }

    /** Returns the pools with more vGPUs; what is promised may still be too little where GPUs are short. */
    static Pools of(PlanProblem problem, Candidates candidates, Pools pools) {
        var reinforcement = new Reinforcement(problem, candidates, pools);
        for (int step = 0; step < MOST_STEPS && reinforcement.add(); step++) {}
        for (int step = 0; step < MOST_STEPS && reinforcement.takeBack(); step++) {}
        return reinforcement.pools;
    }

    private double promised(Pools of, int model) {
        return Math.min(of.promised(problem)[model], problem.weight(model));
    }

    /** Adds a GPU, or one to each stage of a pipeline, for the model that falls short most. */
    private boolean add() {
        double[] promised = pools.promised(problem);
        int shortest = -1;
        double least = 1;
        for (int k = 0; k < promised.length; k++) {
            if (promised[k] / problem.weight(k) < least) {
                least = promised[k] / problem.weight(k);
                shortest = k;
            }
        }
        if (shortest < 0) {
            return false;
        }
        Pools best = null;
        double mostPerPrice = 0;
        double price = pools.pricePerHour(problem);
        for (Pools more : additions(shortest)) {
            double gain = promised(more, shortest) - promised[shortest];
            double perPrice = gain / Math.max(more.pricePerHour(problem) - price, LEAST_PRICE);
            if (gain > LEAST_GAIN && perPrice > mostPerPrice) {
                mostPerPrice = perPrice;
                best = more;
            }
        }
        if (best == null) {
            return false;
        }
        pools = best;
        return true;
    }

    private List<Pools> additions(int model) {
        var additions = new ArrayList<Pools>();
        for (int p = 0; p < pools.pipelines().size(); p++) {
            Sized one = pools.pipelines().get(p);
            if (one.template().model() == model) {
                for (int stage = -1; stage < one.vgpus().length; stage++) {
                    additions.add(changed(p, stage, 1));
                }
            }
        }
        for (Template template : candidates.useful(model, NEW_TEMPLATES)) {
            int[] oneGpuEach = Arrays.stream(template.stages())
                    .mapToInt(Template.StageChoice::shares)
                    .toArray();
            additions.add(pools.with(Pools.of(List.of(new Sized(template, oneGpuEach)), false)));
        }
        return additions.stream().filter(this::fits).toList();
    }

    private boolean fits(Pools of) {
        int[] used = of.gpus(problem);
        for (int g = 0; g < used.length; g++) {
            if (used[g] > problem.gpuClass(g).count()) {
                return false;
            }
        }
        return true;
    }

    /** Takes a GPU or a vGPU from a pool that doesn't need it. */
    private boolean takeBack() {
        double price = pools.pricePerHour(problem);
        for (int p = 0; p < pools.pipelines().size(); p++) {
            for (int stage = -1; stage < pools.pipelines().get(p).vgpus().length; stage++) {
                Pools fewer = changed(p, stage, -1);
                if (fewer.pricePerHour(problem) < price && enough(fewer)) {
                    pools = fewer;
                    return true;
                }
            }
        }
        return false;
    }

    private boolean enough(Pools of) {
        double[] promised = of.promised(problem);
        for (int k = 0; k < promised.length; k++) {
            if (promised[k] < problem.weight(k)) {
                return false;
            }
        }
        return true;
    }

    /** Returns the pools with a GPU more or less at a stage, or at all stages (−1); a pool keeps at least one vGPU. */
    private Pools changed(int pipeline, int stage, int gpus) {
        List<Sized> sized = new ArrayList<>(pools.pipelines());
        Sized old = sized.get(pipeline);
        int[] vgpus = old.vgpus().clone();
        for (int i = 0; i < vgpus.length; i++) {
            if (stage < 0 || i == stage) {
                vgpus[i] =
                        Math.max(1, vgpus[i] + gpus * old.template().stages()[i].shares());
            }
        }
        sized.set(pipeline, new Sized(old.template(), vgpus));
        return Pools.of(sized, false);
    }
}
