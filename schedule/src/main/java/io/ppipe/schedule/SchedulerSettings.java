package io.ppipe.schedule;

import io.ppipe.model.Request;
import java.util.List;

/**
 * How careful a scheduler is.
 *
 * @param guard part of a request's time, from arrival to deadline, that is kept free before its deadline for what no
 *     reservation covers: timers, stages that take a little longer, the answer's way out; in [0, 1)
 * @param queueBound most waiting requests of one model; one more is rejected
 * @param bindAheadMicros how long before a vGPU comes free the next batch may be bound to it, so that it doesn't idle while
 *     the news of its end and the next batch are on their way; 0 where both take no time
 * @param without parts that the deferred policy does without
 */
public record SchedulerSettings(double guard, int queueBound, long bindAheadMicros, List<DeferredPart> without) {
    /** Nothing kept free; a queue longer than any that could be served within a second or so; nothing bound ahead. */
    public static final SchedulerSettings DEFAULT = new SchedulerSettings(0, 65_536, 0, List.of());

    public SchedulerSettings {
        if (!(guard >= 0 && guard < 1)) {
            throw new IllegalArgumentException(
                    "Guard (%s) must be in [0, 1). Maybe it was given in percent.".formatted(guard));
        }
        if (queueBound < 1) {
            throw new IllegalArgumentException("Queue bound (%d) must be at least 1.".formatted(queueBound));
        }
        if (bindAheadMicros < 0) {
            throw new IllegalArgumentException(
                    "Binding ahead (%d us) must be at least 0 us.".formatted(bindAheadMicros));
        }
        without = List.copyOf(without);
    }

    /** Returns the time by which a request has to be finished: its deadline less the guard. */
    long dueMicros(Request request) {
        long time = request.deadlineMicros() - request.arrivalMicros();
        return request.deadlineMicros() - (long) (guard * time);
    }

    /** Returns these with another guard. */
    public SchedulerSettings withGuard(double newGuard) {
        return new SchedulerSettings(newGuard, queueBound, bindAheadMicros, without);
    }

    /** Returns these without some parts of the deferred policy. */
    public SchedulerSettings withoutParts(List<DeferredPart> parts) {
        return new SchedulerSettings(guard, queueBound, bindAheadMicros, parts);
    }
}
