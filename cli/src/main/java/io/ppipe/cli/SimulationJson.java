package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.simulate.Percentiles;
import io.ppipe.simulate.SimulationReport;
import io.ppipe.simulate.SimulationReport.ModelReport;
import io.ppipe.simulate.SimulationReport.Phases;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of a simulated run, with the keys of reports. */
final class SimulationJson {
    private SimulationJson() {}

    static Map<String, Object> of(Plan plan, SimulationReport report) {
        var root = new LinkedHashMap<String, Object>();
        root.put("events", report.events());
        root.put("models", models(plan, report));
        root.put("utilisation", Reports.utilisation(report.utilisation()));
        var planned = new LinkedHashMap<String, Object>();
        report.utilisation().forEach(of -> planned.put(of.gpuClass(), of.ofPlanned()));
        root.put("utilisation_of_planned_gpus", planned);
        return root;
    }

    private static List<Map<String, Object>> models(Plan plan, SimulationReport report) {
        var rows = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < report.models().size(); i++) {
            ModelReport model = report.models().get(i);
            var row = new LinkedHashMap<String, Object>();
            row.put("model", model.model());
            row.put("planned_rps", plan.models().get(i).throughputPerSecond());
            row.putAll(Reports.summary(model.summary()));
            row.put("latency_us_p50", model.phases().total().p50());
            row.put("latency_us_p99", model.phases().total().p99());
            row.put("mean_batch_size", model.meanBatchSize());
            row.put("batch_sizes", model.batchSizes());
            row.put("phases", phases(model.phases()));
            var misses = new LinkedHashMap<String, Object>();
            model.misses().forEach((cause, count) -> misses.put(PlanText.word(cause), count));
            row.put("misses", misses);
            rows.add(row);
        }
        return rows;
    }

    private static Map<String, Object> phases(Phases phases) {
        var row = new LinkedHashMap<String, Object>();
        row.put("total", percentiles(phases.total()));
        row.put("batch_wait", percentiles(phases.batchWait()));
        row.put("queue", percentiles(phases.queue()));
        row.put("transfer", percentiles(phases.transfer()));
        row.put("compute", percentiles(phases.compute()));
        return row;
    }

    private static Map<String, Object> percentiles(Percentiles times) {
        var row = new LinkedHashMap<String, Object>();
        row.put("count", times.count());
        row.put("mean_us", times.mean());
        row.put("p50_us", times.p50());
        row.put("p90_us", times.p90());
        row.put("p99_us", times.p99());
        row.put("p999_us", times.p999());
        row.put("max_us", times.max());
        return row;
    }
}
