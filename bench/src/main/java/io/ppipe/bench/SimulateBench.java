package io.ppipe.bench;

import static io.ppipe.cli.Main.OK;

import io.ppipe.cli.TextTable;
import io.ppipe.evaluate.Conditions;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.PolicyName;
import io.ppipe.simulate.SimulationReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ppipe bench simulate}: how fast the simulator is. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        header = "Time the simulator on one thread: events (calls of the scheduler) and requests per second.",
        description = {
            "At 95 %% of each plan's throughput: the published PPipe plan of an instance, and made-up plans of 400, 4"
                    + " 000 and 10 000 GPUs. Medians of interleaved runs; arrivals, world and report are included."
        })
final class SimulateBench implements Callable<Integer> {
    private static final double LOAD = 0.95;
    private static final double WARM_UP_PART = 0.3;

    @Mixin
    private final ReferenceOptions options = new ReferenceOptions();

    @Mixin
    private final InstanceOptions instances = new InstanceOptions("maf19-g0-L4-P4");

    @Option(names = "--runs", paramLabel = "N", description = "Runs of each (default: ${DEFAULT-VALUE}).")
    private int runs = 5;

    @Option(names = "--requests", paramLabel = "N", description = "Requests of a run (default: ${DEFAULT-VALUE}).")
    private int requests = 1_000_000;

    @Spec
    private @Nullable CommandSpec spec;

    /** What is timed. */
    private record Subject(String name, PolicyName policy, Scenario scenario, Plan plan) {
        double[] rates() {
            return plan.models().stream()
                    .mapToDouble(model -> LOAD * model.throughputPerSecond())
                    .toArray();
        }

        double total() {
            return plan.models().stream()
                    .mapToDouble(model -> LOAD * model.throughputPerSecond())
                    .sum();
        }
    }

    /** One timed run. */
    private record Timed(double events, double requests, double simulated, double seconds) {}

    @Override
    public Integer call() {
        if (runs < 1 || requests < 1) {
            throw new BadInputException(
                    "--runs (%d) and --requests (%d) must be at least 1.".formatted(runs, requests));
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        var report = options.report("simulate");
        List<Subject> subjects = subjects();
        subjects.forEach(subject -> time(subject, WARM_UP_PART * requests));
        var times = new ArrayList<List<Timed>>();
        subjects.forEach(_ -> times.add(new ArrayList<>()));
        for (int run = 0; run < runs; run++) {
            for (int i = 0; i < subjects.size(); i++) {
                times.get(i).add(time(subjects.get(i), requests));
            }
        }
        var table = new TextTable(
                "plan", "policy", ">vGPUs", ">models", ">M events/s", ">k requests/s", ">simulated s ÷ s");
        for (int i = 0; i < subjects.size(); i++) {
            Subject subject = subjects.get(i);
            double events = median(times.get(i), t -> t.events() / t.seconds());
            double answered = median(times.get(i), t -> t.requests() / t.seconds());
            double speed = median(times.get(i), t -> t.simulated() / t.seconds());
            table.row(
                    subject.name(),
                    subject.policy().text(),
                    String.valueOf(subject.plan().vgpus().size()),
                    String.valueOf(subject.plan().models().size()),
                    Figures.seconds(events / 1e6),
                    Figures.seconds(answered / 1e3),
                    Figures.seconds(speed));
            var row = new LinkedHashMap<String, @Nullable Object>();
            row.put("plan", subject.name());
            row.put("policy", subject.policy().text());
            row.put("vgpus", subject.plan().vgpus().size());
            row.put("models", subject.plan().models().size());
            row.put("runs", runs);
            row.put("events_per_second", events);
            row.put("requests_per_second", answered);
            row.put("simulated_seconds_per_second", speed);
            report.row(row);
        }
        out.print(table);
        report.complete();
        return OK;
    }

    private List<Subject> subjects() {
        var subjects = new ArrayList<Subject>();
        for (PolicyName policy : List.of(PolicyName.DEFERRED, PolicyName.RESERVATION)) {
            for (PlanTask task : instances.of(options.folder())) {
                PublishedPlan.read(options.path(), task, "ppipe")
                        .ifPresent(plan -> subjects.add(new Subject(task.name(), policy, task.scenario(), plan)));
            }
            for (int[] size : new int[][] {{400, 4}, {4_000, 40}, {10_000, 100}}) {
                var synthetic = SyntheticPlan.of(size[0], size[1]);
                subjects.add(new Subject("synthetic-" + size[0], policy, synthetic.scenario(), synthetic.plan()));
            }
        }
        return subjects;
    }

    private static Timed time(Subject subject, double requests) {
        double simulated = requests / subject.total();
        Conditions conditions = Conditions.DEFAULT.with(subject.policy());
        long start = System.nanoTime();
        SimulationReport report = conditions
                .simulator(subject.scenario(), subject.plan(), subject.rates(), simulated)
                .run();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Timed(report.events(), report.total().arrived(), simulated, seconds);
    }

    private static double median(List<Timed> timed, ToDoubleFunction<Timed> figure) {
        return Figures.median(timed.stream().map(figure::applyAsDouble).toList());
    }
}
