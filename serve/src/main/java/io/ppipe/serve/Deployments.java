package io.ppipe.serve;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which version of each model runs, and which models take requests. A model that is shut keeps its version until the
 * requests that it has accepted are answered. Safe for use by any thread.
 */
final class Deployments {
    private final Slot[] slots;

    private static final class Slot {
        private final AtomicReference<@Nullable Deployment> current = new AtomicReference<>();
        /** Items accepted and not yet answered. */
        private final AtomicInteger pending = new AtomicInteger();

        private volatile boolean open;
        private volatile String version = "";
    }

    Deployments(int models) {
        slots = new Slot[models];
        Arrays.setAll(slots, i -> new Slot());
    }

    /** Makes later batches of a model run on this version, and opens the model. What was there before ends with its batches. */
    void put(int model, Deployment next) {
        Slot slot = slots[model];
        Deployment before;
        synchronized (slot) {
            before = slot.current.getAndSet(next);
            slot.version = next.version();
            slot.open = true;
        }
        if (before != null) {
            before.letGo();
        }
    }

    /** Takes no more requests for a model. */
    void shut(int model) {
        slots[model].open = false;
        dropIfIdle(slots[model]);
    }

    boolean open(int model) {
        return slots[model].open;
    }

    /** Returns the version that runs, or ran last. */
    String version(int model) {
        return slots[model].version;
    }

    /** Counts accepted items; returns whether the model is open, else nothing is counted. */
    boolean begin(int model, int items) {
        slots[model].pending.addAndGet(items);
        if (slots[model].open) { // read after counting: whoever shuts it sees the count or is seen here
            return true;
        }
        end(model, items);
        return false;
    }

    /** Says that items counted by {@link #begin} are answered. */
    void end(int model, int items) {
        Slot slot = slots[model];
        if (slot.pending.addAndGet(-items) == 0 && !slot.open) {
            dropIfIdle(slot);
        }
    }

    private static void dropIfIdle(Slot slot) {
        Deployment dropped = null;
        synchronized (slot) {
            if (!slot.open && slot.pending.get() == 0) {
                dropped = slot.current.getAndSet(null);
            }
        }
        if (dropped != null) {
            dropped.letGo();
        }
    }

    /** Returns the version that the next batch of a model runs on, held; nothing when there is none any more. */
    Optional<Deployment> hold(int model) {
        while (true) {
            Deployment current = slots[model].current.get();
            if (current == null) {
                return Optional.empty();
            }
            if (current.hold()) { // else it was replaced a moment ago
                return Optional.of(current);
            }
        }
    }

    /** Closes every version that is left, when the stages that run are over. */
    void close() {
        for (Slot slot : slots) {
            Deployment left = slot.current.getAndSet(null);
            if (left != null) {
                left.close();
            }
        }
    }
}
