package io.ppipe.simulate;

import io.ppipe.model.Request;

/** A stream of requests in the order of their arrival. */
public interface Arrivals {
    /** Returns the arrival time of the next request, or {@link io.ppipe.schedule.Scheduler#NEVER} when there is none. */
    long nextMicros();

    /** Returns the next request and moves on. */
    Request next();
}
