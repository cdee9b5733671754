package io.ppipe.serve;

import io.ppipe.schedule.Event;

/** Why a batch was dispatched when it was: what the scheduler was told last decided it. */
enum Closed {
    /** It has the planned size. */
    FULL,
    /** The time came until which it was worth waiting for one more request. */
    DEADLINE,
    /** A request arrived, and there was nothing to wait for. */
    ARRIVAL,
    /** A vGPU or a link came free, or a request that it would have waited for left. */
    FREED;

    /**
     * @param event that the batch was dispatched upon
     * @param full whether it has the planned size
     */
    static Closed by(Event event, boolean full) {
        if (full) {
            return FULL;
        }
        return switch (event) {
            case Event.Tick() -> DEADLINE;
            case Event.Arrived _ -> ARRIVAL;
            case Event.Cancelled _,
                    Event.StageFinished _,
                    Event.TransferFinished _,
                    Event.BatchEnded _,
                    Event.VgpuLost _,
                    Event.VgpuReturned _,
                    Event.PlanChanged _ -> FREED;
        };
    }
}
