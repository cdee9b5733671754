package io.ppipe.cluster;

import java.util.function.LongSupplier;

/** All servers are this process: tensors stay in its memory and arrive at once. */
public final class LocalNetwork implements Network {
    private final LongSupplier clockMicros;

    /** @param clockMicros the run's clock */
    public LocalNetwork(LongSupplier clockMicros) {
        this.clockMicros = clockMicros;
    }

    @Override
    public void transfer(int fromServer, int toServer, long bytes, long notBeforeMicros, Delivery delivery) {
        long now = clockMicros.getAsLong();
        delivery.delivered(now, now);
    }

    @Override
    public void close() {}
}
