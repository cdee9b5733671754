package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * All pipelines of one model that keep the rules, by trying every class, share and end of every stage, one after the other.
 * Shares nothing with the planner but the records of {@code model}.
 */
final class NaivePipelines {
    /** A class and share: vGPUs of {@code 1/shares}. */
    record Choice(int gpuClass, int shares) {}

    /**
     * A pipeline.
     *
     * @param ends block behind the last one of each stage
     * @param rates requests/s of one vGPU of each stage
     */
    record Naive(int batchSize, List<Integer> ends, List<Choice> stages, List<Double> rates) {
        static Naive of(Template template) {
            return new Naive(
                    template.batchSize(),
                    Arrays.stream(template.stages())
                            .map(Template.StageChoice::endBlock)
                            .toList(),
                    Arrays.stream(template.stages())
                            .map(s -> new Choice(s.classIndex(), s.shares()))
                            .toList(),
                    Arrays.stream(template.ratesPerSecond()).boxed().toList());
        }

        /** Returns what it is, without its rates. */
        String key() {
            return "%d %s %s".formatted(batchSize, ends, stages);
        }

        double cost(double[] gpuPrices) {
            double sum = 0;
            for (int i = 0; i < stages.size(); i++) {
                sum += gpuPrices[stages.get(i).gpuClass()] / (stages.get(i).shares() * rates.get(i));
            }
            return sum;
        }
    }

    private final List<GpuClass> classes;
    private final ScenarioModel model;
    private final ModelRules rules;
    private final int maxStages;
    private final boolean wholeGpusOnly;
    private final List<Naive> found = new ArrayList<>();

    private NaivePipelines(Scenario scenario, int model, ModelRules rules, int maxStages, boolean wholeGpusOnly) {
        this.classes = scenario.cluster().classes();
        this.model = scenario.models().get(model);
        this.rules = rules;
        this.maxStages = maxStages;
        this.wholeGpusOnly = wholeGpusOnly;
    }

    /** Returns them at every batch size that was measured anywhere. */
    static List<Naive> of(Scenario scenario, int model, ModelRules rules, int maxStages, boolean wholeGpusOnly) {
        var pipelines = new NaivePipelines(scenario, model, rules, maxStages, wholeGpusOnly);
        var batchSizes = new TreeSet<Integer>();
        pipelines.model.profile().latencies().forEach(t -> batchSizes.addAll(t.batchSizes()));
        for (int n : batchSizes) {
            pipelines.extend(n, List.of(), List.of());
        }
        return pipelines.found;
    }

    /** Returns them at one batch size. */
    static List<Naive> ofBatch(Scenario scenario, int model, ModelRules rules, int maxStages, int batchSize) {
        var pipelines = new NaivePipelines(scenario, model, rules, maxStages, false);
        pipelines.extend(batchSize, List.of(), List.of());
        return pipelines.found;
    }

    private void extend(int n, List<Integer> ends, List<Choice> stages) {
        int blocks = model.profile().blockCount();
        int first = ends.isEmpty() ? 0 : ends.getLast();
        if (first == blocks) {
            if (inTime(n, ends, stages)) {
                found.add(new Naive(n, ends, stages, rates(n, ends, stages)));
            }
            return;
        }
        if (ends.size() == maxStages) {
            return;
        }
        for (int g = 0; g < classes.size(); g++) {
            for (int m : classes.get(g).shares()) {
                for (int end = first + 1; end <= blocks; end++) {
                    if (n <= table(g, m).maxBatchSize() && fits(g, m, first, end, n) && !(wholeGpusOnly && m > 1)) {
                        extend(n, with(ends, end), with(stages, new Choice(g, m)));
                    }
                }
            }
        }
    }

    private static <T> List<T> with(List<T> list, T more) {
        var longer = new ArrayList<>(list);
        longer.add(more);
        return List.copyOf(longer);
    }

    private LatencyTable table(int g, int m) {
        return model.profile().latencies(classes.get(g).name(), m).orElseThrow();
    }

    private boolean fits(int g, int m, int first, int end, int n) {
        long needed = 0;
        long activations = 0;
        for (int b = first; b < end; b++) {
            needed += model.profile().blocks().get(b).weightBytes();
            activations = Math.max(activations, model.profile().blocks().get(b).activationBytes());
        }
        return needed + n * activations <= classes.get(g).memoryBytes() / m;
    }

    private double micros(int n, List<Integer> ends, List<Choice> stages, int i) {
        int first = i == 0 ? 0 : ends.get(i - 1);
        Choice on = stages.get(i);
        return table(on.gpuClass(), on.shares()).latencyMicros(first, ends.get(i), n);
    }

    /** Returns how many bits a request sends from stage i to the next. */
    private double bits(List<Integer> ends, int i) {
        ModelProfile profile = model.profile();
        return 8.0 * profile.cuts().get(ends.get(i) - 1).bytesPerRequest();
    }

    private double nic(List<Choice> stages, int i) {
        return Math.min(
                classes.get(stages.get(i).gpuClass()).nicBitsPerSecond(),
                classes.get(stages.get(i + 1).gpuClass()).nicBitsPerSecond());
    }

    private boolean inTime(int n, List<Integer> ends, List<Choice> stages) {
        double slo = model.slo().latencyMicros();
        double total =
                rules.margin() * slo + rules.batchBuildingFactor() * (n - 1) * 1e6 / rules.rateEstimatePerSecond();
        for (int i = 0; i < stages.size(); i++) {
            total += micros(n, ends, stages, i);
            if (i + 1 < stages.size()) {
                total += n * bits(ends, i) * 1e6 / nic(stages, i);
            }
        }
        return total <= slo;
    }

    private List<Double> rates(int n, List<Integer> ends, List<Choice> stages) {
        var rates = new ArrayList<Double>();
        for (int i = 0; i < stages.size(); i++) {
            double rate = n * 1e6 / micros(n, ends, stages, i);
            double sharers = (double) stages.get(i).shares()
                    * classes.get(stages.get(i).gpuClass()).gpusPerServer();
            if (i > 0) {
                rate = Math.min(rate, nic(stages, i - 1) / (bits(ends, i - 1) * sharers));
            }
            if (i + 1 < stages.size()) {
                rate = Math.min(rate, nic(stages, i) / (bits(ends, i) * sharers));
            }
            rates.add(rate);
        }
        return List.copyOf(rates);
    }
}
