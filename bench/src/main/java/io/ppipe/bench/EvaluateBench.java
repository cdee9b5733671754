package io.ppipe.bench;

import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.ArrivalFiles;
import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.Precision;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.plan.PlanSettings;
import io.ppipe.schedule.DeferredPart;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSpec;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ppipe bench evaluate}: what the published plans and ours attain. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        header = "Simulate published and tuned plans: load factors, throughput at the SLO target, utilisation.",
        description = {
            "Parts, all by default:",
            "  reproduced  published plans under the published, the paper's, the reactive and our policy, searched the"
                    + " published way (each model alone, 30 s, steps of 5 %%), with a bisection beside it",
            "  policies    the published PPipe plans, all models together: the paper's policy and ours, paired seeds",
            "  ablation    the same, ours with all of its parts and without each of them",
            "  tuned       our plans with margins chosen by simulation, with and without partitioning",
            "With --json, rows are kept as they come, and the next run goes on from there."
        })
final class EvaluateBench implements Callable<Integer> {
    private static final String PPIPE = "ppipe";
    /** Seeds from here on are none that plans are chosen by. */
    private static final int FRESH_SEED = 101;

    private static final List<String> PARTS = List.of("reproduced", "policies", "ablation", "tuned");
    private static final List<PolicyName> REPRODUCED =
            List.of(PolicyName.PUBLISHED, PolicyName.RESERVATION, PolicyName.REACTIVE, PolicyName.DEFERRED);

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Mixin
    private final InstanceOptions instances = new InstanceOptions(InstanceOptions.ALL);

    @Option(
            names = "--arrivals",
            paramLabel = "SPEC",
            split = ";",
            description = "Arrivals of the parts but the first, several separated by ';' (default: poisson).")
    private List<String> arrivals = List.of("poisson");

    @Option(names = "--part", paramLabel = "NAME", split = ",", description = "Which parts; see above.")
    private List<String> parts = PARTS;

    @Option(names = "--seeds", paramLabel = "N", description = "Paired seeds (default: ${DEFAULT-VALUE}).")
    private int seeds = 5;

    @Option(names = "--quick", description = "Tune with a short search.")
    private boolean quick;

    @Option(names = "--threads", paramLabel = "N", description = "Simulations at the same time (default: all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--restart", description = "Forget what the file has.")
    private boolean restart;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        for (String part : parts) {
            if (!PARTS.contains(part)) {
                throw new ParameterException(
                        Objects.requireNonNull(spec).commandLine(),
                        "--part (%s) must be among %s.".formatted(part, String.join(", ", PARTS)));
            }
        }
        if (seeds < 1 || threads < 1) {
            throw new BadInputException(
                    "--seeds (%d) and --threads (%d) must be at least 1.".formatted(seeds, threads));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        List<PlanTask> tasks = instances.of(options.folder());
        var attained = new Attained(options.path());
        String settings = "seeds=%d quick=%s".formatted(seeds, quick);
        var tables = new EvaluateTables(out, attained);
        List<String> wanted = PARTS.stream().filter(parts::contains).toList();
        for (String part : wanted) {
            var cells = new Cells("evaluate", settings, options.json(), restart);
            restart = false;
            for (PlanTask task : tasks) {
                add(cells, part, task, attained, specs(task));
            }
            List<Map<String, @Nullable Object>> rows = cells.run(part, part.equals("tuned") ? 1 : threads);
            if (part.equals(wanted.getLast())) {
                cells.complete();
            }
            tables.print(part, rows, tasks);
            out.flush();
        }
        return OK;
    }

    private List<ArrivalSpec> specs(PlanTask task) {
        var files = new ArrivalFiles(task.modelNames());
        return arrivals.stream().map(text -> files.scalable("--arrivals", text)).toList();
    }

    private void add(Cells cells, String part, PlanTask task, Attained attained, List<ArrivalSpec> specs) {
        switch (part) {
            case "reproduced" -> addReproduced(cells, task, attained);
            case "policies" -> {
                for (ArrivalSpec spec : specs) {
                    for (PolicyName policy : List.of(PolicyName.RESERVATION, PolicyName.DEFERRED)) {
                        addJoint(
                                cells,
                                part,
                                task,
                                Conditions.DEFAULT.with(policy).with(spec),
                                policy.text());
                    }
                }
            }
            case "ablation" -> {
                addJoint(cells, part, task, Conditions.DEFAULT.with(specs.getFirst()), "deferred");
                for (DeferredPart left : DeferredPart.values()) {
                    String name = "deferred without " + left.name().toLowerCase(Locale.ROOT);
                    var without = SchedulerSettings.DEFAULT.withoutParts(List.of(left));
                    addJoint(cells, part, task, Conditions.DEFAULT.with(without).with(specs.getFirst()), name);
                }
            }
            case "tuned" -> {
                for (ArrivalSpec spec : specs) {
                    cells.addAll(
                            "tuned %s %s".formatted(task.name(), spec),
                            () -> tuned(task, Conditions.DEFAULT.with(spec)));
                }
            }
            default -> throw new AssertionError(part);
        }
    }

    private void addReproduced(Cells cells, PlanTask task, Attained attained) {
        Optional<Plan> ppipe = PublishedPlan.read(options.path(), task, PPIPE);
        if (ppipe.isEmpty()) {
            return;
        }
        double[] planned = PublishedSearch.planned(task, ppipe.get(), attained);
        for (String algorithm : List.of("np", "dart-r", PPIPE)) {
            Optional<Plan> plan = PublishedPlan.read(options.path(), task, algorithm);
            for (PolicyName policy : plan.isPresent() ? REPRODUCED : List.<PolicyName>of()) {
                String key = "reproduced %s %s %s".formatted(task.name(), algorithm, policy.text());
                cells.add(key, () -> {
                    var row = head("reproduced", task, "published-" + algorithm, policy.text(), "poisson", 1);
                    row.putAll(new PublishedSearch(task, plan.get(), policy, planned).row());
                    return row;
                });
            }
        }
    }

    private void addJoint(Cells cells, String part, PlanTask task, Conditions conditions, String policy) {
        Optional<Plan> ppipe = PublishedPlan.read(options.path(), task, PPIPE);
        for (int seed = 1; ppipe.isPresent() && seed <= seeds; seed++) {
            Conditions seeded = conditions.withSeed(seed);
            String key = "%s %s %s %s %d".formatted(part, task.name(), policy, conditions.arrivals(), seed);
            int number = seed;
            cells.add(key, () -> {
                var row = head(
                        part,
                        task,
                        "published-ppipe",
                        policy,
                        conditions.arrivals().toString(),
                        number);
                double[] base = ppipe.get().models().stream()
                        .mapToDouble(m -> m.throughputPerSecond())
                        .toArray();
                JointLoad load = JointLoad.of(task.scenario(), ppipe.get(), base, 0.95, seeded, Precision.DEFAULT);
                row.putAll(load.row(ppipe));
                return row;
            });
        }
    }

    private List<Map<String, @Nullable Object>> tuned(PlanTask task, Conditions conditions) {
        TunerRun tuned = TunerRun.of(task, conditions, quick);
        Optional<Plan> published = PublishedPlan.read(options.path(), task, PPIPE);
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        var plans = new LinkedHashMap<String, Plan>();
        tuned.plan().ifPresent(plan -> plans.put("tuned", plan));
        tuned.withoutPartitioning().ifPresent(plan -> plans.put("tuned-np", plan));
        PublishedPlan.read(options.path(), task, "dart-r").ifPresent(plan -> plans.put("published-dart-r", plan));
        published.ifPresent(plan -> plans.put("published-ppipe", plan));
        plans.forEach((name, plan) -> {
            List<JointLoad> loads = IntStream.range(0, seeds)
                    .parallel()
                    .mapToObj(i -> JointLoad.of(
                            task.scenario(),
                            plan,
                            weights(task),
                            guess(plan),
                            conditions.withSeed(FRESH_SEED + i),
                            Precision.FINE))
                    .toList();
            for (int i = 0; i < seeds; i++) {
                var row = head(
                        "tuned",
                        task,
                        name,
                        conditions.policy().text(),
                        conditions.arrivals().toString(),
                        FRESH_SEED + i);
                row.putAll(loads.get(i).row(published));
                if (name.equals("tuned")) {
                    row.put("tuning_seconds", tuned.seconds());
                    row.put("repeatable", tuned.repeatable());
                    row.put("bound", TunerRun.bound(task, PlanSettings.PPIPE, 0));
                    row.put(
                            "margins",
                            plan.models().stream().map(m -> m.rules().margin()).toList());
                }
                rows.add(row);
            }
        });
        return rows;
    }

    private static double guess(Plan plan) {
        return 0.95 * plan.certificate().objective();
    }

    private static double[] weights(PlanTask task) {
        return task.scenario().models().stream().mapToDouble(m -> m.weight()).toArray();
    }

    private static Map<String, @Nullable Object> head(
            String part, PlanTask task, String plans, String policy, String arrivals, int seed) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("part", part);
        row.put("instance", task.name());
        row.put("plans", plans);
        row.put("policy", policy);
        row.put("arrivals", arrivals);
        row.put("seed", seed);
        row.put("models", task.modelNames());
        return row;
    }
}
