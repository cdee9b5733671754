package io.ppipe.bench;

import io.ppipe.bench.EstimatedPlans.Rule;
import io.ppipe.cli.TextTable;
import io.ppipe.model.Plan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code ppipe bench estimate --part plans}: one row per instance, and medians. */
final class EstimatedPlansTable {
    /** What plans from estimates deliver at least of what plans from published latencies do. */
    private static final double TARGET = 0.85;

    private final EstimatedPlans plans;
    private final double caution;
    private final PrintWriter out;
    private final BenchReport report;

    /** @param caution what estimates are multiplied by for the careful plan */
    EstimatedPlansTable(EstimatedPlans plans, double caution, PrintWriter out, BenchReport report) {
        this.plans = plans;
        this.caution = caution;
        this.out = out;
        this.report = report;
    }

    /** Fractions of what the plan from published latencies delivers. */
    private record Row(
            String instance,
            double published,
            double bySlo,
            double byRule,
            double carefulBySlo,
            double carefulByRule) {}

    /** Returns whether the target is met. */
    boolean print(List<PlanTask> tasks) {
        var rows = new ArrayList<Row>();
        for (PlanTask task : tasks) {
            if (plans.knows(task)) {
                Row row = row(task);
                rows.add(row);
                report.row(json(row));
            }
        }
        report.complete();
        var table = new TextTable(
                "instance",
                ">published/s",
                ">estimated: SLO",
                ">less margin",
                ">times %s: SLO".formatted(caution),
                ">less margin");
        rows.forEach(row -> table.row(
                row.instance(),
                Figures.rate(row.published()),
                EstimateBench.percent(row.bySlo()),
                EstimateBench.percent(row.byRule()),
                EstimateBench.percent(row.carefulBySlo()),
                EstimateBench.percent(row.carefulByRule())));
        if (!rows.isEmpty()) {
            table.row(
                    "median",
                    "",
                    EstimateBench.percent(median(rows)),
                    EstimateBench.percent(
                            Figures.median(rows.stream().map(Row::byRule).toList())),
                    EstimateBench.percent(
                            Figures.median(rows.stream().map(Row::carefulBySlo).toList())),
                    EstimateBench.percent(
                            Figures.median(rows.stream().map(Row::carefulByRule).toList())));
        }
        out.print(table);
        out.println();
        out.printf(
                "%d of %d instances; asked of plans from estimates: a median of at least %s, pipelines that miss the"
                        + " SLO counting nothing.%n",
                rows.size(), tasks.size(), EstimateBench.percent(TARGET));
        return !rows.isEmpty() && median(rows) >= TARGET;
    }

    private static double median(List<Row> rows) {
        return Figures.median(rows.stream().map(Row::bySlo).toList());
    }

    private Row row(PlanTask task) {
        Optional<Plan> published = EstimatedPlans.planned(task).plan();
        Optional<Plan> plain = EstimatedPlans.planned(plans.estimated(task, 1)).plan();
        Optional<Plan> careful =
                EstimatedPlans.planned(plans.estimated(task, caution)).plan();
        double best = objective(task, published, Rule.SLO_LESS_MARGIN);
        return new Row(
                task.name(),
                best,
                objective(task, plain, Rule.SLO) / best,
                objective(task, plain, Rule.SLO_LESS_MARGIN) / best,
                objective(task, careful, Rule.SLO) / best,
                objective(task, careful, Rule.SLO_LESS_MARGIN) / best);
    }

    private static double objective(PlanTask task, Optional<Plan> plan, Rule rule) {
        return plan.map(p -> EstimatedPlans.objective(task, p, rule)).orElse(0.0);
    }

    private Map<String, @Nullable Object> json(Row row) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("instance", row.instance());
        json.put("objective_from_published", row.published());
        json.put("ratio_within_slo", row.bySlo());
        json.put("ratio_within_slo_less_margin", row.byRule());
        json.put("caution", caution);
        json.put("careful_ratio_within_slo", row.carefulBySlo());
        json.put("careful_ratio_within_slo_less_margin", row.carefulByRule());
        return json;
    }
}
