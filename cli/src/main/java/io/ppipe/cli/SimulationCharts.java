package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Utilisation;
import io.ppipe.report.BarChart;
import io.ppipe.report.Block;
import io.ppipe.report.Target;
import io.ppipe.simulate.MissCause;
import io.ppipe.simulate.Percentiles;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.SimulationReport.ModelReport;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The charts of a simulated run. */
final class SimulationCharts {
    static final List<String> PHASES = List.of("batch wait", "queue", "transfer", "compute");

    private final Scenario scenario;
    private final Plan plan;
    private final SimulationReport report;
    private final List<String> models;

    SimulationCharts(Scenario scenario, Plan plan, SimulationReport report) {
        this.scenario = scenario;
        this.plan = plan;
        this.report = report;
        this.models = report.models().stream().map(ModelReport::model).toList();
    }

    /** Returns a model's times, in the order of {@link #PHASES}. */
    static List<Percentiles> phases(ModelReport model) {
        SimulationReport.Phases phases = model.phases();
        return List.of(phases.batchWait(), phases.queue(), phases.transfer(), phases.compute());
    }

    static String cause(MissCause cause) {
        return cause.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private BarChart.Series series(String name, ToDoubleFunction<ModelReport> value) {
        return new BarChart.Series(
                name, report.models().stream().mapToDouble(value).boxed().toList());
    }

    private Stream<Double> targets() {
        return scenario.models().stream().map(model -> model.slo().target()).distinct();
    }

    List<Block> attainment() {
        List<Target> targets = targets().map(Labels::target).toList();
        return new BarCharts("SLO attainment", "answered in time (% of arrived)", "", models, targets)
                .of(List.of(series("attainment", model -> 100 * model.summary().sloAttainment())));
    }

    List<Block> rates() {
        List<Double> planned =
                plan.models().stream().map(model -> model.throughputPerSecond()).toList();
        return new BarCharts("Planned, offered and answered in time", "requests per second", "", models, List.of())
                .of(List.of(
                        new BarChart.Series("planned throughput", planned),
                        series("offered", model -> model.summary().offeredPerSecond()),
                        series("goodput", model -> model.summary().goodputPerSecond())));
    }

    List<Block> phases() {
        var blocks = new ArrayList<Block>();
        blocks.add(new Block.Paragraph(
                "Of answered requests. Batch wait: until the batch was dispatched; queue: after that, waiting for"
                    + " vGPUs and links. Each phase has its own percentile, so that the bars of a model do not add up"
                    + " to its latency."));
        blocks.addAll(phases("Phases of a request, median", Percentiles::p50));
        blocks.addAll(phases("Phases of a request, 99th percentile", Percentiles::p99));
        return blocks;
    }

    private List<Block> phases(String title, ToLongFunction<Percentiles> percentile) {
        List<BarChart.Series> series = IntStream.range(0, PHASES.size())
                .mapToObj(i -> series(
                        PHASES.get(i),
                        model -> percentile.applyAsLong(phases(model).get(i)) / 1e3))
                .toList();
        return new BarCharts(title, "time (ms)", "", models, List.of()).of(series);
    }

    List<Block> misses() {
        var causes = EnumSet.noneOf(MissCause.class);
        report.models().forEach(model -> causes.addAll(model.misses().keySet()));
        List<Target> allowances = targets()
                .map(target -> new Target("allowed by the target of " + Labels.percentOf(target), 100 * (1 - target)))
                .toList();
        return new BarCharts("Requests not answered in time, by cause", "% of arrived", "", models, allowances)
                .of(causes.stream()
                        .map(cause -> series(
                                cause(cause),
                                model -> 100.0
                                        * model.misses().getOrDefault(cause, 0L)
                                        / Math.max(1, model.summary().arrived())))
                        .toList());
    }

    List<Block> batchSizes() {
        int largest = report.models().stream()
                .mapToInt(model -> model.batchSizes().size())
                .max()
                .orElse(0);
        if (largest == 0) {
            return List.of(new Block.Paragraph("No batch was dispatched."));
        }
        if (largest == 1) {
            return List.of(new Block.Paragraph("Every batch had one request."));
        }
        List<String> sizes =
                IntStream.rangeClosed(1, largest).mapToObj(Integer::toString).toList();
        return new BarCharts(
                        "Batch sizes",
                        "% of the model's batches",
                        "Batches dispatched with each number of requests.",
                        sizes,
                        List.of())
                .of(report.models().stream().map(model -> sizes(model, largest)).toList());
    }

    private static BarChart.Series sizes(ModelReport model, int largest) {
        List<Long> counts = model.batchSizes();
        double all = Math.max(1, counts.stream().mapToLong(count -> count).sum());
        return new BarChart.Series(
                model.model(),
                IntStream.range(0, largest)
                        .mapToObj(i -> i < counts.size() ? 100 * counts.get(i) / all : 0)
                        .toList());
    }

    List<Block> utilisation() {
        List<Utilisation> classes = report.utilisation();
        return new BarCharts(
                        "Utilisation by GPU class",
                        "busy (% of the time)",
                        "Parts of a GPU count as parts. As in Fig. 8 of PPipe (USENIX ATC '25).",
                        classes.stream()
                                .map(of -> Labels.gpuClass(scenario.cluster()
                                        .gpuClass(of.gpuClass())
                                        .orElseThrow()))
                                .toList(),
                        List.of())
                .of(List.of(
                        new BarChart.Series(
                                "of all GPUs of the class",
                                classes.stream().map(of -> 100 * of.ofClass()).toList()),
                        new BarChart.Series(
                                "of the GPUs in the plan",
                                classes.stream().map(of -> 100 * of.ofPlanned()).toList())));
    }
}
