package io.ppipe.serve;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.ppipe.schedule.Reservation;
import java.util.concurrent.TimeUnit;

/** How far the stages of one GPU class were off their reservations; histograms have no place for negative times. */
record ReservationErrors(Timer startEarly, Timer startLate, Timer endEarly, Timer endLate) {
    static ReservationErrors of(Meters meters, Tags tags) {
        return new ReservationErrors(
                timer(meters, tags, "start", "early"),
                timer(meters, tags, "start", "late"),
                timer(meters, tags, "end", "early"),
                timer(meters, tags, "end", "late"));
    }

    private static Timer timer(Meters meters, Tags tags, String edge, String direction) {
        return meters.timer(
                "ppipe.reservation.error",
                "How far stages really started and ended from their reserved start and end.",
                tags.and("edge", edge, "direction", direction));
    }

    /** A stage with this reservation really ran during {@code [startMicros, endMicros)}. */
    void record(Reservation planned, long startMicros, long endMicros) {
        record(startMicros - planned.startMicros(), startEarly, startLate);
        record(endMicros - planned.endMicros(), endEarly, endLate);
    }

    private static void record(long lateMicros, Timer early, Timer late) {
        (lateMicros < 0 ? early : late).record(Math.abs(lateMicros), TimeUnit.MICROSECONDS);
    }
}
