package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import io.ppipe.report.Block;
import io.ppipe.report.Block.Column;
import io.ppipe.report.Block.KeyFigure;
import io.ppipe.report.HtmlReport;
import io.ppipe.report.HtmlReport.Section;
import io.ppipe.report.Provenance;
import io.ppipe.simulate.MissCause;
import io.ppipe.simulate.Percentiles;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.SimulationReport.ModelReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page of {@code ppipe simulate --report}: what a simulated run gave, in figures, tables and charts. */
final class SimulationPage {
    private final Scenario scenario;
    private final Plan plan;
    private final SimulationReport report;
    private final SimulationCharts charts;

    SimulationPage(Scenario scenario, Plan plan, SimulationReport report) {
        this.scenario = scenario;
        this.plan = plan;
        this.report = report;
        this.charts = new SimulationCharts(scenario, plan, report);
    }

    /**
     * Returns the page.
     *
     * @param settings of the run, by their names in reports; values may be maps of more
     */
    HtmlReport page(Provenance provenance, Map<String, Object> settings, RunTimeline timeline) {
        return new HtmlReport(
                "Simulation of a plan for cluster " + plan.clusterName(),
                provenance,
                List.of(
                        new Section("Key figures", new Block.KeyFigures(figures())),
                        new Section("Models", with(models(), charts.attainment(), charts.rates())),
                        new Section("Where time goes", with(charts.phases(), List.of(details("In figures", phases())))),
                        new Section("Misses", misses()),
                        new Section("Batches", charts.batchSizes()),
                        new Section("Utilisation", with(charts.utilisation(), List.of(utilisation()))),
                        new Section("Timeline", TimelinePicture.of(timeline)),
                        new Section("Conditions", conditions(settings))));
    }

    private static List<Block> with(Block first, List<Block> second, List<Block> third) {
        return with(with(List.of(first), second), third);
    }

    private static List<Block> with(List<Block> first, List<Block> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static Block details(String summary, Block block) {
        return new Block.Details(summary, List.of(block));
    }

    private List<KeyFigure> figures() {
        Summary total = report.total();
        var figures = new ArrayList<KeyFigure>();
        figures.add(leastAttainment());
        figures.add(new KeyFigure(
                "Goodput",
                Numbers.rate(total.goodputPerSecond()) + "/s",
                "of %s/s offered, %s/s planned"
                        .formatted(Numbers.rate(total.offeredPerSecond()), Numbers.rate(plannedPerSecond()))));
        figures.add(new KeyFigure(
                "Requests",
                String.format(Locale.ROOT, "%,d", total.arrived()),
                String.format(Locale.ROOT, "%,d not in time", total.arrived() - total.inTime())));
        figures.add(slowest());
        for (Utilisation utilisation : report.utilisation()) {
            figures.add(new KeyFigure(
                    "Utilisation of " + gpuClass(utilisation),
                    Numbers.percent(utilisation.ofClass()),
                    Numbers.percent(utilisation.ofPlanned()) + " of the GPUs in the plan"));
        }
        return figures;
    }

    private KeyFigure leastAttainment() {
        ModelReport least = report.models().stream()
                .min(Comparator.comparingDouble(model -> model.summary().sloAttainment()))
                .orElseThrow();
        double target =
                scenario.models().get(report.models().indexOf(least)).slo().target();
        return new KeyFigure(
                "Least SLO attainment",
                Numbers.percent(least.summary().sloAttainment()),
                "%s; target %s".formatted(least.model(), Labels.percentOf(target)));
    }

    private double plannedPerSecond() {
        return plan.models().stream()
                .mapToDouble(model -> model.throughputPerSecond())
                .sum();
    }

    private KeyFigure slowest() {
        ModelReport slowest = report.models().stream()
                .max(Comparator.comparingDouble(
                        model -> (double) model.phases().total().p99() / sloMicros(model)))
                .orElseThrow();
        long p99 = slowest.phases().total().p99();
        return new KeyFigure(
                "Latency p99",
                Numbers.millis(p99) + " ms",
                "%s of the SLO of %s, the model closest to it"
                        .formatted(Numbers.percent((double) p99 / sloMicros(slowest)), slowest.model()));
    }

    private long sloMicros(ModelReport model) {
        return scenario.models().get(report.models().indexOf(model)).slo().latencyMicros();
    }

    private String gpuClass(Utilisation utilisation) {
        return Labels.gpuClass(
                scenario.cluster().gpuClass(utilisation.gpuClass()).orElseThrow());
    }

    private Block models() {
        var rows = new ArrayList<List<String>>();
        for (int i = 0; i < report.models().size(); i++) {
            ModelReport model = report.models().get(i);
            Summary summary = model.summary();
            rows.add(List.of(
                    model.model(),
                    Numbers.rate(plan.models().get(i).throughputPerSecond()),
                    Numbers.rate(summary.offeredPerSecond()),
                    Numbers.rate(summary.goodputPerSecond()),
                    Numbers.percent(summary.sloAttainment()),
                    Labels.percentOf(scenario.models().get(i).slo().target()),
                    Numbers.millis(model.phases().total().p50()),
                    Numbers.millis(model.phases().total().p99()),
                    Numbers.millis(sloMicros(model)),
                    String.format(Locale.ROOT, "%.2f", model.meanBatchSize())));
        }
        return new Block.Table(
                "",
                List.of(
                        Column.text("model"),
                        Column.number("planned/s"),
                        Column.number("offered/s"),
                        Column.number("goodput/s"),
                        Column.number("attainment"),
                        Column.number("target"),
                        Column.number("p50 ms"),
                        Column.number("p99 ms"),
                        Column.number("SLO ms"),
                        Column.number("mean batch")),
                rows);
    }

    private Block phases() {
        var columns = new ArrayList<>(List.of(Column.text("model")));
        for (String phase : SimulationCharts.PHASES) {
            columns.add(Column.number(phase + " p50 ms"));
            columns.add(Column.number(phase + " p99 ms"));
        }
        var rows = new ArrayList<List<String>>();
        for (ModelReport model : report.models()) {
            var row = new ArrayList<>(List.of(model.model()));
            for (Percentiles times : SimulationCharts.phases(model)) {
                row.add(Numbers.millis(times.p50()));
                row.add(Numbers.millis(times.p99()));
            }
            rows.add(row);
        }
        return new Block.Table("", columns, rows);
    }

    private List<Block> misses() {
        var rows = new ArrayList<List<String>>();
        for (ModelReport model : report.models()) {
            for (Map.Entry<MissCause, Long> miss : model.misses().entrySet()) {
                rows.add(List.of(
                        model.model(),
                        SimulationCharts.cause(miss.getKey()),
                        Long.toString(miss.getValue()),
                        Numbers.percent(
                                (double) miss.getValue() / model.summary().arrived())));
            }
        }
        if (rows.isEmpty()) {
            return List.of(new Block.Paragraph("None: every request was answered in time."));
        }
        return with(
                charts.misses(),
                List.of(new Block.Table(
                        "",
                        List.of(
                                Column.text("model"),
                                Column.text("cause"),
                                Column.number("requests"),
                                Column.number("of all")),
                        rows)));
    }

    private Block utilisation() {
        return new Block.Table(
                "",
                List.of(
                        Column.text("GPU class"),
                        Column.number("GPUs"),
                        Column.number("in the plan"),
                        Column.number("utilisation of the class"),
                        Column.number("of the GPUs in the plan")),
                report.utilisation().stream()
                        .map(utilisation -> List.of(
                                gpuClass(utilisation),
                                Integer.toString(scenario.cluster()
                                        .gpuClass(utilisation.gpuClass())
                                        .orElseThrow()
                                        .count()),
                                Integer.toString(PlanText.gpusUsed(plan, utilisation.gpuClass())),
                                Numbers.percent(utilisation.ofClass()),
                                Numbers.percent(utilisation.ofPlanned())))
                        .toList());
    }

    private List<Block> conditions(Map<String, Object> settings) {
        var blocks = new ArrayList<Block>();
        for (String label : List.of(Labels.emulation(scenario.cluster()), Labels.estimation(scenario))) {
            if (!label.isEmpty()) {
                blocks.add(new Block.Paragraph(label));
            }
        }
        blocks.add(SettingsTable.of(settings));
        return blocks;
    }
}
