package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The best objective by trying every way to hand GPUs to (model, stage index, class, share) groups, and within a group
 * every way to hand its vGPUs to templates. Knows nothing of the MILP, nor of dominance. For at most two stages and a few
 * GPUs.
 */
final class BruteForce {
    private record Choice(int gpuClass, int shares) {}

    /** A feasible pipeline: its stages' hardware and rates. */
    private record Path(List<Choice> stages, double[] rates) {}

    private final Scenario scenario;
    private final List<List<Path>> pathsOfModel = new ArrayList<>();

    private BruteForce(Scenario scenario, List<ModelRules> rules) {
        this.scenario = scenario;
        for (int k = 0; k < scenario.models().size(); k++) {
            pathsOfModel.add(paths(rules.get(k), scenario.models().get(k)));
        }
    }

    /** @param rules of each model */
    static double objective(Scenario scenario, List<ModelRules> rules) {
        return new BruteForce(scenario, rules).best();
    }

    private List<Path> paths(ModelRules rules, ScenarioModel model) {
        var paths = new ArrayList<Path>();
        int blocks = model.profile().blockCount();
        List<Choice> choices = new ArrayList<>();
        for (int g = 0; g < scenario.cluster().classes().size(); g++) {
            for (int m : scenario.cluster().classes().get(g).shares()) {
                choices.add(new Choice(g, m));
            }
        }
        for (int n : List.of(1, 2)) {
            for (Choice first : choices) {
                add(paths, rules, model, n, new int[] {0, blocks}, List.of(first));
                for (Choice second : choices) {
                    for (int cut = 1; cut < blocks; cut++) {
                        add(paths, rules, model, n, new int[] {0, cut, blocks}, List.of(first, second));
                    }
                }
            }
        }
        return paths;
    }

    private void add(List<Path> paths, ModelRules rules, ScenarioModel model, int n, int[] ends, List<Choice> stages) {
        double total = rules.batchBuildingFactor() * (n - 1) / rules.rateEstimatePerSecond() * 1e6
                + rules.margin() * model.slo().latencyMicros();
        var rates = new double[stages.size()];
        for (int s = 0; s < stages.size(); s++) {
            GpuClass gpuClass = gpuClass(stages.get(s));
            LatencyTable table = model.profile()
                    .latencies(gpuClass.name(), stages.get(s).shares())
                    .orElseThrow();
            long latency = table.latencyMicros(ends[s], ends[s + 1], n);
            total += latency;
            rates[s] = n * 1e6 / latency;
        }
        if (stages.size() == 2) {
            double nic = Math.min(
                    gpuClass(stages.get(0)).nicBitsPerSecond(),
                    gpuClass(stages.get(1)).nicBitsPerSecond());
            double bits = 8.0 * model.profile().cuts().get(ends[1] - 1).bytesPerRequest();
            total += n * bits / nic * 1e6;
            for (int s = 0; s < 2; s++) {
                Choice choice = stages.get(s);
                rates[s] = Math.min(
                        rates[s],
                        nic / (bits * choice.shares() * gpuClass(choice).gpusPerServer()));
            }
        }
        if (total <= model.slo().latencyMicros()) {
            paths.add(new Path(stages, rates));
        }
    }

    private GpuClass gpuClass(Choice choice) {
        return scenario.cluster().classes().get(choice.gpuClass());
    }

    private double best() {
        int[] counts =
                scenario.cluster().classes().stream().mapToInt(GpuClass::count).toArray();
        Map<String, Double> forModels = new HashMap<>();
        forModels.put(Arrays.toString(new int[counts.length]), Double.POSITIVE_INFINITY);
        // After each model: for every number of GPUs used per class, the best min over models so far.
        for (int k = 0; k < scenario.models().size(); k++) {
            Map<String, Double> next = new HashMap<>();
            double weight = scenario.models().get(k).weight();
            Map<String, Double> own = throughputByGpus(pathsOfModel.get(k), counts);
            for (var before : forModels.entrySet()) {
                for (var mine : own.entrySet()) {
                    int[] used = sum(parse(before.getKey()), parse(mine.getKey()));
                    if (fits(used, counts)) {
                        next.merge(
                                Arrays.toString(used),
                                Math.min(before.getValue(), mine.getValue() / weight),
                                Math::max);
                    }
                }
            }
            forModels = next;
        }
        return forModels.values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    /** Returns, for numbers of GPUs per class, the highest throughput of one model on them. */
    private Map<String, Double> throughputByGpus(List<Path> paths, int[] counts) {
        var best = new HashMap<String, Double>();
        extend(paths, 0, new LinkedHashMap<>(), 0, counts, best);
        return best;
    }

    /** Gives the path {@code index} every number of vGPUs at each stage that still fits. */
    private void extend(
            List<Path> paths,
            int index,
            Map<String, Integer> vgpusOfGroup,
            double throughput,
            int[] counts,
            Map<String, Double> best) {
        int[] used = gpus(vgpusOfGroup, counts.length);
        if (!fits(used, counts)) {
            return;
        }
        if (index == paths.size()) {
            best.merge(Arrays.toString(used), throughput, Math::max);
            return;
        }
        Path path = paths.get(index);
        extend(paths, index + 1, vgpusOfGroup, throughput, counts, best);
        Choice first = path.stages().getFirst();
        for (int v = 1; v <= counts[first.gpuClass()] * first.shares(); v++) {
            var withFirst = new LinkedHashMap<>(vgpusOfGroup);
            withFirst.merge(group(0, first), v, Integer::sum);
            if (path.stages().size() == 1) {
                extend(paths, index + 1, withFirst, throughput + v * path.rates()[0], counts, best);
                continue;
            }
            Choice second = path.stages().get(1);
            for (int u = 1; u <= counts[second.gpuClass()] * second.shares(); u++) {
                var withBoth = new LinkedHashMap<>(withFirst);
                withBoth.merge(group(1, second), u, Integer::sum);
                double more = Math.min(v * path.rates()[0], u * path.rates()[1]);
                extend(paths, index + 1, withBoth, throughput + more, counts, best);
            }
        }
    }

    private static String group(int stage, Choice choice) {
        return "%d,%d,%d".formatted(stage, choice.gpuClass(), choice.shares());
    }

    private static int[] gpus(Map<String, Integer> vgpusOfGroup, int classes) {
        var used = new int[classes];
        vgpusOfGroup.forEach((group, vgpus) -> {
            String[] parts = group.split(",");
            used[Integer.parseInt(parts[1])] += Math.ceilDiv(vgpus, Integer.parseInt(parts[2]));
        });
        return used;
    }

    private static int[] parse(String text) {
        return Arrays.stream(text.substring(1, text.length() - 1).split(", "))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static int[] sum(int[] a, int[] b) {
        var sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    private static boolean fits(int[] used, int[] counts) {
        for (int i = 0; i < used.length; i++) {
            if (used[i] > counts[i]) {
                return false;
            }
        }
        return true;
    }
}
