package io.ppipe.plan;

import io.ppipe.model.Goal;
import io.ppipe.model.Sharing;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * A plan in the planner's own terms: templates and the sizes of their pools, nothing of a solver's floating point. Each
 * pool is as small as its pipeline's throughput allows.
 */
final class Pools {
    static final Pools NONE = new Pools(List.of());

    private final List<Sized> pipelines;

    /**
     * A template with its pools.
     *
     * @param vgpus by stage, each at least 1
     */
    record Sized(Template template, int[] vgpus) {
        double throughput() {
            return template.delivered(vgpus);
        }

        Sized trimmed() {
            double throughput = throughput();
            var least = new int[vgpus.length];
            for (int i = 0; i < least.length; i++) {
                least[i] = Math.min(vgpus[i], template.vgpusFor(i, throughput));
            }
            return new Sized(template, least);
        }
    }

    private Pools(List<Sized> pipelines) {
        this.pipelines = pipelines;
    }

    /** Joins pools of the same template; drops what delivers nothing and, if {@code trim}, what is idle. */
    static Pools of(List<Sized> sized, boolean trim) {
        var joined = new LinkedHashMap<Template, int[]>();
        for (Sized one : sized) {
            joined.merge(one.template(), one.vgpus().clone(), Pools::sum);
        }
        var pipelines = new ArrayList<Sized>();
        joined.forEach((template, vgpus) -> {
            var one = new Sized(template, vgpus);
            if (one.throughput() > 0) {
                pipelines.add(trim ? one.trimmed() : one);
            }
        });
        pipelines.sort(ORDER);
        return new Pools(List.copyOf(pipelines));
    }

    /** By model, then by what the template is: equal plans look equal, however they were found. */
    private static final Comparator<Sized> ORDER = Comparator.<Sized>comparingInt(
                    s -> s.template().model())
            .thenComparingInt(s -> s.template().stageCount())
            .thenComparing(s -> Arrays.stream(s.template().stages())
                    .map(c -> "%4d %4d %4d".formatted(c.classIndex(), c.shares(), c.endBlock()))
                    .toList()
                    .toString())
            .thenComparingInt(s -> s.template().batchSize());

    private static int[] sum(int[] a, int[] b) {
        for (int i = 0; i < a.length; i++) {
            a[i] += b[i];
        }
        return a;
    }

    List<Sized> pipelines() {
        return pipelines;
    }

    boolean isEmpty() {
        return pipelines.isEmpty();
    }

    Pools ofModels(IntPredicate models) {
        return new Pools(pipelines.stream()
                .filter(s -> models.test(s.template().model()))
                .toList());
    }

    Pools with(Pools others) {
        var all = new ArrayList<>(pipelines);
        all.addAll(others.pipelines);
        return of(all, false);
    }

    double[] throughputs(int modelCount) {
        var sums = new double[modelCount];
        for (Sized one : pipelines) {
            sums[one.template().model()] += one.throughput();
        }
        return sums;
    }

    /**
     * Returns how many GPUs of each class are taken. As published, GPUs are counted whole for every model, stage index and
     * class; where a GPU must have vGPUs of one size, also for every share.
     */
    int[] gpus(PlanProblem problem) {
        var groups = new TreeMap<String, Group>();
        for (Sized one : pipelines) {
            for (int i = 0; i < one.vgpus().length; i++) {
                StageChoice stage = one.template().stages()[i];
                groups.computeIfAbsent(group(one.template().model(), i, stage), n -> new Group(stage.classIndex()))
                                .gpus +=
                        (double) one.vgpus()[i] / stage.shares();
            }
        }
        var gpus = new int[problem.classCount()];
        groups.values().forEach(group -> gpus[group.classIndex] += (int) Math.ceil(group.gpus - 1e-9));
        return gpus;
    }

    /** Pools whose GPUs are counted whole together. */
    private static final class Group {
        private final int classIndex;
        private double gpus;

        Group(int classIndex) {
            this.classIndex = classIndex;
        }
    }

    /** Returns the name of the group in which whole GPUs are counted. */
    static String group(int model, int stageIndex, StageChoice stage) {
        int size = stage.gpuClass().sharing() == Sharing.MIG ? stage.shares() : 0;
        return "%04d %02d %03d %03d".formatted(model, stageIndex, stage.classIndex(), size);
    }

    /** Returns the throughput that can be promised: under N+1, what is left when any one server is lost. */
    double[] promised(PlanProblem problem) {
        if (!problem.rules().surviveServerLoss()) {
            return throughputs(problem.modelCount());
        }
        return Placement.of(problem, this)
                .map(vgpus -> Survival.throughputs(problem, this, vgpus))
                .orElseGet(() -> new double[problem.modelCount()]);
    }

    /** Returns min over models of promised throughput ÷ weight. */
    double worstServed(PlanProblem problem) {
        double[] throughputs = promised(problem);
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < throughputs.length; k++) {
            least = Math.min(least, throughputs[k] / problem.weight(k));
        }
        return least;
    }

    /** Returns the price per hour of the GPUs, or servers, that are taken. */
    double pricePerHour(PlanProblem problem) {
        int[] gpus = gpus(problem);
        double sum = 0;
        for (int g = 0; g < gpus.length; g++) {
            sum += problem.gpuClass(g)
                    .price()
                    .perHour(gpus[g], problem.gpuClass(g).gpusPerServer());
        }
        return sum;
    }

    /** Returns what the goal counts. */
    double objective(PlanProblem problem) {
        return problem.rules().goal() == Goal.THROUGHPUT ? worstServed(problem) : pricePerHour(problem);
    }
}
