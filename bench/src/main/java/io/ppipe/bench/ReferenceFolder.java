package io.ppipe.bench;

import io.ppipe.bench.PlanTask.Terms;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final String BATCH = "batch";

    /** Stands for the profile that the scenarios' plans belong to. */
    private static final String FINGERPRINT = "reference";

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
            List<ScenarioModel> models =
                    rows.stream().map(row -> model(row, classes)).toList();
            return new PlanTask(
                    name,
                    new Scenario(new Cluster(name, classes, 1), models, FINGERPRINT),
                    first.whole("max_stages", 1),
                    rows.stream().map(ReferenceFolder::terms).toList());
        } catch (IllegalArgumentException e) {
            throw first.wrong("instance %s: %s".formatted(name, e.getMessage()));
        }
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

    private ScenarioModel model(Csv.Row row, List<GpuClass> classes) {
        var slo = new Slo(wholeMicros(row.number("slo_us")), Slo.DEFAULT_TARGET);
        return new ScenarioModel(
                row.text("model"), slo, new Demand.Weight(row.number("weight")), profile(row.text("model"), classes));
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

    /** Returns a model's profile with the tables of these classes and their shares. */
    ModelProfile profile(String model, List<GpuClass> classes) {
        Path file = folder.resolve("cut-bytes").resolve(model + ".csv");
        List<Cut> cuts = inOrder(Csv.read(file), "cut_after_block").stream()
                .map(row -> new Cut(List.of(), (long) row.number("bytes_per_request")))
                .toList();
        var tables = new ArrayList<LatencyTable>();
        for (GpuClass gpuClass : classes) {
            for (int shares : gpuClass.shares()) {
                tables.add(table(model, gpuClass.name(), shares));
            }
        }
        List<Block> blocks = IntStream.rangeClosed(0, cuts.size())
                .mapToObj(b -> new Block("block" + b, "block" + b, 1, 0, 0))
                .toList();
        return new ModelProfile(model, "", BoundaryType.UNCHANGED, List.of(), List.of(), blocks, cuts, tables, "");
    }

    private Path tablePath(String model, String gpuClass, int shares) {
        return folder.resolve(LATENCIES).resolve(model).resolve("%s-%d.csv".formatted(gpuClass, shares));
    }

    private LatencyTable table(String model, String gpuClass, int shares) {
        List<Csv.Row> rows = inOrder(Csv.read(tablePath(model, gpuClass, shares)), "block");
        List<Integer> batchSizes = rows.getFirst().headings().stream()
                .filter(heading -> heading.matches(BATCH + "[1-9][0-9]{0,5}"))
                .map(heading -> Integer.valueOf(heading.substring(BATCH.length())))
                .toList();
        List<List<Long>> micros = rows.stream()
                .map(row -> batchSizes.stream()
                        .map(n -> Math.max(1, Math.round(row.number(BATCH + n))))
                        .toList())
                .toList();
        try {
            return new LatencyTable(
                    gpuClass,
                    shares,
                    batchSizes,
                    micros,
                    new Provenance(Provenance.Kind.IMPORTED, gpuClass, FINGERPRINT, ""));
        } catch (IllegalArgumentException e) {
            throw rows.getFirst().wrong(String.valueOf(e.getMessage()));
        }
    }

    /** Checks that the rows are numbered 0, 1, 2, … */
    private static List<Csv.Row> inOrder(List<Csv.Row> rows, String column) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).whole(column, 0) != i) {
                throw rows.get(i).wrong(column, String.valueOf(i) + ", as rows are numbered from 0");
            }
        }
        return rows;
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

    /** Returns a cluster of classes and models as a scenario. */
    Scenario scenario(String cluster, List<GpuClass> classes, List<Model> models) {
        List<ScenarioModel> served = models.stream()
                .map(m -> new ScenarioModel(
                        m.name(),
                        new Slo(m.sloMicros(), Slo.DEFAULT_TARGET),
                        new Demand.Weight(1),
                        profile(m.name(), classes)))
                .toList();
        return new Scenario(new Cluster(cluster, classes, 1), served, FINGERPRINT);
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
