package io.ppipe.load;

import io.ppipe.model.Summary;
import java.util.Collections;
import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a load run measured, seen from the client.
 *
 * @param settings of the run
 * @param sloMicros that answers were judged by
 * @param summary outcomes of all requests that were due; {@code failed} includes the disconnected ones
 * @param sent requests that were handed to a connection: all that were due but those of cause {@code client_overload}
 * @param disconnected requests whose connection broke, or could not be made any more, before an answer
 * @param rejections how many by cause
 * @param failures how many by cause, without the disconnected ones
 * @param messages of a failure cause the first message the server gave, where it gave one
 * @param latencyMicros of answered requests, in time or late: from when they were due to the last byte of the answer
 * @param sendLagMicros how much later than due requests were sent: the generator's check of itself
 */
public record LoadReport(
        LoadSettings settings,
        long sloMicros,
        Summary summary,
        long sent,
        long disconnected,
        Map<String, Long> rejections,
        Map<String, Long> failures,
        Map<String, String> messages,
        Percentiles latencyMicros,
        Percentiles sendLagMicros) {
    /** From here on the offered load is not the one asked for. */
    private static final long SEND_LAG_MICROS_MAX = 5_000;

    public LoadReport {
        rejections = sorted(rejections);
        failures = sorted(failures);
        messages = sorted(messages);
    }

    private static <V> Map<String, V> sorted(Map<String, V> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }

    /** Returns the report as a table for a fixed-width terminal, in lines that end with a newline. */
    public String text() {
        var text = new Formatter(Locale.ROOT);
        text.format(
                "load       %s %s, %s %s/s for %s s, seed %d\n",
                settings.target(),
                settings.model(),
                settings.arrivals().name().toLowerCase(Locale.ROOT),
                number(settings.ratePerSecond()),
                number(settings.seconds()),
                settings.seed());
        text.format(
                "rates      offered %.1f/s   throughput %.1f/s   goodput %.1f/s\n",
                summary.offeredPerSecond(), summary.throughputPerSecond(), summary.goodputPerSecond());
        text.format(
                "SLO        %.1f ms   attainment %.4f%s\n",
                sloMicros / 1e3, summary.sloAttainment(), summary.sloAttainment() < 0.99 ? "   BELOW 0.99" : "");
        text.format(
                "requests   due %d   sent %d   in time %d   late %d   rejected %d   expired %d   failed %d\n",
                summary.arrived(),
                sent,
                summary.inTime(),
                summary.late(),
                summary.rejected(),
                summary.expired(),
                summary.failed());
        rejections.forEach((cause, count) -> text.format("  rejected %9d  %s\n", count, cause));
        if (disconnected > 0) {
            text.format("  failed   %9d  disconnected\n", disconnected);
        }
        failures.forEach((cause, count) -> text.format(
                "  failed   %9d  %s%s\n", count, cause, messages.containsKey(cause) ? ": " + messages.get(cause) : ""));
        text.format("           %9s %9s %9s %9s %9s %9s\n", "p50", "p90", "p95", "p99", "p99.9", "max");
        percentiles(text, "latency ms", latencyMicros);
        percentiles(text, "send lag", sendLagMicros);
        if (sendLagMicros.p99() > SEND_LAG_MICROS_MAX) {
            text.format(
                    "WARNING    1 %% of the requests were sent %.1f ms late or more: this machine cannot offer this"
                            + " load.\n",
                    sendLagMicros.p99() / 1e3);
        }
        return text.toString();
    }

    private static void percentiles(Formatter text, String name, Percentiles micros) {
        if (micros.count() == 0) {
            text.format("%-10s %9s\n", name, "none");
            return;
        }
        text.format(
                "%-10s %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f\n",
                name,
                micros.p50() / 1e3,
                micros.p90() / 1e3,
                micros.p95() / 1e3,
                micros.p99() / 1e3,
                micros.p999() / 1e3,
                micros.max() / 1e3);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /**
     * Returns the report for a JSON file: strings, numbers and maps, in the order to write them. {@code latency_us} is
     * empty when nothing was answered.
     */
    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("target", settings.target().toString());
        json.put("model", settings.model());
        json.put("arrivals", settings.arrivals().name().toLowerCase(Locale.ROOT));
        json.put("rate_rps", settings.ratePerSecond());
        json.put("seconds", settings.seconds());
        json.put("seed", settings.seed());
        json.put("slo_us", sloMicros);
        json.put("offered_rps", summary.offeredPerSecond());
        json.put("throughput_rps", summary.throughputPerSecond());
        json.put("goodput_rps", summary.goodputPerSecond());
        json.put("slo_attainment", summary.sloAttainment());
        json.put("arrived", summary.arrived());
        json.put("sent", sent);
        json.put("in_time", summary.inTime());
        json.put("late", summary.late());
        json.put("rejected", summary.rejected());
        json.put("expired", summary.expired());
        json.put("failed", summary.failed());
        json.put("disconnected", disconnected);
        json.put("rejections", rejections);
        json.put("failures", failures);
        json.put("latency_us", json(latencyMicros, true));
        json.put("send_lag_us", json(sendLagMicros, false));
        return Collections.unmodifiableMap(json);
    }

    private static Map<String, Long> json(Percentiles micros, boolean all) {
        var json = new LinkedHashMap<String, Long>();
        if (micros.count() > 0) {
            json.put("p50", micros.p50());
            if (all) {
                json.put("p90", micros.p90());
                json.put("p95", micros.p95());
            }
            json.put("p99", micros.p99());
            if (all) {
                json.put("p99_9", micros.p999());
            }
            json.put("max", micros.max());
        }
        return json;
    }
}
