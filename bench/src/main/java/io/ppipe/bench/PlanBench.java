package io.ppipe.bench;

import static io.ppipe.cli.Main.FAILED;
import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.TextTable;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Certificate;
import io.ppipe.model.Plan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe bench plan}: our plans beside the published ones. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        header = "Plan every instance of a folder: objective, proven bound, gap and time, beside the published plans.",
        description = {
            "Every instance is planned with the SLOs, margins, weights and rate estimates of its folder, and every"
                    + " plan is rechecked; when one breaks a rule the command ends with 1.",
            "The objective is the least throughput ÷ weight of an instance's models, gap = (bound − objective) ÷ bound."
                    + " Seconds are the planner's alone, on a warm solver."
        })
final class PlanBench implements Callable<Integer> {
    /** Published throughputs are rounded: what is less below them is not below. */
    private static final double ROUNDING = 1e-6;

    private static final int FEW_STAGES = 2;

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Mixin
    private final InstanceOptions instances = new InstanceOptions(InstanceOptions.ALL);

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            split = ",",
            description = "ppipe (pooled pipelines), np (no partitioning), dart-r (chains of a fast and a slow GPU),"
                    + " dart-r-free (the same, dealt freely), several separated by commas; ppipe by default.")
    private List<String> algorithms = List.of("ppipe");

    @Option(
            names = "--gap",
            paramLabel = "FRACTION",
            description =
                    "Stop when the plan is proven to be this near to the best; by default 0.0005 with up to 2 stages,"
                            + " 0.0002 with more.")
    private @Nullable Double gap;

    @Option(
            names = "--time-limit",
            paramLabel = "S",
            description =
                    "Stop after this time with the best plan so far; by default 9 s with up to 2 stages, 25 s with"
                            + " more.")
    private @Nullable Double limitSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    /** What came of one instance and one algorithm. */
    private record Row(PlanTask task, String algorithm, OptionalDouble published, PlannerRun run) {
        OptionalDouble ratio() {
            return run.plan().isPresent() && published.isPresent()
                    ? OptionalDouble.of(certificate().objective() / published.getAsDouble())
                    : OptionalDouble.empty();
        }

        Certificate certificate() {
            return run.plan().orElseThrow().certificate();
        }
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        ReferenceFolder folder = options.folder();
        List<PlanTask> tasks = instances.of(folder);
        checkOptions();
        BenchReport report = options.report("plan");
        SolverStart.measure(out, report);
        TextTable table = table(tasks);
        out.print(table.heading());
        out.flush();
        var rows = new ArrayList<Row>();
        for (PlanTask task : tasks) {
            for (String algorithm : algorithms) {
                PlannerRun run = run(task, algorithm);
                var row = new Row(task, algorithm, folder.publishedObjective(task, algorithm), run);
                rows.add(row);
                out.print(table.rowLine(cells(row)));
                if (!run.failure().isEmpty()) {
                    out.println("    " + run.failure());
                }
                out.flush();
                report.row(json(row));
            }
        }
        report.complete();
        out.println();
        out.print(summary(rows));
        return rows.stream().anyMatch(row -> row.run().broken()) ? FAILED : OK;
    }

    private void checkOptions() {
        for (String algorithm : algorithms) {
            if (!PlannerRun.ALGORITHMS.contains(algorithm)) {
                throw new BadInputException(
                        "--algorithm '%s' is not one of %s.".formatted(algorithm, PlannerRun.ALGORITHMS));
            }
        }
        if (gap != null && !(gap >= 0 && gap < 1)) {
            throw new BadInputException("--gap (%s) must be in [0, 1).".formatted(gap));
        }
        if (limitSeconds != null && !(limitSeconds > 0)) {
            throw new BadInputException("--time-limit (%s) must be above 0 seconds.".formatted(limitSeconds));
        }
    }

    private PlannerRun run(PlanTask task, String algorithm) {
        boolean few = task.maxStages() <= FEW_STAGES;
        double wantedGap = gap != null ? gap : few ? 0.0005 : 0.0002;
        double limit = limitSeconds != null ? limitSeconds : few ? 9 : 25;
        return Watched.run(task, algorithm, wantedGap, limit);
    }

    private TextTable table(List<PlanTask> tasks) {
        String widest = tasks.stream()
                .map(PlanTask::name)
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .orElseThrow();
        return new TextTable(
                        "instance",
                        "algorithm",
                        ">published",
                        ">ours",
                        ">ours÷published",
                        ">bound",
                        ">gap",
                        ">seconds",
                        "ended by")
                .fitting(widest, "", "10000.00", "10000.00", "", "10000.00", "0.00000", "", "");
    }

    private static String[] cells(Row row) {
        String published =
                row.published().isPresent() ? Figures.rate(row.published().getAsDouble()) : Figures.NONE;
        String ratio = row.ratio().isPresent() ? Figures.ratio(row.ratio().getAsDouble()) : Figures.NONE;
        String seconds = Figures.seconds(row.run().seconds());
        if (row.run().plan().isEmpty()) {
            return new String[] {
                row.task().name(),
                row.algorithm(),
                published,
                Figures.NONE,
                ratio,
                Figures.NONE,
                Figures.NONE,
                seconds,
                row.run().endedBy()
            };
        }
        Certificate certificate = row.certificate();
        return new String[] {
            row.task().name(),
            row.algorithm(),
            published,
            Figures.rate(certificate.objective()),
            ratio,
            Figures.rate(certificate.bound()),
            Figures.gap(certificate.gap()),
            seconds,
            row.run().endedBy()
        };
    }

    private static Map<String, @Nullable Object> json(Row row) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("instance", row.task().name());
        json.put("algorithm", row.algorithm());
        Plan plan = row.run().plan().orElse(null);
        json.put("objective", plan == null ? null : plan.certificate().objective());
        json.put(
                "published_objective",
                row.published().isPresent() ? row.published().getAsDouble() : null);
        json.put("bound", plan == null ? null : plan.certificate().bound());
        json.put("gap", plan == null ? null : plan.certificate().gap());
        json.put("seconds", row.run().seconds());
        json.put("max_stages", row.task().maxStages());
        json.put("checked", !row.run().broken());
        if (plan == null) {
            json.put("failure", row.run().failure());
        } else {
            json.put("ended_by", row.run().endedBy());
            json.put("solver", plan.certificate().solver());
        }
        return json;
    }

    private TextTable summary(List<Row> rows) {
        var table = new TextTable(
                "stages",
                "algorithm",
                ">instances",
                ">without plan",
                ">least ours÷published",
                ">median",
                ">below published",
                ">largest gap",
                ">median s",
                ">longest s");
        for (int stages : rows.stream()
                .map(row -> row.task().maxStages())
                .distinct()
                .sorted()
                .toList()) {
            for (String algorithm : algorithms) {
                table.row(summaryCells(
                        stages,
                        algorithm,
                        rows.stream()
                                .filter(row -> row.task().maxStages() == stages
                                        && row.algorithm().equals(algorithm))
                                .toList()));
            }
        }
        return table;
    }

    private static String[] summaryCells(int stages, String algorithm, List<Row> rows) {
        List<Row> planned =
                rows.stream().filter(row -> row.run().plan().isPresent()).toList();
        List<Double> ratios =
                rows.stream().flatMap(row -> row.ratio().stream().boxed()).toList();
        List<Double> seconds = rows.stream().map(row -> row.run().seconds()).toList();
        boolean compared = !ratios.isEmpty();
        return new String[] {
            "up to " + stages,
            algorithm,
            String.valueOf(rows.size()),
            String.valueOf(rows.size() - planned.size()),
            compared ? Figures.ratio(Figures.least(ratios)) : Figures.NONE,
            compared ? Figures.ratio(Figures.median(ratios)) : Figures.NONE,
            compared
                    ? "%d of %d"
                            .formatted(
                                    ratios.stream()
                                            .filter(r -> r < 1 - ROUNDING)
                                            .count(),
                                    ratios.size())
                    : Figures.NONE,
            planned.isEmpty()
                    ? Figures.NONE
                    : Figures.gap(Figures.most(
                            planned.stream().map(row -> row.certificate().gap()).toList())),
            Figures.seconds(Figures.median(seconds)),
            Figures.seconds(Figures.most(seconds))
        };
    }
}
