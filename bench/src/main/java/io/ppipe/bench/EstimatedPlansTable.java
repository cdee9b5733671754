package io.ppipe.bench;

import io.ppipe.bench.EstimatedPlans.Rule;
import io.ppipe.cli.TextTable;
import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.Precision;
import io.ppipe.model.Plan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
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
            double attained,
            double bySlo,
            double byRule,
            double carefulAttained,
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
                ">estimated: attained",
                ">SLO",
                ">less margin",
                ">times %s: attained".formatted(caution),
                ">SLO",
                ">less margin");
        rows.forEach(row -> table.row(
                row.instance(),
                Figures.rate(row.published()),
                EstimateBench.percent(row.attained()),
                EstimateBench.percent(row.bySlo()),
                EstimateBench.percent(row.byRule()),
                EstimateBench.percent(row.carefulAttained()),
                EstimateBench.percent(row.carefulBySlo()),
                EstimateBench.percent(row.carefulByRule())));
        if (!rows.isEmpty()) {
            table.row(
                    "median",
                    "",
                    median(rows, Row::attained),
                    median(rows, Row::bySlo),
                    median(rows, Row::byRule),
                    median(rows, Row::carefulAttained),
                    median(rows, Row::carefulBySlo),
                    median(rows, Row::carefulByRule));
        }
        out.print(table);
        out.println();
        out.printf(
                "%d of %d instances, in per cent of plans from published latencies. attained: simulated, at the SLO"
                    + " target; SLO, less margin: what pools deliver, pipelines that miss it counting nothing. Asked"
                    + " of what is attained: a median of at least %s.%n",
                rows.size(), tasks.size(), EstimateBench.percent(TARGET));
        return !rows.isEmpty()
                && Figures.median(rows.stream().map(Row::attained).toList()) >= TARGET;
    }

    private static String median(List<Row> rows, ToDoubleFunction<Row> what) {
        return EstimateBench.percent(
                Figures.median(rows.stream().map(what::applyAsDouble).toList()));
    }

    private Row row(PlanTask task) {
        Optional<Plan> published = EstimatedPlans.planned(task).plan();
        Optional<Plan> plain = EstimatedPlans.planned(plans.estimated(task, 1)).plan();
        Optional<Plan> careful =
                EstimatedPlans.planned(plans.estimated(task, caution)).plan();
        double best = objective(task, published, Rule.SLO_LESS_MARGIN);
        double most = attained(task, published);
        return new Row(
                task.name(),
                best,
                attained(task, plain) / most,
                objective(task, plain, Rule.SLO) / best,
                objective(task, plain, Rule.SLO_LESS_MARGIN) / best,
                attained(task, careful) / most,
                objective(task, careful, Rule.SLO) / best,
                objective(task, careful, Rule.SLO_LESS_MARGIN) / best);
    }

    /** Returns what a plan answers at the SLO targets when everything takes as long as the task says, by simulation. */
    private static double attained(PlanTask task, Optional<Plan> plan) {
        double[] weights = task.scenario().models().stream()
                .mapToDouble(model -> model.weight())
                .toArray();
        return plan.map(p -> JointLoad.of(
                                task.scenario(),
                                p,
                                weights,
                                p.certificate().objective(),
                                Conditions.DEFAULT,
                                Precision.DEFAULT)
                        .throughputOverWeight())
                .orElse(0.0);
    }

    private static double objective(PlanTask task, Optional<Plan> plan, Rule rule) {
        return plan.map(p -> EstimatedPlans.objective(task, p, rule)).orElse(0.0);
    }

    private Map<String, @Nullable Object> json(Row row) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("instance", row.instance());
        json.put("objective_from_published", row.published());
        json.put("ratio_attained", row.attained());
        json.put("ratio_within_slo", row.bySlo());
        json.put("ratio_within_slo_less_margin", row.byRule());
        json.put("caution", caution);
        json.put("careful_ratio_attained", row.carefulAttained());
        json.put("careful_ratio_within_slo", row.carefulBySlo());
        json.put("careful_ratio_within_slo_less_margin", row.carefulByRule());
        return json;
    }
}
