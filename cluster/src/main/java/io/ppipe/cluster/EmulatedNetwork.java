package io.ppipe.cluster;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * NICs that aren't there. Tensors stay in this process's memory; what is emulated is the time: every server has one
 * uplink and one downlink, a transfer holds the sender's uplink and the receiver's downlink for bytes·8 ÷ bandwidth (the
 * slower of the two), and starts when its slot has come and both are free.
 */
public final class EmulatedNetwork implements Network {
    private final LongSupplier clockMicros;
    private final double[] bitsPerSecond;
    private final long[] uplinkFreeMicros;
    private final long[] downlinkFreeMicros;
    private final ScheduledExecutorService timer;

    /**
     * @param clockMicros the run's clock
     * @param bitsPerSecond bandwidth of each server's NIC in each direction, by server
     */
    public EmulatedNetwork(LongSupplier clockMicros, double[] bitsPerSecond) {
        this.clockMicros = clockMicros;
        this.bitsPerSecond = bitsPerSecond.clone();
        this.uplinkFreeMicros = new long[bitsPerSecond.length];
        this.downlinkFreeMicros = new long[bitsPerSecond.length];
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("ppipe-network").factory());
    }

    @Override
    public void transfer(int fromServer, int toServer, long bytes, long notBeforeMicros, Delivery delivery) {
        if (fromServer == toServer) {
            long now = clockMicros.getAsLong();
            delivery.delivered(now, now);
            return;
        }
        at(notBeforeMicros, () -> start(fromServer, toServer, bytes, notBeforeMicros, delivery));
    }

    /**
     * Runs on the timer's one thread, which owns the links. Counts from when the transfer could start, not from when the
     * timer woke up: that the timer is a little late is no property of the link, and would add up from batch to batch.
     */
    private void start(int fromServer, int toServer, long bytes, long readyMicros, Delivery delivery) {
        long start = Math.max(readyMicros, Math.max(uplinkFreeMicros[fromServer], downlinkFreeMicros[toServer]));
        double bitsPerMicro = Math.min(bitsPerSecond[fromServer], bitsPerSecond[toServer]) / 1e6;
        long end = start + (long) Math.ceil(bytes * 8.0 / bitsPerMicro);
        uplinkFreeMicros[fromServer] = end;
        downlinkFreeMicros[toServer] = end;
        at(end, () -> delivery.delivered(start, end));
    }

    private void at(long micros, Runnable work) {
        try {
            var _ = timer.schedule(work, micros - clockMicros.getAsLong(), TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("The network is closed.", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
