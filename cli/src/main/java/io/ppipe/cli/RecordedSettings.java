package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.schedule.DeferredPart;
import io.ppipe.schedule.SchedulerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A scheduler's settings as the header of an event log has them: numbers by name. */
final class RecordedSettings {
    private static final String GUARD = "guard";
    private static final String QUEUE_BOUND = "queue_bound";
    private static final String BIND_AHEAD = "bind_ahead_us";
    private static final String WITHOUT = "without_";

    private RecordedSettings() {}

    static Map<String, Double> of(SchedulerSettings settings) {
        var numbers = new LinkedHashMap<String, Double>();
        numbers.put(GUARD, settings.guard());
        numbers.put(QUEUE_BOUND, (double) settings.queueBound());
        numbers.put(BIND_AHEAD, (double) settings.bindAheadMicros());
        settings.without().forEach(part -> numbers.put(name(part), 1.0));
        return numbers;
    }

    private static String name(DeferredPart part) {
        return WITHOUT + PlanText.word(part);
    }

    /**
     * Returns the settings that a log's header has.
     *
     * @throws BadInputException when there are others than {@link #of} writes
     */
    static SchedulerSettings read(String file, Map<String, Double> numbers) {
        var left = new LinkedHashMap<>(numbers);
        double guard = take(file, left, GUARD);
        double queueBound = take(file, left, QUEUE_BOUND);
        double bindAhead = take(file, left, BIND_AHEAD);
        List<DeferredPart> without = new ArrayList<>();
        for (DeferredPart part : DeferredPart.values()) {
            if (left.remove(name(part)) != null) {
                without.add(part);
            }
        }
        if (!left.isEmpty()) {
            throw new BadInputException(
                    "%s: the scheduler had settings that this ppipe doesn't know: %s. Maybe it was recorded by another version."
                            .formatted(file, left.keySet()));
        }
        try {
            return new SchedulerSettings(guard, (int) queueBound, (long) bindAhead, without);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static double take(String file, Map<String, Double> numbers, String name) {
        Double number = numbers.remove(name);
        if (number == null) {
            throw new BadInputException("%s: the header lacks the setting %s. Maybe it was recorded by another version."
                    .formatted(file, name));
        }
        return number;
    }
}
