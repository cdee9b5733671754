package io.ppipe.bench;

import static io.ppipe.cli.Main.FAILED;
import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.ConsoleProgress;
import io.ppipe.cli.TextTable;
import io.ppipe.evaluate.Conditions;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Summary;
import io.ppipe.plan.PlanSettings;
import io.ppipe.schedule.PolicyName;
import io.ppipe.simulate.ArrivalSpec;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ppipe bench serve}: what a live server does, beside what was promised of it. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        header = "Load a live server on emulated GPUs that don't compute, beside its simulation.",
        description = {
            "The published models in turn, on 4 fast and 12 slow GPUs, planned with a margin of 20 %%, served by the"
                    + " deferred policy behind gRPC on this machine. vGPUs are busy for the profile's times and answer"
                    + " zeros.",
            "promise: live against simulated with the recorded arrivals; ends with 1 where attainment differs by more"
                    + " than 1 point in the mean or 2 at most, or throughput by more than 2 %%.",
            "overload: goodput at ten times the planned load against goodput at the planned load; ends with 1 below"
                    + " 0.95."
        })
final class ServeBench implements Callable<Integer> {
    private static final List<String> PARTS = List.of("promise", "overload");
    private static final double MARGIN = 0.2;
    private static final double OVERLOAD = 10;
    private static final double KEPT = 0.95;
    private static final double MEAN_POINTS = 1;
    private static final double MOST_POINTS = 2;
    private static final double MOST_OF_THROUGHPUT = 0.02;

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Mixin
    private final InstanceOptions instances = new InstanceOptions("maf19-g[01]-L4-P4");

    @Option(names = "--part", paramLabel = "NAME", description = "promise or overload (default: ${DEFAULT-VALUE}).")
    private String part = "promise";

    @Option(names = "--models", paramLabel = "N", description = "How many models (default: ${DEFAULT-VALUE}).")
    private int models = 5;

    @Option(
            names = "--load",
            paramLabel = "FACTOR",
            description = "Offered load of `promise`, as a factor of the planned (default: ${DEFAULT-VALUE}).")
    private double load = 0.9;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of each run (default: ${DEFAULT-VALUE}).")
    private double seconds = 20;

    @Spec
    private @Nullable CommandSpec spec;

    /** A model to serve. */
    private record Subject(String name, Scenario scenario, Plan plan) {}

    @Override
    public Integer call() {
        if (!PARTS.contains(part)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--part (%s) must be one of %s.".formatted(part, String.join(", ", PARTS)));
        }
        if (models < 1 || !(seconds > 0) || !(load > 0)) {
            throw new BadInputException("--models (%d) must be at least 1, --seconds (%s) and --load (%s) above 0."
                    .formatted(models, seconds, load));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        BenchReport report = options.report("serve")
                .with("part", part)
                .with("emulated", true)
                .with("compute", false);
        List<Subject> subjects = subjects();
        boolean good;
        try (var progress = new ConsoleProgress()) {
            good = part.equals("promise")
                    ? promise(out, report, subjects, progress)
                    : overload(out, report, subjects, progress);
        }
        report.complete();
        return good ? OK : FAILED;
    }

    private List<Subject> subjects() {
        var subjects = new ArrayList<Subject>();
        for (PlanTask task : instances.of(options.folder())) {
            for (int i = 0; i < task.scenario().models().size() && subjects.size() < models; i++) {
                PlanTask one =
                        Variation.gpus(Variation.model(task, i), List.of(4, 12)).withMargin(MARGIN);
                String name =
                        task.name() + " " + one.scenario().models().getFirst().name();
                Plan plan = PlannerRun.of(one, PlanSettings.PPIPE, 0.01, 10, Progress.NONE)
                        .plan()
                        .orElseThrow(() -> new BadInputException("%s: no plan for 4 + 12 GPUs.".formatted(name)));
                subjects.add(new Subject(name, Uncomputed.of(one.scenario()), plan));
            }
        }
        return subjects;
    }

    private boolean promise(PrintWriter out, BenchReport report, List<Subject> subjects, Progress progress) {
        var table = new TextTable(
                "model",
                ">offered/s",
                ">attained live",
                ">simulated",
                ">points",
                ">answered/s live",
                ">simulated",
                ">ratio");
        var points = new ArrayList<Double>();
        var throughputs = new ArrayList<Double>();
        for (Subject subject : subjects) {
            progress.report("serving " + subject.name(), points.size(), subjects.size());
            LiveRun live = LiveRun.of(subject.scenario(), subject.plan(), load, seconds, 1);
            Summary client = live.client().summary();
            Summary simulated = simulated(subject, live);
            double difference = 100 * (client.sloAttainment() - simulated.sloAttainment());
            double ratio = client.throughputPerSecond() / simulated.throughputPerSecond();
            points.add(Math.abs(difference));
            throughputs.add(Math.abs(ratio - 1));
            table.row(
                    subject.name(),
                    Figures.rate(client.offeredPerSecond()),
                    EvaluateTables.four(client.sloAttainment()),
                    EvaluateTables.four(simulated.sloAttainment()),
                    Figures.rate(difference),
                    Figures.rate(client.throughputPerSecond()),
                    Figures.rate(simulated.throughputPerSecond()),
                    EvaluateTables.four(ratio));
            var row = new LinkedHashMap<String, @Nullable Object>();
            row.put("model", subject.name());
            row.put("load_factor_of_plan", load);
            row.put("offered_rps", client.offeredPerSecond());
            row.put("slo_attainment", client.sloAttainment());
            row.put("slo_attainment_at_server", live.server().sloAttainment());
            row.put("slo_attainment_simulated", simulated.sloAttainment());
            row.put("throughput_rps", client.throughputPerSecond());
            row.put("throughput_rps_simulated", simulated.throughputPerSecond());
            row.put("send_lag_us_p99", live.client().sendLagMicros().p99());
            report.row(row);
        }
        out.print(table);
        out.printf(
                "SLO attainment differs by %s points in the mean, %s at most; throughput by %s at most.%n",
                Figures.rate(EvaluateTables.mean(points)),
                Figures.rate(Figures.most(points)),
                EvaluateTables.four(Figures.most(throughputs)));
        return EvaluateTables.mean(points) <= MEAN_POINTS
                && Figures.most(points) <= MOST_POINTS
                && Figures.most(throughputs) <= MOST_OF_THROUGHPUT;
    }

    /** The simulator stops at the end of the last request's second, so that none is cut off; rates are those of the live run. */
    private Summary simulated(Subject subject, LiveRun live) {
        Conditions conditions = Conditions.DEFAULT
                .with(PolicyName.DEFERRED)
                .with(LiveRun.settings().scheduler())
                .with(new ArrivalSpec.Recorded("live", false, List.of(live.arrivals())));
        double rate = live.arrivals().count() / seconds;
        Summary all = conditions
                .simulator(subject.scenario(), subject.plan(), new double[] {rate}, seconds + 1)
                .run()
                .total();
        return new Summary(
                seconds, all.inTime(), all.late(), all.rejected(), all.expired(), all.cancelled(), all.failed());
    }

    private boolean overload(PrintWriter out, BenchReport report, List<Subject> subjects, Progress progress) {
        var table = new TextTable(
                "model",
                ">planned/s",
                ">goodput at 1x",
                ">offered at 10x",
                ">goodput at 10x",
                ">ratio",
                ">rejected",
                ">late");
        var ratios = new ArrayList<Double>();
        for (Subject subject : subjects) {
            progress.report("serving " + subject.name(), ratios.size(), subjects.size());
            Summary once = LiveRun.of(subject.scenario(), subject.plan(), 1, seconds, 1)
                    .server();
            Summary often = LiveRun.of(subject.scenario(), subject.plan(), OVERLOAD, seconds, 1)
                    .server();
            double ratio = often.goodputPerSecond() / once.goodputPerSecond();
            ratios.add(ratio);
            table.row(
                    subject.name(),
                    Figures.rate(subject.plan().models().getFirst().throughputPerSecond()),
                    Figures.rate(once.goodputPerSecond()),
                    Figures.rate(often.offeredPerSecond()),
                    Figures.rate(often.goodputPerSecond()),
                    EvaluateTables.four(ratio),
                    String.valueOf(often.rejected()),
                    String.valueOf(often.late()));
            var row = new LinkedHashMap<String, @Nullable Object>();
            row.put("model", subject.name());
            row.put("planned_rps", subject.plan().models().getFirst().throughputPerSecond());
            row.put("goodput_rps_at_1x", once.goodputPerSecond());
            row.put("offered_rps_at_10x", often.offeredPerSecond());
            row.put("goodput_rps_at_10x", often.goodputPerSecond());
            row.put("ratio", ratio);
            report.row(row);
        }
        out.print(table);
        out.printf(
                "Goodput at ten times the load is %s of that at the planned load at least.%n",
                EvaluateTables.four(Figures.least(ratios)));
        return Figures.least(ratios) >= KEPT;
    }
}
