package io.ppipe.schedule;

import io.ppipe.model.Request;
import java.util.List;

/**
 * Requests of one model that run together, and the route reserved for them.
 *
 * @param id unique within a run, ascending
 * @param model index of the model in the plan
 * @param pipeline index of the pipeline in the model's plan
 * @param stages one reservation for each stage, in stage order
 * @param transfers one for each pair of neighbouring stages, in stage order
 */
public record Batch(
        long id, int model, int pipeline, List<Request> requests, List<Reservation> stages, List<Transfer> transfers) {
    public Batch {
        requests = List.copyOf(requests);
        stages = List.copyOf(stages);
        transfers = List.copyOf(transfers);
    }

    /** Returns how many requests are in it. */
    public int size() {
        return requests.size();
    }

    /** Returns when the last stage is reserved to end. */
    public long endMicros() {
        return stages.getLast().endMicros();
    }
}
