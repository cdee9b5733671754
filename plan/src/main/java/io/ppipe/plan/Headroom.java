package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.plan.Pools.Sized;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/*
 * The second objective: GPUs that whole numbers leave over are given to pools, as head-room for bursts.
 *
 * First as throughput: the model with the least throughput ÷ weight that can gain gets the pipeline that carries most on
 * the GPUs that are left, and so on, until no pipeline fits. Then as spares: a GPU, or a free part of one, goes to the pool
 * of its class with the highest load, where queues are longest. What a plan promises never sinks by this.
 */
final class Headroom {
    private final PlanProblem problem;
    private final Candidates candidates;

    Headroom(PlanProblem problem, Candidates candidates) {
        this.problem = problem;
        this.candidates = candidates;
    }

    /** Returns the pools with what was left over; unchanged where a cost goal leaves GPUs on purpose. */
    Pools use(Pools pools) {
        if (problem.rules().goal() == Goal.COST || pools.isEmpty()) {
            return pools;
        }
        Pools more = spares(throughput(pools));
        return Placement.of(problem, more).isPresent() ? more : pools;
    }

    private int[] left(Pools pools) {
        int[] left = problem.gpuCounts();
        int[] used = pools.gpus(problem);
        for (int g = 0; g < left.length; g++) {
            left[g] -= used[g];
        }
        return left;
    }

    private Pools throughput(Pools pools) {
        Pools now = pools;
        while (true) {
            int[] left = left(now);
            double[] served = now.throughputs(problem.modelCount());
            Integer[] order = new Integer[served.length];
            Arrays.setAll(order, k -> k);
            Arrays.sort(order, Comparator.comparingDouble(k -> served[k] / problem.weight(k)));
            Optional<Sized> more = Arrays.stream(order)
                    .flatMap(k -> largest(candidates.ofModel(k), left).stream())
                    .findFirst();
            if (more.isEmpty()) {
                return now;
            }
            now = now.with(Pools.of(List.of(more.get()), true));
        }
    }

    private static Optional<Sized> largest(List<Template> templates, int[] left) {
        Sized best = null;
        for (Template template : templates) {
            Sized fits = onWholeGpus(template, left);
            if (fits != null && (best == null || fits.throughput() > best.throughput() * (1 + 1e-9))) {
                best = fits;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Gives the slowest stage one GPU after the other while there are any; null when not even one each is left. */
    private static @Nullable Sized onWholeGpus(Template template, int[] left) {
        int[] free = left.clone();
        var vgpus = new int[template.stageCount()];
        for (int i = 0; i < vgpus.length; i++) {
            StageChoice stage = template.stages()[i];
            if (--free[stage.classIndex()] < 0) {
                return null;
            }
            vgpus[i] = stage.shares();
        }
        while (true) {
            int slowest = 0;
            for (int i = 1; i < vgpus.length; i++) {
                if (vgpus[i] * template.ratesPerSecond()[i] < vgpus[slowest] * template.ratesPerSecond()[slowest]) {
                    slowest = i;
                }
            }
            StageChoice stage = template.stages()[slowest];
            if (--free[stage.classIndex()] < 0) {
                return new Sized(template, vgpus);
            }
            vgpus[slowest] += stage.shares();
        }
    }

    /** Free parts of GPUs that a group of pools has, and whole GPUs that are left. */
    private Pools spares(Pools pools) {
        var sized = new ArrayList<Sized>();
        var carried = new ArrayList<Double>();
        pools.pipelines().forEach(s -> {
            sized.add(new Sized(s.template(), s.vgpus().clone()));
            carried.add(s.throughput());
        });
        int[] left = left(pools);
        for (int g = 0; g < left.length; g++) {
            while (left[g] > 0) {
                int[] at = mostLoaded(sized, carried, g, null, 1);
                if (at == null) {
                    break;
                }
                sized.get(at[0]).vgpus()[at[1]] +=
                        sized.get(at[0]).template().stages()[at[1]].shares();
                left[g]--;
            }
        }
        fillParts(sized, carried);
        return Pools.of(sized, false);
    }

    private void fillParts(List<Sized> sized, List<Double> carried) {
        var taken = new TreeMap<String, Double>();
        for (Sized one : sized) {
            for (int i = 0; i < one.vgpus().length; i++) {
                StageChoice stage = one.template().stages()[i];
                taken.merge(
                        Pools.group(one.template().model(), i, stage),
                        (double) one.vgpus()[i] / stage.shares(),
                        Double::sum);
            }
        }
        taken.forEach((group, gpus) -> {
            double free = Math.ceil(gpus - 1e-9) - gpus;
            while (true) {
                int[] at = mostLoaded(sized, carried, -1, group, free + 1e-9);
                if (at == null) {
                    return;
                }
                sized.get(at[0]).vgpus()[at[1]]++;
                free -= 1.0 / sized.get(at[0]).template().stages()[at[1]].shares();
            }
        });
    }

    /** Returns pipeline and stage of the pool with the highest load whose vGPU takes at most so much of a GPU. */
    private static int @Nullable [] mostLoaded(
            List<Sized> sized, List<Double> carried, int classIndex, @Nullable String group, double room) {
        int[] most = null;
        double highest = 0;
        for (int p = 0; p < sized.size(); p++) {
            Sized one = sized.get(p);
            for (int i = 0; i < one.vgpus().length; i++) {
                StageChoice stage = one.template().stages()[i];
                boolean right = group == null
                        ? stage.classIndex() == classIndex
                        : Pools.group(one.template().model(), i, stage).equals(group);
                double load = carried.get(p) / (one.vgpus()[i] * one.template().ratesPerSecond()[i]);
                if (right && 1.0 / stage.shares() <= room && load > highest) {
                    highest = load;
                    most = new int[] {p, i};
                }
            }
        }
        return most;
    }
}
