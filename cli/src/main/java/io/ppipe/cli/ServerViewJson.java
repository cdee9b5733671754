package io.ppipe.cli;

import io.ppipe.cli.ServerView.ClassRow;
import io.ppipe.cli.ServerView.ModelRow;
import io.ppipe.cli.ServerView.PoolRow;
import io.ppipe.cli.ServerView.Totals;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server did, with the keys of reports. */
final class ServerViewJson {
    private ServerViewJson() {}

    static Map<String, @Nullable Object> of(ServerView view) {
        Totals totals = view.totals();
        var root = new LinkedHashMap<String, @Nullable Object>();
        root.put("seconds", view.seconds());
        root.put("version", totals.version());
        root.put("ready", totals.ready());
        root.put("emulated", totals.emulated());
        root.put("uptime_s", totals.uptimeSeconds());
        root.put("in_flight", totals.inFlight());
        root.put("in_flight_limit", totals.inFlightLimit());
        root.put("decision_us_p99", known(totals.decisionMicrosP99()));
        root.put("stages", totals.stages());
        root.put("overruns", totals.overruns());
        root.put("heap_bytes", totals.heapBytes());
        root.put("direct_bytes", totals.directBytes());
        root.put("threads", totals.threads());
        root.put("models", view.models().stream().map(ServerViewJson::model).toList());
        root.put("pools", view.pools().stream().map(ServerViewJson::pool).toList());
        root.put(
                "classes", view.classes().stream().map(ServerViewJson::gpuClass).toList());
        return root;
    }

    private static Map<String, @Nullable Object> model(ModelRow model) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("model", model.model());
        row.put("offered_rps", model.ratePerSecond());
        row.put("goodput_rps", model.goodputPerSecond());
        row.put("slo_attainment", known(model.attainment()));
        row.put("slo_us", model.sloMicros());
        row.put("latency_us_p50", known(model.p50Micros()));
        row.put("latency_us_p99", known(model.p99Micros()));
        row.put("waiting", model.waiting());
        row.put("misses_per_second", model.misses());
        return row;
    }

    private static Map<String, @Nullable Object> pool(PoolRow pool) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("model", pool.model());
        row.put("pipeline", pool.pipeline());
        row.put("stage", pool.stage());
        row.put("class", pool.gpuClass());
        row.put("vgpus", pool.vgpus());
        row.put("utilisation", pool.utilisation());
        row.put("mean_batch_size", known(pool.meanBatchSize()));
        return row;
    }

    private static Map<String, @Nullable Object> gpuClass(ClassRow gpus) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("class", gpus.gpuClass());
        row.put("gpus", gpus.gpus());
        row.put("utilisation", gpus.utilisation());
        return row;
    }

    /** JSON has no NaN. */
    private static @Nullable Object known(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }
}
