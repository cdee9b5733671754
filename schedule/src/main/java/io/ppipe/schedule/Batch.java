package io.ppipe.schedule;

import io.ppipe.model.Request;
import java.util.List;

/**
 * Requests of one model that run together, and the route reserved for them.
 *
 * @param id unique within a run, ascending
 * @param model index of the model in the plan
 * @param pipeline index of the pipeline in the model's plan
 * @param firstStage index of the pipeline's stage that {@code stages} begins with; 0 unless stages batch separately
 * @param stages one reservation for each stage, in stage order
 * @param transfers one for each pair of neighbouring stages, in stage order; one more where the batch ends before the
 *     pipeline's last stage
 */
public record Batch(
        long id,
        int model,
        int pipeline,
        int firstStage,
        List<Request> requests,
        List<Reservation> stages,
        List<Transfer> transfers) {
    public Batch {
        requests = List.copyOf(requests);
        stages = List.copyOf(stages);
        transfers = List.copyOf(transfers);
    }

    /** Returns how many requests are in it. */
    public int size() {
        return requests.size();
    }

    /** Returns whether its last stage is the pipeline's, so that its requests are answered after it. */
    public boolean reachesEnd() {
        return transfers.size() < stages.size();
    }

    /** Returns when the last stage is reserved to end. */
    public long endMicros() {
        return stages.getLast().endMicros();
    }
}
