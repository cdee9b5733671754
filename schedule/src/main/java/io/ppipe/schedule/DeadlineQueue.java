package io.ppipe.schedule;

import io.ppipe.model.Request;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One model's waiting requests, ordered by the time by which each must be finished, then by arrival. A request with the
 * model's SLO comes last and is appended; one with a tighter limit of its own is put in its place.
 */
final class DeadlineQueue {
    private @Nullable Request[] requests = new Request[64];
    private long[] deadlines = new long[64];
    private int head;
    private int tail;

    int size() {
        return tail - head;
    }

    boolean isEmpty() {
        return tail == head;
    }

    /** Returns the request at an index; 0 is the most urgent. */
    Request request(int index) {
        Request request = requests[head + index];
        if (request == null) {
            throw new AssertionError("a queue has no holes");
        }
        return request;
    }

    /** Returns the time by which the request at an index must be finished. */
    long deadlineMicros(int index) {
        return deadlines[head + index];
    }

    void add(Request request, long deadline) {
        if (tail == requests.length) {
            makeRoom();
        }
        int at = tail;
        while (at > head && deadlines[at - 1] > deadline) {
            requests[at] = requests[at - 1];
            deadlines[at] = deadlines[at - 1];
            at--;
        }
        requests[at] = request;
        deadlines[at] = deadline;
        tail++;
    }

    private void makeRoom() {
        int size = size();
        if (2 * size > requests.length) {
            requests = Arrays.copyOf(requests, 2 * requests.length);
            deadlines = Arrays.copyOf(deadlines, 2 * deadlines.length);
        }
        System.arraycopy(requests, head, requests, 0, size);
        System.arraycopy(deadlines, head, deadlines, 0, size);
        Arrays.fill(requests, size, tail, null);
        head = 0;
        tail = size;
    }

    /** Returns the index of the first request that need not be finished before {@code micros}; the size if all must. */
    int firstNotBefore(long micros) {
        int low = head;
        int high = tail;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (deadlines[middle] < micros) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - head;
    }

    /** Removes {@code count} requests from an index on. */
    void remove(int index, int count) {
        int from = head + index;
        if (index <= size() - index - count) { // fewer before than behind
            System.arraycopy(requests, head, requests, head + count, index);
            System.arraycopy(deadlines, head, deadlines, head + count, index);
            Arrays.fill(requests, head, head + count, null);
            head += count;
        } else {
            System.arraycopy(requests, from + count, requests, from, tail - from - count);
            System.arraycopy(deadlines, from + count, deadlines, from, tail - from - count);
            Arrays.fill(requests, tail - count, tail, null);
            tail -= count;
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }

    /** Returns the index of the request with this id, or −1. */
    int indexOf(long requestId) {
        for (int i = 0; i < size(); i++) {
            if (request(i).id() == requestId) {
                return i;
            }
        }
        return -1;
    }
}
