package io.ppipe.simulate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The flights by the time of their next step, then by the order in which the steps came up: a binary heap that compares
 * primitives and allocates nothing, which {@link java.util.PriorityQueue} with a comparator can't.
 */
final class Agenda {
    private @Nullable Flight[] heap = new Flight[256];
    private int count;
    private long sequence;

    boolean isEmpty() {
        return count == 0;
    }

    /** Returns the next flight; there must be one. */
    Flight first() {
        return at(0);
    }

    private Flight at(int index) {
        Flight flight = heap[index];
        if (flight == null) {
            throw new AssertionError("the heap has no holes");
        }
        return flight;
    }

    void add(Flight flight, long atMicros) {
        flight.atMicros = atMicros;
        flight.sequence = sequence++;
        if (count == heap.length) {
            heap = Arrays.copyOf(heap, 2 * count);
        }
        int at = count++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            Flight above = at(parent);
            if (!before(flight, above)) {
                break;
            }
            heap[at] = above;
            at = parent;
        }
        heap[at] = flight;
    }

    Flight remove() {
        Flight first = at(0);
        Flight last = at(--count);
        heap[count] = null;
        if (count > 0) {
            sink(last);
        }
        return first;
    }

    private void sink(Flight flight) {
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= count) {
                break;
            }
            Flight below = at(child);
            if (child + 1 < count && before(at(child + 1), below)) {
                below = at(++child);
            }
            if (!before(below, flight)) {
                break;
            }
            heap[at] = below;
            at = child;
        }
        heap[at] = flight;
    }

    private static boolean before(Flight a, Flight b) {
        return a.atMicros < b.atMicros || (a.atMicros == b.atMicros && a.sequence < b.sequence);
    }
}
