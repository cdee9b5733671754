package io.ppipe.model;

/**
 * What became of the requests of one model, or of all. The one place where throughput, goodput and SLO attainment are
 * computed: simulator, server, load generator and demo all use it.
 *
 * @param seconds length of the time in which requests arrived
 */
public record Summary(
        double seconds, long inTime, long late, long rejected, long expired, long cancelled, long failed) {
    /** Returns how many requests arrived, each of which has one outcome. */
    public long arrived() {
        return inTime + late + rejected + expired + cancelled + failed;
    }

    /** Returns answered requests per second, late ones included. */
    public double throughputPerSecond() {
        return seconds > 0 ? (inTime + late) / seconds : 0;
    }

    /** Returns requests per second answered by their deadline. */
    public double goodputPerSecond() {
        return seconds > 0 ? inTime / seconds : 0;
    }

    /** Returns answered in time ÷ arrived (cancelled ones left out), in [0, 1]; 1 when nothing arrived. */
    public double sloAttainment() {
        long counted = arrived() - cancelled;
        return counted == 0 ? 1 : (double) inTime / counted;
    }

    /** Returns arrived requests per second. */
    public double offeredPerSecond() {
        return seconds > 0 ? arrived() / seconds : 0;
    }

    /** Returns the sum of two summaries of the same time. */
    public Summary plus(Summary other) {
        return new Summary(
                Math.max(seconds, other.seconds),
                inTime + other.inTime,
                late + other.late,
                rejected + other.rejected,
                expired + other.expired,
                cancelled + other.cancelled,
                failed + other.failed);
    }

    /** Returns a summary in which nothing happened for {@code seconds}. */
    public static Summary empty(double seconds) {
        return new Summary(seconds, 0, 0, 0, 0, 0, 0);
    }
}
