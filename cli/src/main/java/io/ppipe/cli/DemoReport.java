package io.ppipe.cli;

import io.ppipe.model.Scenario;
import io.ppipe.model.Summary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the demo measured, side by side. */
final class DemoReport {
    /** A run in which more stages than this computed longer than the GPU they emulate says nothing about such GPUs. */
    private static final double MAX_OVERRUNS = 0.01;

    private final Scenario scenario;
    private final List<DemoRun.Result> results;
    private final double loadFactor;
    private final long seed;

    DemoReport(Scenario scenario, List<DemoRun.Result> results, double loadFactor, long seed) {
        this.scenario = scenario;
        this.results = List.copyOf(results);
        this.loadFactor = loadFactor;
        this.seed = seed;
    }

    /** Returns whether emulation kept its times and every compared answer was right. */
    boolean valid() {
        return results.stream().allMatch(r -> r.overrunFraction() <= MAX_OVERRUNS && r.matches());
    }

    void print(PrintWriter out, Path folder) {
        out.printf(
                "%n%s: SLO %s ms, Poisson arrivals at %s of each plan's throughput, seed %d%n",
                scenario.models().getFirst().name(),
                Numbers.millis(scenario.models().getFirst().slo().latencyMicros()),
                Numbers.percent(loadFactor),
                seed);
        String classes = scenario.cluster().classes().stream()
                .map(c -> c.count() + " × " + Labels.gpuClass(c))
                .collect(Collectors.joining(", "));
        out.printf("cluster: %s%n%n", classes);
        var headings = new ArrayList<String>(List.of(
                "system",
                ">planned/s",
                ">offered/s",
                ">throughput/s",
                ">goodput/s",
                ">attainment",
                ">p99 ms",
                ">batch"));
        scenario.cluster().classes().forEach(c -> headings.add(">busy " + c.name()));
        headings.add(">overruns");
        var table = new TextTable(headings.toArray(String[]::new));
        for (DemoRun.Result result : results) {
            Summary summary = result.summary();
            var row = new ArrayList<String>(List.of(
                    result.plan().algorithm().equals(Planning.NP)
                            ? "np (no partitioning)"
                            : result.plan().algorithm(),
                    Numbers.rate(result.plannedPerSecond()),
                    Numbers.rate(summary.offeredPerSecond()),
                    Numbers.rate(summary.throughputPerSecond()),
                    Numbers.rate(summary.goodputPerSecond()),
                    Numbers.percent(summary.sloAttainment()),
                    Numbers.millis(result.latencyMicrosP99()),
                    "%.2f".formatted(result.meanBatchSize())));
            result.utilisation().forEach(u -> row.add(Numbers.percent(u.ofClass())));
            row.add("%d of %d".formatted(result.overruns(), result.stages()));
            table.row(row.toArray(String[]::new));
        }
        out.print(table);
        out.println();
        long compared = results.stream().mapToLong(DemoRun.Result::compared).sum();
        out.printf(
                "answers: %d compared with the whole model's, %s (largest relative difference %.1e, allowed %.0e)%n",
                compared, matches() ? "all match" : "THEY DIFFER", maxRelativeDifference(), Comparison.TOLERANCE);
        out.println(Labels.emulation(scenario.cluster()));
        if (results.stream().anyMatch(r -> r.overrunFraction() > MAX_OVERRUNS)) {
            out.println("INVALID: more than 1 % of the stages took longer to compute here than on the emulated GPU. "
                    + "Maybe the machine is busy with something else.");
        }
        out.printf(
                "%nWhere to look next: %s has every file of this run.%n"
                        + "  ./ppipe plan -d %s        plan again, with other margins or stages%n"
                        + "  ./ppipe simulate -d %s    what the plan serves, simulated%n"
                        + "  ./ppipe serve -d %s       serve it; docs/ARCHITECTURE.md follows a request through it%n",
                folder, folder, folder, folder);
    }

    private boolean matches() {
        return results.stream().allMatch(DemoRun.Result::matches);
    }

    private double maxRelativeDifference() {
        return results.stream()
                .mapToDouble(DemoRun.Result::maxRelativeDifference)
                .max()
                .orElse(0);
    }

    Map<String, Object> json() {
        var root = new LinkedHashMap<String, Object>();
        root.put("kind", "demo");
        root.put("model", scenario.models().getFirst().name());
        root.put("slo_us", scenario.models().getFirst().slo().latencyMicros());
        root.put("seed", seed);
        root.put("load_factor_of_plan", loadFactor);
        root.put("emulated", scenario.cluster().emulated());
        root.put("time_scale", scenario.cluster().timeScale());
        var systems = new ArrayList<Map<String, Object>>();
        for (DemoRun.Result result : results) {
            var system = new LinkedHashMap<String, Object>();
            system.put("name", result.plan().algorithm());
            system.put("planned_rps", result.plannedPerSecond());
            system.putAll(Reports.summary(result.summary()));
            system.put("latency_us_p99", result.latencyMicrosP99());
            system.put("mean_batch_size", result.meanBatchSize());
            system.put("utilisation", Reports.utilisation(result.utilisation()));
            system.put("stages_run", result.stages());
            system.put("overruns", result.overruns());
            system.put("valid", result.overrunFraction() <= MAX_OVERRUNS);
            systems.add(system);
        }
        root.put("systems", systems);
        root.put("output_matches_whole_model", matches());
        root.put("max_relative_difference", maxRelativeDifference());
        root.put(
                "answers_compared",
                results.stream().mapToLong(DemoRun.Result::compared).sum());
        root.put("valid", valid());
        return root;
    }
}
