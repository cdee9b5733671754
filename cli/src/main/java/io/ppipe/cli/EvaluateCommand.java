package io.ppipe.cli;

import io.ppipe.evaluate.Precision;
import io.ppipe.format.Evaluation;
import io.ppipe.format.Fingerprint;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Goal;
import io.ppipe.model.Scenario;
import io.ppipe.plan.StopSignal;
import io.ppipe.report.HtmlReport;
import io.ppipe.schedule.PolicyName;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

/** {@code ppipe evaluate}: how much plans really serve at their SLO targets. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        header = "Find the highest load at which all models attain their SLO targets.",
        description = {
            "All models together, their planned throughputs scaled by one factor, by bisection; for every plan,"
                    + " policy, kind of arrivals and seed. The same seeds for all, so that differences aren't chance.",
            "--policy and --arrivals may be repeated, or hold several, separated by commas.",
            "With --json every finished cell is kept, and the same command goes on where it was stopped, by Ctrl-C for"
                    + " instance. Cells that are asked for later are added."
        })
final class EvaluateCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "PLAN", description = "The plans; DIR/plan.json by default.")
    private List<Path> plans = new ArrayList<>();

    @Mixin
    private final ScenarioFiles files = new ScenarioFiles();

    @Mixin
    private final SimulationOptions options = new SimulationOptions();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            description = "So many seeds, from --seed on (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--tolerance",
            paramLabel = "FRACTION",
            defaultValue = "0.005",
            description = "Find the load to this part of itself (default: ${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "30000",
            description = "A load that is undecided after so many requests of each model is judged by what was attained"
                    + " (default: ${DEFAULT-VALUE}).")
    private int requests;

    @Option(names = "--threads", paramLabel = "N", description = "Cells at a time (default: the number of cores).")
    private @Nullable Integer threads;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Keep every finished cell here, and go on from what it has.")
    private @Nullable Path json;

    @Mixin
    private final PageOptions page = new PageOptions();

    @Option(names = "--restart", description = "Begin afresh, whatever the file of --json has.")
    private boolean restart;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Precision precision = check();
        Scenario scenario = files.scenario(files.workload());
        var cells = new EvaluationCells(files, options, scenario, precision);
        List<EvaluatedCell> all = cells.of(plans, seeds);
        var progress = new EvaluationProgress(wanted(scenario, precision, cells.changes()), json, all);
        if (!restart) {
            progress.resume(all);
        }
        long kept = all.stream().filter(cell -> progress.has(cell.cell())).count();
        var stop = new StopSignal();
        try (var interrupts = new Interrupts(stop)) {
            try (var console = new ConsoleProgress()) {
                new EvaluationPool(threads()).run(all, progress, console, stop);
            }
            if (progress.finished().size() < all.size()) {
                return stopped(interrupts.signal(), progress.finished().size(), all.size());
            }
        }
        print(scenario, all.size(), kept, progress.finished());
        return Main.OK;
    }

    private Precision check() {
        options.check();
        require("--seeds", seeds, 1, 1000);
        require("--threads", threads(), 1, 1024);
        require("--requests", requests, 100, 1_000_000_000);
        if (restart && json == null) {
            throw new BadInputException("--restart begins a file afresh; --json names none.");
        }
        try {
            return new Precision(
                    tolerance,
                    Math.min(Precision.DEFAULT.fewestRequests(), requests),
                    requests,
                    Precision.DEFAULT.deviations());
        } catch (IllegalArgumentException e) {
            throw new BadInputException("--tolerance: " + e.getMessage(), e);
        }
    }

    private static void require(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new BadInputException("%s (%d) must be between %d and %d.".formatted(option, value, least, most));
        }
    }

    private int threads() {
        return threads != null ? threads : Runtime.getRuntime().availableProcessors();
    }

    private Evaluation wanted(Scenario scenario, Precision precision, List<String> changes) {
        Map<String, Double> conditions = new LinkedHashMap<>();
        conditions.put("guard", options.guard());
        conditions.putAll(options.world().numbers());
        conditions.put("tolerance", precision.tolerance());
        conditions.put("fewest_requests", (double) precision.fewestRequests());
        conditions.put("most_requests", (double) precision.mostRequests());
        conditions.put("deviations", precision.deviations());
        return new Evaluation(Fingerprint.of(scenario), conditions, changes, List.of());
    }

    private Integer stopped(String signal, int finished, int all) {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        if (json == null) {
            err.printf("ppipe: stopped by %s; give --json FILE to keep finished cells%n", signal);
        } else {
            err.printf(
                    "ppipe: stopped by %s: %d of %d cells are in %s; the same command goes on%n",
                    signal, finished, all, json);
        }
        return Main.INTERRUPTED;
    }

    private void print(Scenario scenario, int cells, long kept, List<Evaluation.Row> rows) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.printf(
                "Highest load at which all models attain their SLO targets, over %d seed(s) from %d on, with 95 %%"
                        + " intervals; attainment and utilisation by class at that load. %d cells%s.%n",
                seeds, options.seed(), cells, kept == 0 ? "" : ", %d of them from %s".formatted(kept, json));
        var objective = ObjectiveText.of(scenario, Goal.THROUGHPUT);
        out.print(new EvaluationTable(scenario.cluster(), objective).of(rows));
        if (rows.stream().anyMatch(row -> row.loadFactorOfPlan() == 0)) {
            out.println("A load of 0: the targets are missed even at a hundredth of the planned throughputs.");
        }
        out.println(options.world().label());
        Labels.print(out, scenario);
        if (json != null) {
            out.println("Report: " + json);
        }
        if (page.given()) {
            page.write(page(scenario, rows), out);
        }
    }

    private HtmlReport page(Scenario scenario, List<Evaluation.Row> rows) {
        return new EvaluationPage(
                        EvaluationRows.of(rows),
                        scenario.models().stream()
                                .map(model -> model.slo().target())
                                .toList())
                .page(
                        "Evaluation on cluster " + scenario.cluster().name(),
                        PageOptions.simulated(Objects.requireNonNull(spec), scenario, options.seed()),
                        settings(scenario));
    }

    private Map<String, Object> settings(Scenario scenario) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("seed", options.seed());
        settings.put("seeds", seeds);
        settings.put("guard", options.guard());
        settings.put(
                "without",
                options.without(PolicyName.DEFERRED).stream().map(Words::of).toList());
        settings.put("tolerance", tolerance);
        settings.put("requests", requests);
        settings.put("world", options.world().json());
        settings.put("emulated", scenario.cluster().emulated());
        settings.put("estimated", !Labels.estimation(scenario).isEmpty());
        settings.put("time_scale", scenario.cluster().timeScale());
        return settings;
    }
}
