package io.ppipe.cli;

import io.ppipe.format.Evaluation;
import io.ppipe.model.Utilisation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Joins the seeds of an evaluation's cells. */
final class EvaluationRows {
    private EvaluationRows() {}

    /** Returns a row for each plan, policy and kind of arrivals, in their order. */
    static List<EvaluationRow> of(List<Evaluation.Row> cells) {
        var seedsByKey = new LinkedHashMap<List<String>, List<Evaluation.Row>>();
        for (Evaluation.Row row : cells) {
            Evaluation.Cell cell = row.cell();
            seedsByKey
                    .computeIfAbsent(List.of(cell.plan(), cell.policy(), cell.arrivals()), _ -> new ArrayList<>())
                    .add(row);
        }
        int folder = commonFolder(cells.stream().map(row -> row.cell().plan()).toList());
        return seedsByKey.values().stream().map(seeds -> row(seeds, folder)).toList();
    }

    private static EvaluationRow row(List<Evaluation.Row> seeds, int folder) {
        Evaluation.Cell cell = seeds.getFirst().cell();
        return new EvaluationRow(
                cell.plan().substring(folder),
                cell.policy(),
                cell.arrivals(),
                EvaluationRow.Estimate.of(
                        seeds.stream().map(Evaluation.Row::loadFactorOfPlan).toList()),
                seeds.stream()
                        .mapToDouble(Evaluation.Row::minThroughputOverWeight)
                        .average()
                        .orElseThrow(),
                utilisation(seeds),
                seeds.stream()
                        .flatMap(row -> row.points().stream())
                        .map(point -> new EvaluationRow.Point(point.loadFactorOfPlan(), point.attainment()))
                        .toList());
    }

    /** Returns the mean of the seeds that attain their targets at some load. */
    private static List<Utilisation> utilisation(List<Evaluation.Row> seeds) {
        var byClass = new LinkedHashMap<String, List<Utilisation>>();
        seeds.stream()
                .flatMap(row -> row.utilisation().stream())
                .forEach(of -> byClass.computeIfAbsent(of.gpuClass(), _ -> new ArrayList<>())
                        .add(of));
        return byClass.entrySet().stream()
                .map(entry -> new Utilisation(
                        entry.getKey(),
                        entry.getValue().stream()
                                .mapToDouble(Utilisation::ofClass)
                                .average()
                                .orElseThrow(),
                        entry.getValue().stream()
                                .mapToDouble(Utilisation::ofPlanned)
                                .average()
                                .orElseThrow()))
                .toList();
    }

    /** Returns how many characters of all paths are the folder that they share. */
    private static int commonFolder(List<String> plans) {
        String first = plans.getFirst();
        int length = 0;
        for (int i = first.indexOf('/'); i >= 0; i = first.indexOf('/', i + 1)) {
            String folder = first.substring(0, i + 1);
            if (plans.stream().allMatch(plan -> plan.startsWith(folder))) {
                length = folder.length();
            }
        }
        return length;
    }
}
