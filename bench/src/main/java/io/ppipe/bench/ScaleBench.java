package io.ppipe.bench;

import static io.ppipe.cli.Main.FAILED;
import static io.ppipe.cli.Main.OK;

import io.ppipe.bench.PlanTask.Terms;
import io.ppipe.bench.ReferenceFolder.ClassTerms;
import io.ppipe.bench.ReferenceFolder.Model;
import io.ppipe.cli.Numbers;
import io.ppipe.cli.TextTable;
import io.ppipe.model.BadInputException;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Plan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe bench scale}: what more classes, models and GPUs cost the planner. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        header = "Time and gap of the planner by classes, models and GPUs.",
        description = {
            "Plans for clusters of the folder's GPU classes and the first models of models.csv that have latencies for"
                + " all of them, with equal weights. GPUs are split evenly over the classes, the first ones get what"
                + " is left over; servers are the largest that the instances have of a class. The planner estimates"
                + " the rates itself."
        })
final class ScaleBench implements Callable<Integer> {
    /** The classes that are taken first, where the folder has them; then the others by name. */
    private static final List<String> FIRST_CLASSES = List.of("L4", "P4", "T4", "V100");

    private static final double MARGIN = 0.4;
    private static final double BATCH_BUILDING_FACTOR = 1.3;
    private static final double NIC_GBPS = 10;

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Option(
            names = "--gpus",
            paramLabel = "N",
            split = ",",
            defaultValue = "100,1000,100000",
            description = "GPUs in the cluster (default: ${DEFAULT-VALUE}).")
    private List<Integer> gpus = List.of();

    @Option(
            names = "--classes",
            paramLabel = "N",
            split = ",",
            defaultValue = "2,3,4",
            description = "GPU classes (default: ${DEFAULT-VALUE}).")
    private List<Integer> classes = List.of();

    @Option(
            names = "--models",
            paramLabel = "N",
            split = ",",
            defaultValue = "3,6,12",
            description = "Models (default: ${DEFAULT-VALUE}).")
    private List<Integer> models = List.of();

    @Option(
            names = "--stages",
            paramLabel = "N",
            defaultValue = "3",
            description = "Most stages of a pipeline (default: ${DEFAULT-VALUE}).")
    private int stages;

    @Option(
            names = "--gap",
            paramLabel = "FRACTION",
            defaultValue = "0.01",
            description = "Stop when the plan is proven to be this near to the best (default: ${DEFAULT-VALUE}).")
    private double gap;

    @Option(
            names = "--time-limit",
            paramLabel = "S",
            defaultValue = "55",
            description = "Stop after this time with the best plan so far (default: ${DEFAULT-VALUE}).")
    private double limitSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    /** A cluster and a workload to plan for. */
    private record Point(List<String> classes, List<Model> models, int gpus, PlanTask task) {}

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        checkOptions();
        List<Point> points = points(options.folder(), out);
        if (points.isEmpty()) {
            throw new BadInputException("The folder has too few classes or models for any of these sizes.");
        }
        BenchReport report = options.report("scale")
                .with("margin", MARGIN)
                .with("batch_building_factor", BATCH_BUILDING_FACTOR)
                .with("nic_gbps", NIC_GBPS);
        out.printf(
                "Up to %d stages, margin %s, gap wanted %s, at most %s s each, NICs of %s Gbit/s, GPUs split evenly"
                        + " over the classes.%n",
                stages, plain(MARGIN), plain(gap), plain(limitSeconds), plain(NIC_GBPS));
        SolverStart.measure(out, report);
        TextTable table = table(points);
        out.print(table.heading());
        out.flush();
        boolean broken = false;
        for (Point point : points) {
            PlannerRun run = Watched.run(point.task(), "ppipe", gap, limitSeconds);
            broken |= run.broken();
            out.print(table.rowLine(cells(point, run)));
            if (!run.failure().isEmpty()) {
                out.println("    " + run.failure());
            }
            out.flush();
            report.row(json(point, run));
        }
        report.complete();
        return broken ? FAILED : OK;
    }

    private void checkOptions() {
        for (int number : Stream.of(gpus, classes, models, List.of(stages))
                .flatMap(List::stream)
                .toList()) {
            if (number < 1) {
                throw new BadInputException(
                        "--gpus, --classes, --models and --stages must be at least 1, not %d.".formatted(number));
            }
        }
        if (!(gap >= 0 && gap < 1) || !(limitSeconds > 0)) {
            throw new BadInputException(
                    "--gap (%s) must be in [0, 1), --time-limit (%s) above 0 seconds.".formatted(gap, limitSeconds));
        }
    }

    private static String plain(double number) {
        return Numbers.plain(number);
    }

    private List<Point> points(ReferenceFolder folder, PrintWriter out) {
        List<String> names = inOrder(folder.classNames());
        var points = new ArrayList<Point>();
        for (int classCount : classes) {
            if (classCount > names.size()) {
                out.printf("Left out: %d classes, as the folder has %d.%n", classCount, names.size());
                continue;
            }
            List<String> chosen = names.subList(0, classCount);
            List<Model> known = folder.models().stream()
                    .filter(m -> chosen.stream().allMatch(c -> folder.hasTables(m.name(), folder.largestServers(c, 1))))
                    .toList();
            for (int modelCount : models) {
                if (modelCount > known.size()) {
                    out.printf(
                            "Left out: %d models on %s, as the folder has latencies of %d.%n",
                            modelCount, String.join(", ", chosen), known.size());
                    continue;
                }
                for (int total : gpus) {
                    if (total >= classCount) {
                        points.add(point(folder, chosen, known.subList(0, modelCount), total));
                    }
                }
            }
        }
        return points;
    }

    private static List<String> inOrder(List<String> present) {
        var names = new ArrayList<>(FIRST_CLASSES);
        names.retainAll(present);
        present.stream().filter(name -> !names.contains(name)).forEach(names::add);
        return names;
    }

    private Point point(ReferenceFolder folder, List<String> chosen, List<Model> served, int total) {
        var split = new ArrayList<GpuClass>();
        for (int i = 0; i < chosen.size(); i++) {
            int count = total / chosen.size() + (i < total % chosen.size() ? 1 : 0);
            ClassTerms terms = folder.largestServers(chosen.get(i), count);
            split.add(ReferenceFolder.gpuClass(terms, NIC_GBPS));
        }
        String name = "%d classes, %d models, %d GPUs".formatted(chosen.size(), served.size(), total);
        var terms = new Terms(MARGIN, BATCH_BUILDING_FACTOR, OptionalDouble.empty());
        return new Point(
                chosen,
                served,
                total,
                new PlanTask(
                        name,
                        folder.scenario(
                                name,
                                split,
                                served.stream()
                                        .map(m -> ReferenceFolder.demand(m.name(), m.sloMicros(), 1))
                                        .toList()),
                        stages,
                        Collections.nCopies(served.size(), terms)));
    }

    private static TextTable table(List<Point> points) {
        String widest = points.stream()
                .map(ScaleBench::split)
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .orElseThrow();
        return new TextTable(
                        ">classes", ">models", ">GPUs", "split", ">objective", ">bound", ">gap", ">seconds", "ended by")
                .fitting("", "", "100000", widest, "1000000.00", "1000000.00", "0.00000", "", "");
    }

    private static String split(Point point) {
        return point.task().scenario().cluster().classes().stream()
                .map(c -> c.count() + " " + c.name())
                .collect(Collectors.joining(", "));
    }

    private static String[] cells(Point point, PlannerRun run) {
        var cells = new ArrayList<>(List.of(
                String.valueOf(point.classes().size()),
                String.valueOf(point.models().size()),
                String.valueOf(point.gpus()),
                split(point)));
        if (run.plan().isPresent()) {
            var certificate = run.plan().get().certificate();
            cells.add(Figures.rate(certificate.objective()));
            cells.add(Figures.rate(certificate.bound()));
            cells.add(Figures.gap(certificate.gap()));
        } else {
            cells.addAll(Collections.nCopies(3, Figures.NONE));
        }
        cells.add(Figures.seconds(run.seconds()));
        cells.add(run.endedBy());
        return cells.toArray(String[]::new);
    }

    private Map<String, @Nullable Object> json(Point point, PlannerRun run) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("classes", point.classes().size());
        json.put("models", point.models().size());
        json.put("gpus", point.gpus());
        json.put("stages", stages);
        Plan plan = run.plan().orElse(null);
        json.put("objective", plan == null ? null : plan.certificate().objective());
        json.put("bound", plan == null ? null : plan.certificate().bound());
        json.put("gap", plan == null ? null : plan.certificate().gap());
        json.put("seconds", run.seconds());
        json.put("ended_by", run.endedBy());
        json.put("class_names", point.classes());
        json.put("model_names", point.models().stream().map(Model::name).toList());
        if (!run.failure().isEmpty()) {
            json.put("failure", run.failure());
        }
        return json;
    }
}
