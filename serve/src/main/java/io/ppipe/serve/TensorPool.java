package io.ppipe.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Direct buffers for the tensors of running batches, used again and again. A buffer's capacity is the size for a full
 * batch, so there are few different ones, and no more of each than batches were ever under way at once.
 */
final class TensorPool {
    private final Map<Integer, ConcurrentLinkedQueue<ByteBuffer>> free = new ConcurrentHashMap<>();

    /** Returns a cleared buffer in native byte order with this capacity. */
    ByteBuffer take(int capacity) {
        ByteBuffer buffer = queue(capacity).poll();
        return buffer == null
                ? ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder())
                : buffer.clear().order(ByteOrder.nativeOrder());
    }

    /** Takes a buffer back; nobody may use it any more. */
    void giveBack(ByteBuffer buffer) {
        queue(buffer.capacity()).add(buffer);
    }

    private ConcurrentLinkedQueue<ByteBuffer> queue(int capacity) {
        return free.computeIfAbsent(capacity, c -> new ConcurrentLinkedQueue<>());
    }
}
