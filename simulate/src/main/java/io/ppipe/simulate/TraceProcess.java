package io.ppipe.simulate;

import java.util.Arrays;

/*
 * A trace has its own rate; a run wants another. Folding (the published evaluation's way) keeps the trace's sudden changes:
 *     factor = target rate / trace rate,   segment = trace duration / factor,
 *     every start time modulo the segment, sorted again.
 * The trace is cut into segments that are laid over one another. As trace rate * duration is the number of starts, the
 * segment is just as long as that many starts at the target rate take; the duration is of no account.
 *
 * A segment that is shorter than the run is repeated. Of a longer one the run sees a part, and only that part is kept.
 *
 * Folding can't make a trace slower: the segment would be longer than the trace, with nothing in its rest. There, time is
 * stretched by segment / duration. The duration is the time from the first start to the last and one mean gap behind it,
 * so that the trace rate is the inverse of the mean gap.
 */

/** Replays start times, one after the other, and again from the beginning where they repeat. */
final class TraceProcess implements ArrivalProcess {
    private final double[] micros;
    private final double segmentMicros;
    private long round;
    private int next;

    /** @param segmentMicros after how long they repeat; infinite when they don't */
    private TraceProcess(double[] micros, double segmentMicros) {
        this.micros = micros;
        this.segmentMicros = segmentMicros;
    }

    /** Returns the times as they are. */
    static TraceProcess asRecorded(TraceTimes times) {
        double[] micros = new double[times.count()];
        Arrays.setAll(micros, times::micros);
        return new TraceProcess(micros, Double.POSITIVE_INFINITY);
    }

    /**
     * Returns the times scaled to a rate.
     *
     * @param times counted from the trace's beginning, at least one
     * @param rotation by how much of the segment all starts come later, in [0, 1); those beyond its end come at its beginning
     * @param endMicros length of the run
     */
    static TraceProcess folded(TraceTimes times, double ratePerSecond, double rotation, double endMicros) {
        double segment = times.count() * 1e6 / ratePerSecond;
        double stretch = Math.max(1, segment / durationMicros(times));
        double shift = rotation * segment;
        double[] kept = new double[64];
        int count = 0;
        for (int i = 0; i < times.count(); i++) {
            double micros = modulo(times.micros(i) * stretch + shift, segment);
            if (micros < endMicros) {
                kept = count == kept.length ? Arrays.copyOf(kept, 2 * count) : kept;
                kept[count++] = micros;
            }
        }
        double[] folded = Arrays.copyOf(kept, count);
        Arrays.sort(folded);
        return new TraceProcess(folded, segment < endMicros ? segment : Double.POSITIVE_INFINITY);
    }

    private static double durationMicros(TraceTimes times) {
        int count = times.count();
        double span = times.micros(count - 1) - times.micros(0);
        // One start, or many at one time, have no rate: nothing to stretch.
        return span > 0 ? span * count / (count - 1) : Double.POSITIVE_INFINITY;
    }

    /** Several times faster than {@code %}; a rounding error in the quotient is put right. */
    private static double modulo(double value, double segment) {
        double rest = value - Math.floor(value / segment) * segment;
        return rest < 0 ? Math.max(0, rest + segment) : rest >= segment ? rest - segment : rest;
    }

    @Override
    public double nextMicros() {
        if (next == micros.length) {
            if (micros.length == 0 || segmentMicros == Double.POSITIVE_INFINITY) {
                return Double.POSITIVE_INFINITY;
            }
            next = 0;
            round++;
        }
        double base = round == 0 ? 0 : round * segmentMicros;
        return base + micros[next++];
    }
}
