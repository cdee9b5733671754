package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Sharing;
import io.ppipe.plan.NaivePipelines.Choice;
import io.ppipe.plan.NaivePipelines.Naive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The best objective, by trying every way to give vGPUs to pipelines. For each model, pipeline by pipeline: whatever parts
 * of GPUs the earlier ones took in each group of pools that share GPUs, with the throughput that this is worth at most. Then
 * model by model: whatever whole GPUs the earlier ones took. Knows nothing of prices, waste and the MILP. For a few GPUs.
 */
final class BruteForce {
    /** Throughputs that are less than this below a demand serve it. */
    private static final double ROUNDING = 1e-9;

    private final Scenario scenario;
    private final int[] counts;
    /** For each model, by how many GPUs of each class it takes: the highest throughput. */
    private final List<Map<List<Integer>, Double>> models = new ArrayList<>();

    private BruteForce(Scenario scenario, List<List<Naive>> pipelines) {
        this.scenario = scenario;
        this.counts =
                scenario.cluster().classes().stream().mapToInt(GpuClass::count).toArray();
        pipelines.forEach(ofModel -> models.add(new OneModel(ofModel).throughputByGpus()));
    }

    /** @param rules of each model */
    static BruteForce of(Scenario scenario, PlanRules planRules, List<ModelRules> rules) {
        return ofPipelines(
                scenario,
                IntStream.range(0, rules.size())
                        .mapToObj(k ->
                                bestOfAKind(NaivePipelines.of(scenario, k, rules.get(k), planRules.maxStages(), false)))
                        .toList());
    }

    /** @param pipelines of each model */
    static BruteForce ofPipelines(Scenario scenario, List<List<Naive>> pipelines) {
        return new BruteForce(scenario, pipelines);
    }

    /** Leaves out what takes the same vGPUs as another and is no faster at any stage. */
    private static List<Naive> bestOfAKind(List<Naive> all) {
        var byStages = new LinkedHashMap<List<Choice>, List<Naive>>();
        for (Naive one : all) {
            List<Naive> same = byStages.computeIfAbsent(one.stages(), s -> new ArrayList<>());
            if (same.stream().noneMatch(other -> noSlower(other, one))) {
                same.removeIf(other -> noSlower(one, other));
                same.add(one);
            }
        }
        return byStages.values().stream().flatMap(List::stream).toList();
    }

    private static boolean noSlower(Naive a, Naive b) {
        return IntStream.range(0, a.rates().size())
                .allMatch(i -> a.rates().get(i) >= b.rates().get(i));
    }

    /** Returns the highest min over models of throughput ÷ weight; 0 when not every model can be served. */
    double throughput() {
        Map<List<Integer>, Double> best = Map.of(nothing(), Double.POSITIVE_INFINITY);
        for (int k = 0; k < models.size(); k++) {
            double weight = scenario.models().get(k).weight();
            var next = new HashMap<List<Integer>, Double>();
            for (var before : best.entrySet()) {
                models.get(k).forEach((gpus, throughput) -> {
                    List<Integer> used = sum(before.getKey(), gpus);
                    if (fits(used)) {
                        next.merge(used, Math.min(before.getValue(), throughput / weight), Math::max);
                    }
                });
            }
            best = next;
        }
        return best.values().stream().mapToDouble(x -> x).max().orElse(0);
    }

    /** Returns the lowest price per hour at which every model's demand is served; infinity when it can't be. */
    double price() {
        var feasible = new TreeSet<List<Integer>>(Comparator.comparing(List::toString));
        feasible.add(nothing());
        for (int k = 0; k < models.size(); k++) {
            double demand = scenario.models().get(k).weight() * (1 - ROUNDING);
            var next = new TreeSet<List<Integer>>(Comparator.comparing(List::toString));
            for (List<Integer> before : feasible) {
                models.get(k).forEach((gpus, throughput) -> {
                    List<Integer> used = sum(before, gpus);
                    if (throughput >= demand && fits(used)) {
                        next.add(used);
                    }
                });
            }
            feasible = next;
        }
        return feasible.stream().mapToDouble(this::price).min().orElse(Double.POSITIVE_INFINITY);
    }

    private double price(List<Integer> used) {
        double sum = 0;
        for (int g = 0; g < counts.length; g++) {
            GpuClass gpuClass = scenario.cluster().classes().get(g);
            int each = switch (gpuClass.price().unit()) {
                case GPU -> 1;
                case SERVER -> gpuClass.gpusPerServer();
            };
            sum += gpuClass.price().perHour() * Math.ceilDiv(used.get(g), each);
        }
        return sum;
    }

    private List<Integer> nothing() {
        return Arrays.stream(counts).map(c -> 0).boxed().toList();
    }

    private static List<Integer> sum(List<Integer> a, List<Integer> b) {
        return IntStream.range(0, a.size()).mapToObj(g -> a.get(g) + b.get(g)).toList();
    }

    private boolean fits(List<Integer> used) {
        return IntStream.range(0, counts.length).allMatch(g -> used.get(g) <= counts[g]);
    }

    /**
     * One model. A state is a number: for each group of pools that share GPUs (stage index and class; with MIG also the
     * share) so many bits that tell how many parts of GPUs are taken. A part is the largest of which all shares of the class
     * are multiples.
     */
    private final class OneModel {
        private record Group(int stage, int gpuClass, int shares) {}

        /** A group's bits in a state. */
        private record Field(int classIndex, int shift, int partsPerGpu) {
            long of(long state, int bits) {
                return state >> shift & ((1L << bits) - 1);
            }
        }

        private static final int BITS = 5;

        private final List<Naive> pipelines;
        private final Map<Group, Field> fields = new LinkedHashMap<>();

        OneModel(List<Naive> pipelines) {
            this.pipelines = pipelines;
            for (Naive pipeline : pipelines) {
                for (int i = 0; i < pipeline.stages().size(); i++) {
                    fields.computeIfAbsent(group(i, pipeline.stages().get(i)), this::field);
                }
            }
            if (fields.size() * BITS > 63) {
                throw new IllegalArgumentException("Too many groups: " + fields.keySet());
            }
        }

        private Group group(int stage, Choice on) {
            boolean mig = gpuClass(on.gpuClass()).sharing() == Sharing.MIG;
            return new Group(stage, on.gpuClass(), mig ? on.shares() : 0);
        }

        private Field field(Group group) {
            int parts = group.shares() > 0
                    ? group.shares()
                    : gpuClass(group.gpuClass()).shares().stream().reduce(1, OneModel::leastCommonMultiple);
            if (parts * counts[group.gpuClass()] >= 1 << BITS) {
                throw new IllegalArgumentException("Too many parts of GPUs: " + group);
            }
            return new Field(group.gpuClass(), fields.size() * BITS, parts);
        }

        private GpuClass gpuClass(int g) {
            return scenario.cluster().classes().get(g);
        }

        private static int leastCommonMultiple(int a, int b) {
            int multiple = a;
            while (multiple % b != 0) {
                multiple += a;
            }
            return multiple;
        }

        Map<List<Integer>, Double> throughputByGpus() {
            Map<Long, Double> best = new HashMap<>(Map.of(0L, 0.0));
            for (Naive pipeline : pipelines) {
                var next = new HashMap<>(best);
                Map<Long, Double> uses = uses(pipeline);
                best.forEach((state, throughput) -> uses.forEach((taken, more) -> {
                    if (fits(gpus(state + taken))) {
                        next.merge(state + taken, throughput + more, Math::max);
                    }
                }));
                best = next;
            }
            var byGpus = new HashMap<List<Integer>, Double>();
            best.forEach((state, throughput) -> byGpus.merge(gpus(state), throughput, Math::max));
            return byGpus;
        }

        /** Returns for pools of one pipeline, each no larger than it needs to be: the parts they take, the throughput. */
        private Map<Long, Double> uses(Naive pipeline) {
            var uses = new LinkedHashMap<Long, Double>();
            for (int full = 0; full < pipeline.stages().size(); full++) {
                Choice on = pipeline.stages().get(full);
                for (int v = 1; v <= counts[on.gpuClass()] * on.shares(); v++) {
                    double throughput = v * pipeline.rates().get(full);
                    long taken = taken(pipeline, throughput);
                    if (taken > 0) {
                        uses.merge(taken, throughput, Math::max);
                    }
                }
            }
            return uses;
        }

        /** Returns the parts that a throughput takes; 0 when there are too few. */
        private long taken(Naive pipeline, double throughput) {
            long taken = 0;
            for (int i = 0; i < pipeline.stages().size(); i++) {
                Choice on = pipeline.stages().get(i);
                int v = (int) Math.ceil(throughput / pipeline.rates().get(i) - 1e-9);
                if (v > counts[on.gpuClass()] * on.shares()) {
                    return 0;
                }
                Field field = Objects.requireNonNull(fields.get(group(i, on)));
                int parts = field.partsPerGpu() / on.shares();
                taken += ((long) v * parts) << field.shift();
            }
            return taken;
        }

        private List<Integer> gpus(long state) {
            var gpus = new int[counts.length];
            for (Field field : fields.values()) {
                gpus[field.classIndex()] += (int) Math.ceilDiv(field.of(state, BITS), field.partsPerGpu());
            }
            return Arrays.stream(gpus).boxed().toList();
        }
    }
}
