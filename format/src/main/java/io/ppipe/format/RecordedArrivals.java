package io.ppipe.format;

import java.util.List;

/**
 * The arrivals in an event log.
 *
 * @param models names, in the order of the log's plan
 * @param arrivalMicros for each of them when its requests arrived, in the order of the log
 */
public record RecordedArrivals(List<String> models, List<long[]> arrivalMicros) {
    public RecordedArrivals {
        models = List.copyOf(models);
        arrivalMicros = List.copyOf(arrivalMicros);
    }
}
