package io.ppipe.bench;

import io.ppipe.bench.PlanTask.Terms;
import io.ppipe.format.ProfileCsv;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.Price;
import io.ppipe.model.Profile;
import io.ppipe.model.Scenario;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import io.ppipe.model.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder of measured latencies and sizes, of planning instances and, for some of them, of somebody else's plans, as CSV
 * files: {@code instances.csv}, {@code models.csv}, {@code block-latency-us/MODEL/CLASS-SHARES.csv},
 * {@code cut-bytes/MODEL.csv}, {@code layers/MODEL.csv}, {@code published-plans.csv}. Nothing but what is asked for is read.
 * GPUs have all the memory they need: the folder says nothing of it.
 */
final class ReferenceFolder {
    private static final String INSTANCES = "instances.csv";
    private static final String LATENCIES = "block-latency-us";

    private final Path folder;

    ReferenceFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BadInputException("%s: there is no such folder.".formatted(folder));
        }
        this.folder = folder;
    }

    /** A GPU class as {@code name:count:GPUs-per-server:max-shares} says. */
    record ClassTerms(String name, int count, int gpusPerServer, int maxShares) {}

    /** A model of {@code models.csv}. */
    record Model(String name, long sloMicros) {}

    /** Returns the instances whose names begin with what the pattern matches, in the file's order; at least one. */
    List<PlanTask> instances(Pattern beginning) {
        Map<String, List<Csv.Row>> rows = new LinkedHashMap<>();
        for (Csv.Row row : Csv.read(folder.resolve(INSTANCES))) {
            rows.computeIfAbsent(row.text("instance"), _ -> new ArrayList<>()).add(row);
        }
        List<PlanTask> chosen = rows.entrySet().stream()
                .filter(entry -> beginning.matcher(entry.getKey()).lookingAt())
                .map(entry -> instance(entry.getKey(), entry.getValue()))
                .toList();
        if (chosen.isEmpty()) {
            throw new BadInputException("%s: none of its %d instances begins with '%s'."
                    .formatted(folder.resolve(INSTANCES), rows.size(), beginning));
        }
        return chosen;
    }

    private PlanTask instance(String name, List<Csv.Row> rows) {
        Csv.Row first = rows.getFirst();
        for (Csv.Row row : rows) {
            for (String column : List.of("max_stages", "nic_gbps", "classes")) {
                if (!row.text(column).equals(first.text(column))) {
                    throw row.wrong("%s of instance %s is '%s' here and '%s' in line %d."
                            .formatted(column, name, row.text(column), first.text(column), first.line()));
                }
            }
        }
        try {
            List<GpuClass> classes = classes(first).stream()
                    .map(c -> gpuClass(c, first.number("nic_gbps")))
                    .toList();
            List<ModelDemand> demands = rows.stream()
                    .map(row -> demand(row.text("model"), wholeMicros(row.number("slo_us")), row.number("weight")))
                    .toList();
            return new PlanTask(
                    name,
                    scenario(name, classes, demands),
                    first.whole("max_stages", 1),
                    rows.stream().map(ReferenceFolder::terms).toList());
        } catch (IllegalArgumentException e) {
            throw first.wrong("instance %s: %s".formatted(name, e.getMessage()));
        }
    }

    /** Returns a cluster and models with their profiles; the folder must have tables of all of them. */
    Scenario scenario(String cluster, List<GpuClass> classes, List<ModelDemand> demands) {
        Profile profile = ProfileCsv.read(
                folder,
                demands.stream().map(ModelDemand::name).toList(),
                classes.stream().map(GpuClass::name).toList());
        return Scenario.of(new Cluster(cluster, classes, 1), new Workload(demands, Optional.empty()), profile);
    }

    /** Returns what is asked of a model. */
    static ModelDemand demand(String model, long sloMicros, double weight) {
        return new ModelDemand(
                model,
                Optional.empty(),
                new Slo(sloMicros, Slo.DEFAULT_TARGET),
                new Demand.Weight(weight),
                BoundaryType.UNCHANGED);
    }

    private static List<ClassTerms> classes(Csv.Row row) {
        return Stream.of(row.text("classes").split(" "))
                .map(text -> {
                    String[] parts = text.split(":");
                    try {
                        return new ClassTerms(
                                parts[0],
                                Integer.parseInt(parts[1]),
                                Integer.parseInt(parts[2]),
                                Integer.parseInt(parts[3]));
                    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                        throw row.wrong("classes", "name:count:GPUs-per-server:max-shares for each class");
                    }
                })
                .toList();
    }

    /** Returns the class as a cluster has it. */
    static GpuClass gpuClass(ClassTerms terms, double nicGbps) {
        return new GpuClass(
                terms.name(),
                terms.count(),
                terms.gpusPerServer(),
                Long.MAX_VALUE,
                IntStream.rangeClosed(1, terms.maxShares()).boxed().toList(),
                Sharing.MPS, // a GPU is counted by its shares, whatever their sizes
                nicGbps * 1e9,
                Price.UNKNOWN,
                new Executor.Cpu(1));
    }

    private static long wholeMicros(double micros) {
        return (long) Math.ceil(micros);
    }

    /** An SLO is whole microseconds here and the file's may not be: the margin makes up for it, so that the budget is exact. */
    private static Terms terms(Csv.Row row) {
        double budgetMicros = row.number("slo_us") - row.number("margin_us");
        if (!(budgetMicros > 0)) {
            throw row.wrong("the margin leaves nothing of the SLO.");
        }
        return new Terms(
                1 - budgetMicros / wholeMicros(row.number("slo_us")),
                row.number("batch_build_factor"),
                OptionalDouble.of(row.number("rate_estimate_rps")));
    }

    private Path tablePath(String model, String gpuClass, int shares) {
        return folder.resolve(LATENCIES).resolve(model).resolve("%s-%d.csv".formatted(gpuClass, shares));
    }

    /** Returns min over the instance's models of throughput ÷ weight; nothing where not every model's is there. */
    OptionalDouble publishedObjective(PlanTask instance, String algorithm) {
        Map<String, Double> byModel = new LinkedHashMap<>();
        for (Csv.Row row :
                Csv.readIfPresent(folder.resolve("published-plans.csv")).orElse(List.of())) {
            if (row.text("instance").equals(instance.name())
                    && row.text("algorithm").equals(algorithm)) {
                byModel.put(row.text("model"), row.number("throughput_over_weight"));
            }
        }
        return instance.scenario().models().stream().allMatch(m -> byModel.containsKey(m.name()))
                ? byModel.values().stream().mapToDouble(Double::doubleValue).min()
                : OptionalDouble.empty();
    }

    /** Returns {@code models.csv}, in its order. */
    List<Model> models() {
        return Csv.read(folder.resolve("models.csv")).stream()
                .map(row -> new Model(row.text("model"), Math.max(1, wholeMicros(row.number("slo_us")))))
                .toList();
    }

    /** Returns the GPU classes that any model has latencies for, in alphabetical order. */
    List<String> classNames() {
        var names = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(folder.resolve(LATENCIES), 2)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("-1.csv"))
                    .forEach(name -> names.add(name.substring(0, name.length() - "-1.csv".length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(names);
    }

    /** Returns whether the model can be planned for a class, with all of its shares. */
    boolean hasTables(String model, ClassTerms gpuClass) {
        return IntStream.rangeClosed(1, gpuClass.maxShares())
                        .allMatch(shares -> Files.exists(tablePath(model, gpuClass.name(), shares)))
                && Files.exists(folder.resolve("cut-bytes").resolve(model + ".csv"));
    }

    /** Returns the largest servers and the most shares that the instances have of a class; 1 and 1 where they have none. */
    ClassTerms largestServers(String gpuClass, int count) {
        List<ClassTerms> seen = Csv.readIfPresent(folder.resolve(INSTANCES)).orElse(List.of()).stream()
                .flatMap(row -> classes(row).stream())
                .filter(c -> c.name().equals(gpuClass))
                .toList();
        return new ClassTerms(
                gpuClass, count, most(seen, ClassTerms::gpusPerServer), most(seen, ClassTerms::maxShares));
    }

    private static int most(List<ClassTerms> classes, ToIntFunction<ClassTerms> what) {
        OptionalInt most = classes.stream().mapToInt(what).max();
        return most.orElse(1);
    }

    /** Returns the files of {@code layers/}, in alphabetical order. */
    List<LayerTable> layerTables() {
        Path layers = folder.resolve("layers");
        if (!Files.isDirectory(layers)) {
            throw new BadInputException("%s: there is no such folder.".formatted(layers));
        }
        try (Stream<Path> files = Files.list(layers)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".csv"))
                    .sorted()
                    .map(file -> LayerTable.read(file, folder.resolve("published-prepartition.csv")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
