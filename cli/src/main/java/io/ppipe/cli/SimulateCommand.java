package io.ppipe.cli;

import io.ppipe.format.ReportFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSource;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.Simulator;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ppipe simulate}: what a plan would serve. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        header = "Simulate a plan under Poisson arrivals: SLO attainment and utilisation.",
        description = {
            "Runs the scheduler that serves, in a simulated cluster where everything takes exactly the profile's time.",
            "The same seed and inputs give the same report."
        })
final class SimulateCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "PLAN", description = "The plan; DIR/plan.json by default.")
    private @Nullable Path plan;

    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Option(
            names = "--load",
            paramLabel = "FACTOR",
            defaultValue = "0.9",
            description = "Offered load as a fraction of each model's planned throughput (default: ${DEFAULT-VALUE}).")
    private double load;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "Simulated time in which requests arrive (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--guard",
            paramLabel = "FRACTION",
            defaultValue = "0",
            description = "Part of each request's time kept free before its deadline; the server keeps 0.1 (default:"
                    + " ${DEFAULT-VALUE}).")
    private double guard;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the report here.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (!(load > 0 && load <= 100)) {
            throw new BadInputException(
                    "--load (%s) must be above 0 and at most 100; 1 = the planned throughput.".formatted(load));
        }
        if (!(guard >= 0 && guard < 1)) {
            throw new BadInputException("--guard (%s) must be in [0, 1); 0.1 keeps a tenth free.".formatted(guard));
        }
        if (!(seconds > 0 && seconds <= 86_400)) {
            throw new BadInputException("--seconds (%s) must be above 0 and at most 86400.".formatted(seconds));
        }
        Scenario scenario = files.scenario(files.workload());
        Plan checked = files.plan(plan, scenario);
        SimulationReport report = simulate(scenario, checked);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        print(out, scenario, checked, report);
        if (json != null) {
            ReportFile.write(json(scenario, checked, report), json);
            out.println("Report: " + json);
        }
        return Main.OK;
    }

    private SimulationReport simulate(Scenario scenario, Plan plan) {
        var sources = new ArrayList<ArrivalSource>();
        for (int i = 0; i < plan.models().size(); i++) {
            sources.add(new ArrivalSource(
                    load * plan.models().get(i).throughputPerSecond(),
                    scenario.models().get(i).slo()));
        }
        var scheduler = PolicyName.DEFERRED.scheduler(scenario, plan, SchedulerSettings.DEFAULT.withGuard(guard));
        return new Simulator(
                        scenario, plan, scheduler, new ArrivalSpec.Poisson().arrivals(sources, seconds, seed), seconds)
                .run();
    }

    private void print(PrintWriter out, Scenario scenario, Plan checked, SimulationReport report) {
        out.printf(
                "Simulated %s s of Poisson arrivals at %s of the planned throughput, seed %d.%n",
                Numbers.plain(seconds), Numbers.percent(load), seed);
        var table = new TextTable(
                "model",
                ">planned/s",
                ">offered/s",
                ">goodput/s",
                ">attainment",
                ">p50 ms",
                ">p99 ms",
                ">batch",
                "rejected");
        for (int i = 0; i < report.models().size(); i++) {
            SimulationReport.ModelReport model = report.models().get(i);
            Summary summary = model.summary();
            table.row(
                    model.model(),
                    Numbers.rate(checked.models().get(i).throughputPerSecond()),
                    Numbers.rate(summary.offeredPerSecond()),
                    Numbers.rate(summary.goodputPerSecond()),
                    Numbers.percent(summary.sloAttainment()),
                    Numbers.millis(model.phases().total().p50()),
                    Numbers.millis(model.phases().total().p99()),
                    "%.2f".formatted(model.meanBatchSize()),
                    model.misses().isEmpty() ? "-" : model.misses().toString().toLowerCase(Locale.ROOT));
        }
        out.print(table);
        for (Utilisation utilisation : report.utilisation()) {
            out.printf(
                    "Utilisation of %s: %s of the class, %s of the GPUs that the plan uses.%n",
                    Labels.gpuClass(
                            scenario.cluster().gpuClass(utilisation.gpuClass()).orElseThrow()),
                    Numbers.percent(utilisation.ofClass()),
                    Numbers.percent(utilisation.ofPlanned()));
        }
        if (scenario.cluster().emulated()) {
            out.println(Labels.emulation(scenario.cluster()));
        }
    }

    private Map<String, Object> json(Scenario scenario, Plan checked, SimulationReport report) {
        var root = new LinkedHashMap<String, Object>();
        root.put("kind", "simulation");
        root.put("seed", seed);
        root.put("seconds", seconds);
        root.put("load_factor_of_plan", load);
        root.put("emulated", scenario.cluster().emulated());
        root.put("time_scale", scenario.cluster().timeScale());
        var models = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < report.models().size(); i++) {
            SimulationReport.ModelReport model = report.models().get(i);
            Map<String, Object> row = Reports.summary(model.summary());
            var named = new LinkedHashMap<String, Object>();
            named.put("model", model.model());
            named.put("planned_rps", checked.models().get(i).throughputPerSecond());
            named.putAll(row);
            named.put("latency_us_p50", model.phases().total().p50());
            named.put("latency_us_p99", model.phases().total().p99());
            named.put("mean_batch_size", model.meanBatchSize());
            var causes = new LinkedHashMap<String, Object>();
            model.misses().forEach((cause, count) -> causes.put(cause.name().toLowerCase(Locale.ROOT), count));
            named.put("rejections", causes);
            models.add(named);
        }
        root.put("models", models);
        root.put("utilisation", Reports.utilisation(report.utilisation()));
        return root;
    }
}
