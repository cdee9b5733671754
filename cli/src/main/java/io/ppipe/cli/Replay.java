package io.ppipe.cli;

import io.ppipe.format.EventLogEntry;
import io.ppipe.format.EventLogWriter;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Feeds the calls of an event log to a fresh scheduler, and looks for the first decision that is another one. */
final class Replay {
    private final Scheduler scheduler;
    private final boolean decisionsRecorded;
    private Optional<Difference> difference = Optional.empty();
    private long events;
    private long decisions;

    /**
     * @param line of the log
     * @param text what is recorded there, and what was decided now
     */
    record Difference(int line, String text) {}

    /** @param decisionsRecorded whether there is anything to compare with */
    Replay(Scheduler scheduler, boolean decisionsRecorded) {
        this.scheduler = scheduler;
        this.decisionsRecorded = decisionsRecorded;
    }

    /** Repeats a call. Does nothing any more after the first difference: what follows from it says nothing. */
    void repeat(EventLogEntry entry) {
        if (difference.isPresent()) {
            return;
        }
        var made = new ArrayList<Decision>();
        try {
            scheduler.on(entry.event(), entry.atMicros(), made::add);
        } catch (RuntimeException | AssertionError e) { // the log is from outside: what it says may be impossible
            difference = Optional.of(new Difference(
                    entry.line(),
                    "at %d us the scheduler can't take %s: %s".formatted(entry.atMicros(), entry.event(), e)));
            return;
        }
        events++;
        decisions += made.size();
        if (decisionsRecorded) {
            compare(entry, made.stream().map(EventLogWriter::text).toList());
        }
    }

    private void compare(EventLogEntry entry, List<String> made) {
        List<String> recorded = entry.decisions();
        for (int i = 0; i < Math.max(recorded.size(), made.size()); i++) {
            String then = i < recorded.size() ? recorded.get(i) : "none";
            String now = i < made.size() ? made.get(i) : "none";
            if (!then.equals(now)) {
                difference = Optional.of(new Difference(
                        entry.line(),
                        "at %d us, on %s, decision %d was %s, and is %s now"
                                .formatted(entry.atMicros(), entry.event(), i + 1, then, now)));
                return;
            }
        }
    }

    Optional<Difference> difference() {
        return difference;
    }

    long events() {
        return events;
    }

    long decisions() {
        return decisions;
    }
}
