package io.ppipe.cluster;

/** Moves the boundary tensors of a batch from one server to another. Safe for use by any thread; never blocks. */
public interface Network extends AutoCloseable {
    /** Told when tensors have arrived. */
    @FunctionalInterface
    interface Delivery {
        /** The tensors travelled during {@code [startMicros, endMicros)} of the run's clock. */
        void delivered(long startMicros, long endMicros);
    }

    /**
     * Begins a transfer.
     *
     * @param notBeforeMicros start of the reserved slot, on the run's clock
     * @param bytes what travels, all tensors together
     * @param delivery called exactly once, on a thread of the network; must not block
     */
    void transfer(int fromServer, int toServer, long bytes, long notBeforeMicros, Delivery delivery);

    @Override
    void close();
}
