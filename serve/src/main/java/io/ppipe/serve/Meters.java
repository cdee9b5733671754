package io.ppipe.serve;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/**
 * Everything that the server counts, in the form that Prometheus reads. Recording takes no lock. Labels come from the plan
 * and from enums, never from clients, so that their number is bounded; names and labels: docs/serving.md.
 */
public final class Meters implements AutoCloseable {
    /** The same for every duration, so that histograms add up over models, stages and servers. */
    private static final Duration[] LATENCY_BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2_500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    /** A decision takes microseconds. */
    private static final Duration[] DECISION_BUCKETS = {
        Duration.ofNanos(1_000),
        Duration.ofNanos(2_500),
        Duration.ofNanos(5_000),
        Duration.ofNanos(10_000),
        Duration.ofNanos(25_000),
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        Duration.ofMillis(100)
    };

    /** Finest below 1, where an SLO still holds. */
    private static final double[] RATIO_BUCKETS = {
        0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0
    };

    private static final double[] SIZE_BUCKETS = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collector = new JvmGcMetrics();

    public Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collector.bindTo(registry);
    }

    /** Shows which build runs. */
    public void build(String version) {
        gauge(
                "ppipe.build.info",
                "1; its labels say which build runs on which Java.",
                Tags.of("version", version, "java", Runtime.version().toString()),
                this,
                _ -> 1);
    }

    /** Returns a histogram of durations from 100 us to 10 s. */
    public Timer timer(String name, String description, Tags tags) {
        return timer(name, description, tags, LATENCY_BUCKETS);
    }

    Timer decisionTimer(String name, String description, Tags tags) {
        return timer(name, description, tags, DECISION_BUCKETS);
    }

    private Timer timer(String name, String description, Tags tags, Duration[] buckets) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    /** Returns a histogram of ratios around 1. */
    DistributionSummary ratios(String name, String description, Tags tags) {
        return summary(name, description, tags, "ratio", RATIO_BUCKETS);
    }

    /** Returns a histogram of batch sizes. */
    DistributionSummary sizes(String name, String description, Tags tags) {
        return summary(name, description, tags, "requests", SIZE_BUCKETS);
    }

    private DistributionSummary summary(String name, String description, Tags tags, String unit, double[] buckets) {
        return DistributionSummary.builder(name)
                .description(description)
                .tags(tags)
                .baseUnit(unit)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    /** Shows a count that somebody else keeps; it must never fall. */
    public <T> void counter(String name, String description, Tags tags, T of, ToDoubleFunction<T> count) {
        FunctionCounter.builder(name, of, count)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    /** Shows seconds that somebody else adds up in microseconds. */
    <T> void seconds(String name, String description, Tags tags, T of, ToDoubleFunction<T> micros) {
        FunctionCounter.builder(name, of, from -> micros.applyAsDouble(from) / 1e6)
                .description(description)
                .tags(tags)
                .baseUnit("seconds")
                .register(registry);
    }

    /** Shows a value that somebody else keeps, which lives as long as this does. */
    <T> void gauge(String name, String description, Tags tags, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).tags(tags).register(registry);
    }

    /**
     * Returns everything in Prometheus' text format, or in that of OpenMetrics.
     *
     * @param contentType what the scraper accepts
     */
    public String scrape(String contentType) {
        return registry.scrape(contentType);
    }

    @Override
    public void close() {
        collector.close();
        registry.close();
    }
}
