package io.ppipe.cli;

import io.ppipe.cli.PlanDiff.Change;
import io.ppipe.cli.PlanDiff.OfClass;
import io.ppipe.cli.PlanDiff.OfModel;
import io.ppipe.format.PlanFile;
import io.ppipe.format.ReportFile;
import io.ppipe.model.Goal;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.Stage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe plan diff}: what a new plan changes. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        header = "Compare two plans: objective, throughputs, pipelines, pools, GPUs.",
        description = "Needs neither cluster nor workload. Ends with 0 whether they differ or not.")
final class PlanDiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A", description = "The plan before.")
    private Path pathBefore = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "The plan after.")
    private Path pathAfter = Path.of("");

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report here.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Plan before = PlanFile.read(pathBefore);
        Plan after = PlanFile.read(pathAfter);
        PlanDiff diff = PlanDiff.of(before, after);
        if (diff.identical()) {
            out.printf("%s and %s are identical.%n", pathBefore, pathAfter);
        } else {
            print(out, before, after, diff);
        }
        if (json != null) {
            ReportFile.write(report(before, after, diff), json);
            out.println("Report: " + json);
        }
        return Main.OK;
    }

    private void print(PrintWriter out, Plan before, Plan after, PlanDiff diff) {
        out.printf("%s → %s%n", pathBefore, pathAfter);
        out.print(figures(before, after, diff));
        boolean samePools = diff.models().stream().allMatch(m -> m.changes().isEmpty());
        for (OfModel model : diff.models()) {
            if (!model.changes().isEmpty()) {
                out.printf("%n%s:%n", model.model());
                model.changes().forEach(change -> print(out, change));
            }
        }
        if (samePools) {
            out.println(
                    before.vgpus().equals(after.vgpus())
                            ? "Pipelines, pools and placement are the same."
                            : "Pipelines and pools are the same; vGPUs are placed on other GPUs.");
        }
    }

    private static TextTable figures(Plan before, Plan after, PlanDiff diff) {
        var table = new TextTable("", ">before", ">after", ">change");
        word(table, "algorithm", before, after, Plan::algorithm);
        word(table, "cluster", before, after, Plan::clusterName);
        word(table, "profile", before, after, p -> "%.12s".formatted(p.profileFingerprint()));
        word(table, "rules", before, after, PlanDiffCommand::rules);
        number(
                table,
                "objective" + (before.rules().goal() == Goal.COST ? ", price per hour" : ""),
                before.certificate().objective(),
                after.certificate().objective());
        number(table, "bound", before.certificate().bound(), after.certificate().bound());
        table.row(
                "gap",
                Numbers.gap(before.certificate().gap()),
                Numbers.gap(after.certificate().gap()),
                "");
        for (OfModel model : diff.models()) {
            number(table, model.model() + ", requests/s", model.throughputBefore(), model.throughputAfter());
            String promiseBefore = model.before().map(PlanDiffCommand::promise).orElse("not served");
            String promiseAfter = model.after().map(PlanDiffCommand::promise).orElse("not served");
            if (!promiseBefore.equals(promiseAfter)) {
                table.row("  SLO, margin", promiseBefore, promiseAfter, "");
            }
        }
        for (OfClass gpuClass : diff.classes()) {
            table.row(
                    "GPUs of " + gpuClass.gpuClass(),
                    Integer.toString(gpuClass.before()),
                    Integer.toString(gpuClass.after()),
                    gpuClass.before() == gpuClass.after()
                            ? "="
                            : "%+d".formatted(gpuClass.after() - gpuClass.before()));
        }
        return table;
    }

    private static void word(TextTable table, String what, Plan before, Plan after, Function<Plan, String> of) {
        if (!of.apply(before).equals(of.apply(after))) {
            table.row(what, of.apply(before), of.apply(after), "");
        }
    }

    private static String rules(Plan plan) {
        return "%s, %d stage(s)%s"
                .formatted(
                        PlanText.word(plan.rules().goal()),
                        plan.rules().maxStages(),
                        plan.rules().surviveServerLoss() ? ", N+1" : "");
    }

    private static String promise(ModelPlan model) {
        return "%s ms, %s"
                .formatted(
                        Numbers.millis(model.sloMicros()),
                        Numbers.percent(model.rules().margin()));
    }

    private static void number(TextTable table, String what, double before, double after) {
        String change = before == after
                ? "="
                : before == 0 ? "" : String.format(Locale.ROOT, "%+.2f %%", 100 * (after - before) / before);
        table.row(what, Numbers.significant(before), Numbers.significant(after), change);
    }

    private static void print(PrintWriter out, Change change) {
        switch (change.kind()) {
            case "added" -> out.println("  + " + text(change.after().orElseThrow()));
            case "removed" -> out.println("  - " + text(change.before().orElseThrow()));
            default -> {
                out.println("  ~ " + text(change.before().orElseThrow()));
                out.println("    → " + text(change.after().orElseThrow()));
            }
        }
    }

    private static String text(Pipeline pipeline) {
        return "%s/s, batch %d: %s"
                .formatted(
                        Numbers.rate(pipeline.throughputPerSecond()),
                        pipeline.batchSize(),
                        pipeline.stages().stream().map(PlanDiffCommand::text).collect(Collectors.joining(", ")));
    }

    private static String text(Stage stage) {
        return "%d..%d on %d × %s%s"
                .formatted(
                        stage.firstBlock(),
                        stage.endBlock() - 1,
                        stage.vgpuCount(),
                        stage.sharesPerGpu() == 1 ? "" : "1/" + stage.sharesPerGpu() + " ",
                        stage.gpuClass());
    }

    private static Map<String, Object> report(Plan before, Plan after, PlanDiff diff) {
        var root = new LinkedHashMap<String, Object>();
        root.put("kind", "plan_diff");
        root.put("identical", diff.identical());
        root.put("before", certificate(before));
        root.put("after", certificate(after));
        var models = new ArrayList<Map<String, Object>>();
        for (OfModel model : diff.models()) {
            var row = new LinkedHashMap<String, Object>();
            row.put("model", model.model());
            row.put("throughput_rps_before", model.throughputBefore());
            row.put("throughput_rps_after", model.throughputAfter());
            row.put(
                    "pipelines",
                    model.changes().stream().map(PlanDiffCommand::report).toList());
            models.add(row);
        }
        root.put("models", models);
        var classes = new ArrayList<Map<String, Object>>();
        for (OfClass gpuClass : diff.classes()) {
            var row = new LinkedHashMap<String, Object>();
            row.put("gpu_class", gpuClass.gpuClass());
            row.put("gpus_used_before", gpuClass.before());
            row.put("gpus_used_after", gpuClass.after());
            classes.add(row);
        }
        root.put("classes", classes);
        return root;
    }

    private static Map<String, Object> certificate(Plan plan) {
        var row = new LinkedHashMap<String, Object>();
        row.put("algorithm", plan.algorithm());
        row.put("goal", PlanText.word(plan.rules().goal()));
        row.put("objective", plan.certificate().objective());
        row.put("bound", plan.certificate().bound());
        row.put("gap", plan.certificate().gap());
        return row;
    }

    private static Map<String, Object> report(Change change) {
        var row = new LinkedHashMap<String, Object>();
        row.put("change", change.kind());
        row.put("before", change.before().map(PlanDiffCommand::report).orElse(null));
        row.put("after", change.after().map(PlanDiffCommand::report).orElse(null));
        return row;
    }

    private static Map<String, Object> report(Pipeline pipeline) {
        var row = new LinkedHashMap<String, Object>();
        row.put("batch_size", pipeline.batchSize());
        row.put("throughput_rps", pipeline.throughputPerSecond());
        List<Map<String, Object>> stages = new ArrayList<>();
        for (Stage stage : pipeline.stages()) {
            stages.add(PlanReport.stage(stage));
        }
        row.put("stages", stages);
        return row;
    }
}
