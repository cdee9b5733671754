package io.ppipe.simulate;

/** The arrival times of one model's requests, drawn one after the other. Allocates nothing once it is made. */
interface ArrivalProcess {
    /** Nothing ever arrives. */
    ArrivalProcess NONE = () -> Double.POSITIVE_INFINITY;

    /**
     * Returns the next arrival, in microseconds since the start of the run; never less than the one before. Any time at or
     * after the end of the run means that no arrival is left in it.
     */
    double nextMicros();
}
