package io.ppipe.format;

import io.ppipe.schedule.Event;
import java.util.List;

/**
 * One call of the scheduler in an event log.
 *
 * @param line where it stands in the log, from 1
 * @param atMicros the time that the scheduler was given
 * @param decisions what it decided, in order, as {@link EventLogWriter#text} writes it; empty when the log holds no
 *     decisions
 */
public record EventLogEntry(int line, long atMicros, Event event, List<String> decisions) {
    public EventLogEntry {
        decisions = List.copyOf(decisions);
    }
}
