package io.ppipe.cli;

import io.ppipe.model.Plan;
import io.ppipe.schedule.Batch;
import java.util.Map;
import java.util.TreeMap;

/** Which plan the vGPUs of each batch of a run belong to: plans may change during it. */
final class PlansOfBatches {
    private final TreeMap<Long, Epoch> byFirstBatch = new TreeMap<>();
    private long lastBatch = -1;

    /**
     * The time of one plan.
     *
     * @param index counts from 0
     */
    record Epoch(int index, Plan plan) {}

    PlansOfBatches(Plan first) {
        byFirstBatch.put(Long.MIN_VALUE, new Epoch(0, first));
    }

    void dispatched(Batch batch) {
        lastBatch = Math.max(lastBatch, batch.id());
    }

    void changed(Plan plan) {
        byFirstBatch.put(lastBatch + 1, new Epoch(current().index() + 1, plan));
    }

    Epoch current() {
        return byFirstBatch.lastEntry().getValue();
    }

    Epoch of(Batch batch) {
        Map.Entry<Long, Epoch> entry = byFirstBatch.floorEntry(batch.id());
        if (entry == null) {
            throw new AssertionError("No plan for batch %d.".formatted(batch.id()));
        }
        return entry.getValue();
    }
}
