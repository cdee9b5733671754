package io.ppipe.cli;

import io.ppipe.model.Utilisation;
import io.ppipe.report.Axis;
import io.ppipe.report.BarChart;
import io.ppipe.report.Block;
import io.ppipe.report.Chart;
import io.ppipe.report.LineChart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** The charts of an evaluation. What all rows share is in no legend. */
final class EvaluationCharts {
    /** Charts beyond that are shown when the reader opens them. */
    private static final int OPEN_CHARTS = 4;

    private final List<EvaluationRow> rows;
    private final List<Double> sloTargets;
    private final List<String> plans;
    private final List<String> policies;
    private final List<String> arrivals;

    EvaluationCharts(List<EvaluationRow> rows, List<Double> sloTargets) {
        this.rows = rows;
        this.sloTargets = sloTargets;
        plans = distinct(EvaluationRow::plan);
        policies = distinct(EvaluationRow::policy);
        arrivals = distinct(EvaluationRow::arrivals);
    }

    private List<String> distinct(Function<EvaluationRow, String> part) {
        return rows.stream().map(part).distinct().toList();
    }

    static String factor(double load) {
        return String.format(Locale.ROOT, "%.3f", load);
    }

    /** Returns the names of the GPU classes, in the order in which they are met. */
    static List<String> classes(List<EvaluationRow> rows) {
        return rows.stream()
                .flatMap(row -> row.utilisation().stream())
                .map(Utilisation::gpuClass)
                .distinct()
                .toList();
    }

    /** Returns for each kind of arrivals a chart with the plans side by side; for one plan, a chart of all arrivals. */
    List<Block> loadFactors() {
        if (plans.size() == 1) {
            return loadFactors("Highest load factor at the SLO target", rows, arrivals, EvaluationRow::arrivals);
        }
        var blocks = new ArrayList<Block>();
        for (String kind : arrivals) {
            List<EvaluationRow> some =
                    rows.stream().filter(row -> row.arrivals().equals(kind)).toList();
            blocks.addAll(loadFactors(
                    "Highest load factor at the SLO target, arrivals " + kind, some, plans, EvaluationRow::plan));
        }
        return blocks;
    }

    private List<Block> loadFactors(
            String title, List<EvaluationRow> some, List<String> categories, Function<EvaluationRow, String> category) {
        Map<List<String>, EvaluationRow> found =
                some.stream().collect(Collectors.toMap(row -> List.of(row.policy(), category.apply(row)), row -> row));
        List<BarChart.Series> series = policies.stream()
                .map(policy -> loadFactors(
                        policy,
                        categories.stream()
                                .map(name -> Optional.ofNullable(found.get(List.of(policy, name))))
                                .map(row -> row.map(EvaluationRow::loadFactor))
                                .toList()))
                .toList();
        return new BarCharts(title, "offered ÷ planned", "", categories, List.of()).of(series);
    }

    private static BarChart.Series loadFactors(String policy, List<Optional<EvaluationRow.Estimate>> loads) {
        return new BarChart.Series(
                policy,
                loads.stream()
                        .map(load -> load.map(EvaluationRow.Estimate::mean).orElse(Double.NaN))
                        .toList(),
                loads.stream()
                        .map(load -> load.map(of -> new BarChart.ErrorBar(of.low(), of.high()))
                                .orElse(new BarChart.ErrorBar(0, 0)))
                        .toList());
    }

    /** Returns for each plan and kind of arrivals a chart with the policies' curves. */
    List<Block> attainments() {
        var blocks = new ArrayList<Block>();
        for (String plan : plans) {
            for (String kind : arrivals) {
                List<EvaluationRow> some = rows.stream()
                        .filter(row -> row.plan().equals(plan) && row.arrivals().equals(kind))
                        .filter(row -> !row.points().isEmpty())
                        .toList();
                for (int i = 0; i < some.size(); i += Chart.MAX_SERIES) {
                    blocks.add(new Block.Picture(
                            attainment(plan, kind, some.subList(i, Math.min(some.size(), i + Chart.MAX_SERIES))),
                            "The loads that the search has tried; of all models the least attainment. As in Fig. 7 of"
                                    + " PPipe (USENIX ATC '25)."));
                }
            }
        }
        return folded(blocks);
    }

    private static List<Block> folded(List<Block> blocks) {
        if (blocks.size() <= OPEN_CHARTS) {
            return blocks;
        }
        var folded = new ArrayList<>(blocks.subList(0, OPEN_CHARTS));
        List<Block> rest = blocks.subList(OPEN_CHARTS, blocks.size());
        folded.add(new Block.Details("%d more".formatted(rest.size()), rest));
        return folded;
    }

    private LineChart attainment(String plan, String kind, List<EvaluationRow> some) {
        String title = "SLO attainment over load"
                + (plans.size() == 1 ? "" : ", " + plan)
                + (arrivals.size() == 1 ? "" : ", arrivals " + kind);
        double lowest = some.stream()
                .flatMap(row -> row.points().stream())
                .mapToDouble(EvaluationRow.Point::attainment)
                .min()
                .orElse(0);
        double begin = Math.max(0, 100 * Math.min(lowest, sloTargets.getFirst()) - 1);
        return new LineChart(
                title,
                Axis.linear("load factor (offered ÷ planned)"),
                Axis.linear("answered in time (% of arrived)").between(begin, 100.2),
                some.stream().map(EvaluationCharts::curve).toList(),
                sloTargets.stream().map(target -> Labels.target(target)).toList());
    }

    /** Where seeds have tried the same load, the mean between the lowest and the highest. */
    private static LineChart.Series curve(EvaluationRow row) {
        var byLoad = new TreeMap<Double, DoubleStream.Builder>();
        row.points()
                .forEach(point -> byLoad.computeIfAbsent(point.load(), _ -> DoubleStream.builder())
                        .add(100 * point.attainment()));
        var points = new ArrayList<LineChart.Point>();
        byLoad.forEach((load, values) -> {
            var all = values.build().summaryStatistics();
            double mean = Math.clamp(all.getAverage(), all.getMin(), all.getMax());
            points.add(new LineChart.Point(load, mean, all.getMin(), all.getMax()));
        });
        return new LineChart.Series(row.policy(), points);
    }

    /** Returns a chart with a group of bars for each row, one bar for each GPU class. */
    List<Block> utilisation() {
        List<EvaluationRow> some =
                rows.stream().filter(row -> !row.utilisation().isEmpty()).toList();
        var byLabel = new LinkedHashMap<String, EvaluationRow>();
        some.forEach(row -> byLabel.put(label(row), row));
        List<BarChart.Series> series = classes(some).stream()
                .map(name -> new BarChart.Series(
                        name,
                        byLabel.values().stream().map(row -> busy(row, name)).toList()))
                .toList();
        return new BarCharts(
                        "Utilisation by GPU class at the highest load",
                        "busy (% of the time, all GPUs of the class)",
                        "",
                        List.copyOf(byLabel.keySet()),
                        List.of())
                .of(series);
    }

    private static double busy(EvaluationRow row, String gpuClass) {
        return row.utilisation().stream()
                .filter(of -> of.gpuClass().equals(gpuClass))
                .mapToDouble(of -> 100 * of.ofClass())
                .findFirst()
                .orElse(Double.NaN);
    }

    private String label(EvaluationRow row) {
        var parts = new ArrayList<String>();
        if (plans.size() > 1) {
            parts.add(row.plan());
        }
        if (policies.size() > 1) {
            parts.add(row.policy());
        }
        if (arrivals.size() > 1) {
            parts.add(row.arrivals());
        }
        return parts.isEmpty() ? row.policy() : String.join(", ", parts);
    }
}
