package io.ppipe.cli;

import io.ppipe.format.Evaluation.Attained;
import io.ppipe.format.Evaluation.Row;
import io.ppipe.model.Cluster;
import io.ppipe.model.GpuClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Finished cells as people read them: one line for each plan, policy and kind of arrivals, over its seeds. */
final class EvaluationTable {
    private final Cluster cluster;
    private final ObjectiveText objective;

    EvaluationTable(Cluster cluster, ObjectiveText objective) {
        this.cluster = cluster;
        this.objective = objective;
    }

    /** What the seeds of a line have in common. */
    private record Line(String plan, String policy, String arrivals) {}

    TextTable of(List<Row> rows) {
        var lines = new LinkedHashMap<Line, List<Row>>();
        for (Row row : rows) {
            var line =
                    new Line(row.cell().plan(), row.cell().policy(), row.cell().arrivals());
            lines.computeIfAbsent(line, _ -> new ArrayList<>()).add(row);
        }
        var headings = new ArrayList<>(
                List.of("plan", "policy", "arrivals", ">load ÷ planned", ">least/weight", ">attainment"));
        cluster.classes().forEach(gpuClass -> headings.add(">" + Labels.gpuClass(gpuClass)));
        headings.addAll(List.of(">simulated s", "decided by"));
        var table = new TextTable(headings.toArray(String[]::new));
        lines.forEach((line, seeds) -> table.row(cells(line, seeds)));
        return table;
    }

    private String[] cells(Line line, List<Row> seeds) {
        var cells = new ArrayList<String>();
        cells.add(line.plan());
        cells.add(line.policy());
        cells.add(line.arrivals());
        cells.add(Interval.of(seeds.stream().mapToDouble(Row::loadFactorOfPlan).toArray())
                .toString());
        cells.add(objective.amount(mean(seeds, Row::minThroughputOverWeight)));
        cells.add(Numbers.percent(mean(seeds, EvaluationTable::leastAttainment)));
        for (GpuClass gpuClass : cluster.classes()) {
            cells.add(Numbers.percent(mean(seeds, row -> utilisation(row, gpuClass.name()))));
        }
        cells.add("%.0f"
                .formatted(seeds.stream().mapToDouble(Row::simulatedSeconds).sum()));
        long certain = seeds.stream().filter(Row::certain).count();
        cells.add(
                certain == seeds.size()
                        ? "confidence"
                        : "length (%d of %d seeds)".formatted(seeds.size() - certain, seeds.size()));
        return cells.toArray(String[]::new);
    }

    private static double mean(List<Row> rows, ToDoubleFunction<Row> figure) {
        return rows.stream().mapToDouble(figure).average().orElse(0);
    }

    private static double leastAttainment(Row row) {
        return row.models().stream().mapToDouble(Attained::sloAttainment).min().orElse(0);
    }

    private static double utilisation(Row row, String gpuClass) {
        return row.utilisation().stream()
                .filter(of -> of.gpuClass().equals(gpuClass))
                .mapToDouble(of -> of.ofClass())
                .findFirst()
                .orElse(0);
    }
}
