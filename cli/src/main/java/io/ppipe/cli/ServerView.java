package io.ppipe.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a server did between two readings of its metrics.
 *
 * @param seconds between them
 */
record ServerView(double seconds, List<ModelRow> models, List<PoolRow> pools, List<ClassRow> classes, Totals totals) {
    /**
     * One model's requests.
     *
     * @param attainment in time ÷ ended, cancelled ones left out; NaN when none ended
     * @param p50Micros of the answers' latencies; NaN when there was none
     * @param waiting requests not yet dispatched, now
     * @param misses requests per second that were not answered in time, by cause; only causes that occurred
     */
    record ModelRow(
            String model,
            double ratePerSecond,
            double goodputPerSecond,
            double attainment,
            double p50Micros,
            double p99Micros,
            double sloMicros,
            long waiting,
            Map<String, Double> misses) {}

    /**
     * The vGPUs of one stage.
     *
     * @param meanBatchSize of the pipeline; NaN when no batch was dispatched
     */
    record PoolRow(
            String model,
            String pipeline,
            String stage,
            String gpuClass,
            long vgpus,
            double utilisation,
            double meanBatchSize) {}

    /** All GPUs of one class. */
    record ClassRow(String gpuClass, long gpus, double utilisation) {}

    /** @param decisionMicrosP99 NaN when nothing was decided */
    record Totals(
            String version,
            boolean ready,
            boolean emulated,
            double uptimeSeconds,
            long inFlight,
            long inFlightLimit,
            double decisionMicrosP99,
            long overruns,
            long stages,
            long heapBytes,
            long directBytes,
            long threads) {}

    static ServerView of(ScrapeChange change) {
        Scrape now = change.after();
        return new ServerView(
                change.seconds(),
                now.values("ppipe_requests_total", "model").stream()
                        .map(model -> model(change, model))
                        .toList(),
                now.of("ppipe_vgpus").stream().map(pool -> pool(change, pool)).toList(),
                now.of("ppipe_gpus").stream()
                        .map(gpus -> gpuClass(change, gpus))
                        .toList(),
                totals(change));
    }

    private static ModelRow model(ScrapeChange change, String model) {
        Map<String, String> of = Map.of("model", model);
        double inTime = change.increase("ppipe_requests_total", Map.of("model", model, "outcome", "in_time"));
        double all = change.increase("ppipe_requests_total", of);
        double cancelled = change.increase("ppipe_requests_total", Map.of("model", model, "outcome", "cancelled"));
        var misses = new LinkedHashMap<String, Double>();
        for (String cause : change.after().values("ppipe_requests_total", "cause")) {
            double count = change.increase("ppipe_requests_total", Map.of("model", model, "cause", cause));
            if (count > 0 && !cause.equals("none")) {
                misses.put(cause, count / change.seconds());
            }
        }
        return new ModelRow(
                model,
                all / change.seconds(),
                inTime / change.seconds(),
                all > cancelled ? inTime / (all - cancelled) : Double.NaN,
                1e6 * change.quantile("ppipe_request_latency_seconds", 0.5, of),
                1e6 * change.quantile("ppipe_request_latency_seconds", 0.99, of),
                1e6 * change.after().sum("ppipe_slo_seconds", of),
                (long) change.after().sum("ppipe_queue_depth", of),
                misses);
    }

    private static PoolRow pool(ScrapeChange change, Scrape.Series vgpus) {
        Map<String, String> labels = vgpus.labels();
        Map<String, String> ofPipeline = only(labels, Set.of("model", "pipeline"));
        double batches = change.increase("ppipe_batch_size_requests_count", ofPipeline);
        double batched = change.increase("ppipe_batch_size_requests_sum", ofPipeline);
        return new PoolRow(
                labels.getOrDefault("model", ""),
                labels.getOrDefault("pipeline", ""),
                labels.getOrDefault("stage", ""),
                labels.getOrDefault("class", ""),
                (long) vgpus.value(),
                change.perSecond("ppipe_vgpu_busy_seconds_total", labels) / vgpus.value(),
                batches > 0 ? batched / batches : Double.NaN);
    }

    private static Map<String, String> only(Map<String, String> labels, Set<String> names) {
        var some = new LinkedHashMap<>(labels);
        some.keySet().retainAll(names);
        return some;
    }

    private static ClassRow gpuClass(ScrapeChange change, Scrape.Series gpus) {
        return new ClassRow(
                gpus.labels().getOrDefault("class", ""),
                (long) gpus.value(),
                change.perSecond("ppipe_gpu_busy_seconds_total", gpus.labels()) / gpus.value());
    }

    private static Totals totals(ScrapeChange change) {
        Scrape now = change.after();
        return new Totals(
                String.join(" ", now.values("ppipe_build_info", "version")),
                now.sum("ppipe_ready", Map.of()) > 0,
                now.values("ppipe_requests_total", "emulated").contains("true"),
                now.sum("process_uptime_seconds", Map.of()),
                (long) now.sum("ppipe_requests_in_flight", Map.of()),
                (long) now.sum("ppipe_requests_in_flight_limit", Map.of()),
                1e6 * change.quantile("ppipe_scheduler_decision_seconds", 0.99, Map.of()),
                (long) change.increase("ppipe_emulation_overruns_total", Map.of()),
                (long) change.increase("ppipe_stages_total", Map.of()),
                (long) now.sum("jvm_memory_used_bytes", Map.of("area", "heap")),
                (long) now.sum("jvm_buffer_memory_used_bytes", Map.of("id", "direct")),
                (long) now.sum("jvm_threads_live_threads", Map.of()));
    }
}
