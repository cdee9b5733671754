package io.ppipe.load;

import io.ppipe.model.Summary;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Counts how the requests of one run end, and their latencies. Thread-safe. Every latency runs from the time a request
 * was <em>due</em>, whenever it was really sent, so that a client held up by a slow server still measures what a user
 * would have seen (no coordinated omission).
 */
final class Tally {
    /** Latencies are kept to 3 digits, up to this; longer ones count as this. */
    private static final long LATENCY_MICROS_MAX = TimeUnit.HOURS.toMicros(1);

    private final long sloMicros;
    private final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 3);
    private final Histogram sendLagMicros = new Histogram(LATENCY_MICROS_MAX, 3);
    private final TreeMap<String, Long> rejections = new TreeMap<>();
    private final TreeMap<String, Long> failures = new TreeMap<>();
    private final TreeMap<String, String> messages = new TreeMap<>();
    private long sent;
    private long outstanding;
    private long inTime;
    private long late;
    private long expired;
    private long disconnected;
    private boolean closed;

    Tally(long sloMicros) {
        this.sloMicros = sloMicros;
    }

    /** Notes that a request due at {@code dueNanos} is sent now. Exactly one {@link #ended} follows. */
    synchronized void sent(long dueNanos, long nowNanos) {
        sent++;
        outstanding++;
        record(sendLagMicros, dueNanos, nowNanos);
    }

    /** Notes that a request was due but too many were outstanding: it is not sent. */
    synchronized void overloaded() {
        failures.merge("client_overload", 1L, Long::sum);
    }

    /** Notes how a request ended whose last byte, or whose error, came at {@code nowNanos}. */
    synchronized void ended(long dueNanos, long nowNanos, Reply reply) {
        if (closed) {
            return; // already counted as no_answer
        }
        outstanding--;
        notifyAll();
        switch (reply) {
            case Reply.Answered answered -> {
                if (record(latencyMicros, dueNanos, nowNanos) <= sloMicros) {
                    inTime++;
                } else {
                    late++;
                }
            }
            case Reply.Rejected(String cause) -> rejections.merge(cause, 1L, Long::sum);
            case Reply.Expired() -> expired++;
            case Reply.Disconnected() -> disconnected++;
            case Reply.Failed(String cause, String message) -> {
                failures.merge(cause, 1L, Long::sum);
                if (!message.isEmpty()) {
                    messages.putIfAbsent(cause, message);
                }
            }
        }
    }

    private static long record(Histogram histogram, long fromNanos, long toNanos) {
        // Rounded up: an answer one nanosecond after the SLO is late.
        long micros = Math.max(0, Math.ceilDiv(toNanos - fromNanos, 1000));
        histogram.recordValue(Math.min(micros, LATENCY_MICROS_MAX));
        return micros;
    }

    synchronized long outstanding() {
        return outstanding;
    }

    /** Waits until every request sent has ended, at most for {@code millis}; those left then count as no_answer. */
    synchronized void close(long millis) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long leftNanos;
        while (outstanding > 0 && (leftNanos = endNanos - System.nanoTime()) > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
        }
        closed = true;
        if (outstanding > 0) {
            failures.merge(Reply.Failed.NO_ANSWER, outstanding, Long::sum);
        }
    }

    synchronized LoadReport report(LoadSettings settings) {
        long rejected = sum(rejections);
        long failed = sum(failures) + disconnected;
        return new LoadReport(
                settings,
                sloMicros,
                new Summary(settings.seconds(), inTime, late, rejected, expired, 0, failed),
                sent,
                disconnected,
                rejections,
                failures,
                messages,
                Percentiles.of(latencyMicros),
                Percentiles.of(sendLagMicros));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
