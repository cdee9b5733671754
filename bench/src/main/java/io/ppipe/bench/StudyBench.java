package io.ppipe.bench;

import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.TextTable;
import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.Precision;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.plan.PlanSettings;
import io.ppipe.schedule.PolicyName;
import io.ppipe.simulate.WorldSettings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ppipe bench study}: when pipelines pay, and what is lost when things aren't as the profile says. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        header = "Vary SLOs, clusters, margins and worlds, and see what tuned plans attain.",
        description = {
            "Studies:",
            "  pays     pipelines over whole models, both tuned, by SLO and share of fast GPUs",
            "  robust   noise, slow links and wrong profiles: what a plan tuned without them loses, and what one tuned"
                    + " with them attains",
            "  margins  plans with one margin for all models, from 0 to 60 %%",
            "  small    4 fast and 12 slow GPUs, one model at a time",
            "With --json, rows are kept as they come, and the next run goes on from there."
        })
final class StudyBench implements Callable<Integer> {
    private static final List<String> STUDIES = List.of("pays", "robust", "margins", "small");
    private static final double PUBLISHED_SCALE = 5;
    /** At which LP bounds are compared, as a fraction of the SLO. */
    private static final double BOUND_MARGIN = 0.15;

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Option(names = "--study", paramLabel = "NAME", required = true, description = "Which one; see above.")
    private String study = "";

    /** Two groups on each of two clusters. */
    @Mixin
    private final InstanceOptions instances = new InstanceOptions("maf19-g[01]-(L4-P4|V100-T4)");

    @Option(names = "--full", description = "Tune with the full search; the short one by default.")
    private boolean full;

    @Option(names = "--restart", description = "Forget what the file has.")
    private boolean restart;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (!STUDIES.contains(study)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--study (%s) must be one of %s.".formatted(study, String.join(", ", STUDIES)));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        List<PlanTask> tasks = instances.of(options.folder());
        var cells = new Cells("study-" + study, "full=" + full, options.json(), restart);
        for (PlanTask task : tasks) {
            switch (study) {
                case "pays" -> addPays(cells, task);
                case "robust" -> addRobust(cells, task);
                case "margins" -> addMargins(cells, task);
                default -> addSmall(cells, task);
            }
        }
        List<Map<String, @Nullable Object>> rows = cells.run(study, 1); // the tuner uses all cores
        cells.complete();
        print(out, rows);
        return OK;
    }

    private void addPays(Cells cells, PlanTask task) {
        for (double scale : new double[] {2, 3, 4, 5, 7, 10}) {
            for (int fast : new int[] {12, 25, 50}) {
                PlanTask varied =
                        Variation.gpus(Variation.slo(task, scale / PUBLISHED_SCALE), List.of(fast, 100 - fast));
                cells.add("%s slo %s fast %d".formatted(task.name(), scale, fast), () -> {
                    TunerRun tuned = TunerRun.of(varied, Conditions.DEFAULT, !full);
                    var row = new LinkedHashMap<String, @Nullable Object>();
                    row.put("instance", task.name());
                    row.put("slo_scale", scale);
                    row.put("fast_percent", fast);
                    row.put("tuned", attained(tuned.plan()));
                    row.put("tuned_np", attained(tuned.withoutPartitioning()));
                    row.put("bound", TunerRun.bound(varied, PlanSettings.PPIPE, BOUND_MARGIN));
                    row.put("bound_np", TunerRun.bound(varied, PlanSettings.NP, BOUND_MARGIN));
                    row.put("seconds", tuned.seconds());
                    return row;
                });
            }
        }
    }

    private static double attained(Optional<Plan> plan) {
        return plan.flatMap(Plan::tuning).map(tuning -> tuning.attained()).orElse(0.0);
    }

    private void addRobust(Cells cells, PlanTask task) {
        var worlds = new LinkedHashMap<String, WorldSettings>();
        worlds.put("exact", WorldSettings.EXACT);
        worlds.put("service noise 5 %", new WorldSettings(0.05, 0, 0, 0, 0, 1, List.of()));
        worlds.put("1 % of transfers held up", new WorldSettings(0, 0.01, 0, 0, 0, 1, List.of()));
        worlds.put("one server's link 5 x slower", new WorldSettings(0, 0, 0, 0, 1, 5, List.of()));
        worlds.put("profile wrong by 20 %", new WorldSettings(0, 0, 0, 0.2, 0, 1, List.of()));
        for (double scale : new double[] {3, 5}) {
            PlanTask varied = Variation.slo(task, scale / PUBLISHED_SCALE);
            cells.addAll("%s slo %s".formatted(task.name(), scale), () -> robust(task, varied, scale, worlds));
        }
    }

    private List<Map<String, @Nullable Object>> robust(
            PlanTask task, PlanTask varied, double scale, Map<String, WorldSettings> worlds) {
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        TunerRun exact = TunerRun.of(varied, Conditions.DEFAULT, !full);
        if (exact.plan().isEmpty()) {
            return rows;
        }
        Plan plan = exact.plan().get();
        worlds.forEach((name, world) -> {
            Conditions conditions = Conditions.DEFAULT.with(world);
            TunerRun tuned = world.exact() ? exact : TunerRun.of(varied, conditions, !full);
            var row = new LinkedHashMap<String, @Nullable Object>();
            row.put("instance", task.name());
            row.put("slo_scale", scale);
            row.put("world", name);
            row.put("tuned_without", joint(varied, plan, conditions.withSeed(7)));
            row.put(
                    "tuned_with",
                    tuned.plan()
                            .map(p -> joint(varied, p, conditions.withSeed(7)))
                            .orElse(0.0));
            row.put("margins_without", margins(plan));
            row.put("margins_with", tuned.plan().map(StudyBench::margins).orElse(List.of()));
            rows.add(row);
        });
        return rows;
    }

    private static List<Double> margins(Plan plan) {
        return plan.models().stream().map(model -> model.rules().margin()).toList();
    }

    /** Returns min over models of answered requests/s ÷ weight at the highest load that all models attain. */
    private static double joint(PlanTask task, Plan plan, Conditions conditions) {
        double[] weights = task.scenario().models().stream()
                .mapToDouble(model -> model.weight())
                .toArray();
        double guess = 0.95 * plan.certificate().objective();
        return JointLoad.of(task.scenario(), plan, weights, guess, conditions, Precision.DEFAULT)
                .throughputOverWeight();
    }

    private static double served(PlanTask task, Optional<Plan> plan, PolicyName policy) {
        return plan.map(p -> joint(task, p, Conditions.DEFAULT.with(policy).withSeed(7)))
                .orElse(0.0);
    }

    private void addMargins(Cells cells, PlanTask task) {
        for (int percent = 0; percent <= 60; percent += 5) {
            double margin = percent / 100.0;
            cells.add("%s margin %s".formatted(task.name(), margin), () -> {
                var row = new LinkedHashMap<String, @Nullable Object>();
                row.put("instance", task.name());
                row.put("margin", margin);
                for (String algorithm : List.of(PlanSettings.PPIPE, PlanSettings.NP)) {
                    Optional<Plan> plan = PlannerRun.of(task.withMargin(margin), algorithm, 0.005, 5, Progress.NONE)
                            .plan();
                    row.put(
                            algorithm + "_planned",
                            plan.map(p -> p.certificate().objective()).orElse(0.0));
                    for (PolicyName policy : List.of(PolicyName.DEFERRED, PolicyName.RESERVATION)) {
                        row.put(algorithm + "_" + policy.text(), served(task, plan, policy));
                    }
                }
                return row;
            });
        }
    }

    private void addSmall(Cells cells, PlanTask task) {
        for (int i = 0; i < task.scenario().models().size(); i++) {
            PlanTask varied = Variation.gpus(Variation.model(task, i), List.of(4, 12));
            String model = varied.scenario().models().getFirst().name();
            cells.add("%s %s".formatted(task.name(), model), () -> {
                TunerRun tuned = TunerRun.of(varied, Conditions.DEFAULT, !full);
                var row = new LinkedHashMap<String, @Nullable Object>();
                row.put("instance", task.name());
                row.put("model", model);
                row.put("tuned", served(varied, tuned.plan(), PolicyName.DEFERRED));
                row.put("tuned_np", served(varied, tuned.withoutPartitioning(), PolicyName.DEFERRED));
                Optional<Plan> paper = PlannerRun.of(varied, PlanSettings.PPIPE, 0.005, 5, Progress.NONE)
                        .plan();
                row.put("margin_40", served(varied, paper, PolicyName.RESERVATION));
                row.put("seconds", tuned.seconds());
                return row;
            });
        }
    }

    private void print(PrintWriter out, List<Map<String, @Nullable Object>> rows) {
        if (rows.isEmpty()) {
            out.println("No rows.");
            return;
        }
        var names = new ArrayList<>(rows.getFirst().keySet());
        names.remove("cell");
        var table = new TextTable(names.toArray(new String[0]));
        for (Map<String, @Nullable Object> row : rows) {
            table.row(names.stream().map(name -> text(row.get(name))).toArray(String[]::new));
        }
        out.print(table);
        if (study.equals("pays")) {
            pays(out, rows);
        }
    }

    private static String text(@Nullable Object value) {
        return value instanceof Double number ? EvaluateTables.four(number) : String.valueOf(value);
    }

    private static void pays(PrintWriter out, List<Map<String, @Nullable Object>> rows) {
        var table = new TextTable("SLO ÷ latency", "fast GPUs", ">attained", ">LP bounds", ">longest s");
        Cells.by(rows, row -> row.get("slo_scale") + " " + row.get("fast_percent"))
                .values()
                .forEach(group -> table.row(
                        String.valueOf(group.getFirst().get("slo_scale")),
                        group.getFirst().get("fast_percent") + " %",
                        EvaluateTables.four(meanRatio(group, "tuned", "tuned_np")),
                        EvaluateTables.four(meanRatio(group, "bound", "bound_np")),
                        Figures.seconds(Figures.most(EvaluateTables.one(group, "seconds")))));
        out.println();
        out.println("Pipelines ÷ whole models, mean over instances where whole models serve at all.");
        out.print(table);
    }

    private static double meanRatio(List<Map<String, @Nullable Object>> rows, String above, String below) {
        return EvaluateTables.mean(rows.stream()
                .filter(row -> Cells.number(row, below) > 0)
                .map(row -> Cells.number(row, above) / Cells.number(row, below))
                .toList());
    }
}
