package io.ppipe.plan;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Provenance;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The published planning instances, where the reference data is beside the checkout. */
final class PublishedInstances {
    private final Path folder;

    PublishedInstances() {
        folder =
                Path.of(System.getProperty("ppipe.root", "..")).toAbsolutePath().resolveSibling("shared/reference");
    }

    boolean present() {
        return Files.exists(folder.resolve("instances.csv"));
    }

    record Instance(
            String name,
            Scenario scenario,
            PlanRules rules,
            double margin,
            double batchBuildingFactor,
            List<Double> rates) {}

    /** Returns the instances whose names begin with {@code prefix}. */
    List<Instance> instances(String prefix) {
        Map<String, List<String[]>> rows = new LinkedHashMap<>();
        for (String[] row : csv("instances.csv")) {
            if (row[0].startsWith(prefix)) {
                rows.computeIfAbsent(row[0], n -> new ArrayList<>()).add(row);
            }
        }
        return rows.entrySet().stream()
                .map(e -> instance(e.getKey(), e.getValue()))
                .toList();
    }

    /** Returns the published objective: min over models of throughput ÷ weight. */
    double objective(String instance, String algorithm) {
        return csv("published-plans.csv").stream()
                .filter(row -> row[0].equals(instance) && row[1].equals(algorithm))
                .mapToDouble(row -> Double.parseDouble(row[4]))
                .min()
                .orElseThrow();
    }

    /** Returns the published throughput of each model. */
    List<Double> throughputs(String instance, String algorithm) {
        return csv("published-plans.csv").stream()
                .filter(row -> row[0].equals(instance) && row[1].equals(algorithm))
                .map(row -> Double.parseDouble(row[3]))
                .toList();
    }

    /** Returns {@code [model][class]} how many GPUs the published plan without partitioning has. */
    int[][] gpusWithoutPartitioning(Instance instance) {
        Scenario scenario = instance.scenario();
        String json = text("plans/%s-np.json".formatted(instance.name()));
        var gpus =
                new int[scenario.models().size()][scenario.cluster().classes().size()];
        int model = -1;
        var keys = Pattern.compile("\"model\": |\"class\": \"(\\w+)\", \"shares_per_gpu\": 1, \"gpus\": ([0-9.]+)")
                .matcher(json);
        while (keys.find()) {
            if (keys.group(1) == null) {
                model++;
            } else {
                gpus[model][scenario.cluster().classIndex(keys.group(1))] +=
                        (int) Math.round(Double.parseDouble(keys.group(2)));
            }
        }
        return gpus;
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file)).replaceAll("\\s+", " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Instance instance(String name, List<String[]> rows) {
        String[] first = rows.getFirst();
        double bitsPerSecond = Double.parseDouble(first[9]) * 1e9;
        List<GpuClass> classes = Arrays.stream(first[10].split(" "))
                .map(text -> gpuClass(text.split(":"), bitsPerSecond))
                .toList();
        List<ScenarioModel> models =
                rows.stream().map(row -> model(row, classes)).toList();
        double slo = Double.parseDouble(first[3]);
        double margin = Double.parseDouble(first[6]) / slo;
        return new Instance(
                name,
                new Scenario(new Cluster(name, classes, 1), models, "published"),
                new PlanRules(Integer.parseInt(first[8]), Goal.THROUGHPUT, false),
                margin,
                Double.parseDouble(first[7]),
                rows.stream().map(row -> Double.parseDouble(row[5])).toList());
    }

    private static GpuClass gpuClass(String[] parts, double bitsPerSecond) {
        return new GpuClass(
                parts[0],
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Long.MAX_VALUE,
                IntStream.rangeClosed(1, Integer.parseInt(parts[3])).boxed().toList(),
                Sharing.MPS,
                bitsPerSecond,
                Price.UNKNOWN,
                new Executor.Cpu(1));
    }

    private ScenarioModel model(String[] row, List<GpuClass> classes) {
        String name = row[2];
        List<Cut> cuts = csv("cut-bytes/" + name + ".csv").stream()
                .map(cut -> new Cut(List.of(), Long.parseLong(cut[1])))
                .toList();
        var tables = new ArrayList<LatencyTable>();
        for (GpuClass gpuClass : classes) {
            for (int shares : gpuClass.shares()) {
                tables.add(table(name, gpuClass.name(), shares));
            }
        }
        List<Block> blocks = IntStream.rangeClosed(0, cuts.size())
                .mapToObj(b -> new Block("b" + b, "b" + b, 1, 0, 0))
                .toList();
        var profile =
                new ModelProfile(name, "", BoundaryType.UNCHANGED, List.of(), List.of(), blocks, cuts, tables, "");
        // SLOs have fractions of a microsecond; rounding up by less than one changes nothing that is compared.
        var slo = new Slo((long) Math.ceil(Double.parseDouble(row[3])), 0.99);
        return new ScenarioModel(name, slo, new Demand.Weight(Double.parseDouble(row[4])), profile);
    }

    private LatencyTable table(String model, String gpuClass, int shares) {
        List<String[]> rows = csv("block-latency-us/%s/%s-%d.csv".formatted(model, gpuClass, shares));
        List<Integer> batches =
                IntStream.range(1, rows.getFirst().length).boxed().toList();
        List<List<Long>> micros = rows.stream()
                .map(row -> Arrays.stream(row)
                        .skip(1)
                        .map(us -> Math.max(1, Math.round(Double.parseDouble(us))))
                        .toList())
                .toList();
        return new LatencyTable(
                gpuClass, shares, batches, micros, new Provenance(Provenance.Kind.IMPORTED, gpuClass, "published", ""));
    }

    private List<String[]> csv(String file) {
        try {
            return Files.readAllLines(folder.resolve(file)).stream()
                    .skip(1)
                    .filter(line -> !line.isBlank())
                    .map(line -> line.split(",", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
