package io.ppipe.cli;

import io.ppipe.evaluate.Conditions;
import io.ppipe.format.ReportFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.report.HtmlReport;
import io.ppipe.schedule.PolicyName;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.SimulationReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
        header = "Simulate a plan: SLO attainment, where requests' time goes, why some miss, utilisation.",
        description = {
            "Runs the scheduler that serves, in a simulated cluster where everything takes exactly the profile's time,"
                    + " unless said otherwise below. The same seed and inputs give the same report."
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

    @Mixin
    private final SimulationOptions options = new SimulationOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures here.")
    private @Nullable Path json;

    @Mixin
    private final RunOptions outputs = new RunOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (!(load > 0 && load <= 100)) {
            throw new BadInputException(
                    "--load (%s) must be above 0 and at most 100; 1 = the planned throughput.".formatted(load));
        }
        if (!(seconds > 0 && seconds <= 86_400)) {
            throw new BadInputException("--seconds (%s) must be above 0 and at most 86400.".formatted(seconds));
        }
        options.checkOne();
        outputs.check(seconds);
        Scenario scenario = files.scenario(files.workload());
        Plan checked = files.plan(plan, scenario);
        WatchedRun run = simulate(scenario, checked);
        SimulationReport report = run.report();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        print(out, scenario, checked, report);
        if (json != null) {
            ReportFile.write(json(scenario, checked, report), json);
            out.println("Report: " + json);
        }
        run.timeline().ifPresent(timeline -> outputs.page().write(page(scenario, checked, report, timeline), out));
        outputs.trace().ifPresent(trace -> out.println("Trace: " + trace));
        return Main.OK;
    }

    private HtmlReport page(Scenario scenario, Plan checked, SimulationReport report, RunTimeline timeline) {
        return new SimulationPage(scenario, checked, report)
                .page(
                        PageOptions.simulated(Objects.requireNonNull(spec), scenario, options.seed()),
                        settings(scenario),
                        timeline);
    }

    private PolicyName policy() {
        return options.policies().getFirst();
    }

    private String arrivals() {
        return options.arrivalTexts().getFirst();
    }

    private WatchedRun simulate(Scenario scenario, Plan checked) {
        var arrivalFiles =
                new ArrivalFiles(checked.models().stream().map(ModelPlan::model).toList());
        ArrivalSpec spec = arrivalFiles.spec("--arrivals", arrivals());
        Conditions conditions =
                options.conditions(policy(), spec, options.world().settings(files, scenario, checked));
        double[] rates = checked.models().stream()
                .mapToDouble(model -> load * model.throughputPerSecond())
                .toArray();
        ArrivalFiles.requireFit("--arrivals", spec, rates, seconds);
        return WatchedRun.of(conditions, scenario, checked, rates, seconds, outputs);
    }

    private void print(PrintWriter out, Scenario scenario, Plan checked, SimulationReport report) {
        out.printf(
                "Simulated %s s of arrivals by %s at %s of the planned throughput, policy %s, seed %d.%n",
                Numbers.plain(seconds), arrivals(), Numbers.percent(load), policy().text(), options.seed());
        new SimulationText(out, scenario, checked, report).print();
        out.println(options.world().label());
        Labels.print(out, scenario);
    }

    private Map<String, Object> json(Scenario scenario, Plan checked, SimulationReport report) {
        var root = new LinkedHashMap<String, Object>();
        root.put("kind", "simulation");
        root.putAll(settings(scenario));
        root.putAll(SimulationJson.of(checked, report));
        return root;
    }

    private Map<String, Object> settings(Scenario scenario) {
        var root = new LinkedHashMap<String, Object>();
        root.put("policy", policy().text());
        root.put("without", options.without(policy()).stream().map(Words::of).toList());
        root.put("guard", options.guard());
        root.put("arrivals", arrivals());
        root.put("seed", options.seed());
        root.put("seconds", seconds);
        root.put("load_factor_of_plan", load);
        root.put("world", options.world().json());
        root.put("emulated", scenario.cluster().emulated());
        root.put("estimated", !Labels.estimation(scenario).isEmpty());
        root.put("time_scale", scenario.cluster().timeScale());
        return root;
    }
}
