package io.ppipe.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The batches under way, by id. Ids ascend, so those under way lie close together: the place of a batch is its id modulo a
 * power of two, which doubles when two would share one.
 */
final class RunningBatches {
    private @Nullable Batch[] places = new Batch[256];
    private int count;

    @Nullable
    Batch get(long id) {
        Batch batch = places[place(id)];
        return batch != null && batch.id() == id ? batch : null;
    }

    void add(Batch batch) {
        while (places[place(batch.id())] != null) {
            grow();
        }
        places[place(batch.id())] = batch;
        count++;
    }

    @Nullable
    Batch remove(long id) {
        Batch batch = get(id);
        if (batch != null) {
            places[place(id)] = null;
            count--;
        }
        return batch;
    }

    int count() {
        return count;
    }

    /** Returns them in the order of their ids. */
    Batch[] all() {
        var all = new Batch[count];
        int found = 0;
        for (Batch batch : places) {
            if (batch != null) {
                all[found++] = batch;
            }
        }
        Arrays.sort(all, (a, b) -> Long.compare(a.id(), b.id()));
        return all;
    }

    private int place(long id) {
        return (int) (id & (places.length - 1));
    }

    private void grow() {
        Batch[] running = all();
        int size = 2 * places.length;
        while (!places(running, size)) {
            size *= 2;
        }
    }

    /** Gives every batch a place of its own, if {@code size} places are enough for that. */
    private boolean places(Batch[] running, int size) {
        places = new Batch[size];
        for (Batch batch : running) {
            if (places[place(batch.id())] != null) {
                return false;
            }
            places[place(batch.id())] = batch;
        }
        return true;
    }
}
