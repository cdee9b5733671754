package io.ppipe.serve;

import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import java.util.List;

/** Told of every call of a live server's scheduler, so that the run can be replayed. */
@FunctionalInterface
public interface SchedulerLog {
    /** Takes no notes; costs nothing. */
    SchedulerLog NONE = (nowMicros, event, decisions) -> {};

    /**
     * The scheduler was called, and what it decided has been carried out. Comes from the thread that owns the scheduler, call
     * by call; requests wait until it returns.
     */
    void called(long nowMicros, Event event, List<Decision> decisions);
}
