package io.ppipe.load;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that sends each request when it is due. It parks in between, so it needs no core of its own; a wake-up
 * that comes late shows as send lag. When it is behind it sends without a pause until it has caught up.
 */
final class Sender implements Runnable {
    private final SendSchedule schedule;
    private final Endpoint.Requests requests;
    private final int payloadCount;
    private final int maxInFlight;
    private final AnswerListener listener;
    private final Tally tally;
    private volatile boolean stopped;
    private volatile int done;
    private volatile @Nullable Throwable thrown;

    Sender(
            SendSchedule schedule,
            Endpoint.Requests requests,
            int payloadCount,
            int maxInFlight,
            AnswerListener listener,
            Tally tally) {
        this.schedule = schedule;
        this.requests = requests;
        this.payloadCount = payloadCount;
        this.maxInFlight = maxInFlight;
        this.listener = listener;
        this.tally = tally;
    }

    @Override
    public void run() {
        try {
            long startNanos = System.nanoTime();
            for (int i = 0; i < schedule.count() && !stopped; i++) {
                long dueNanos = startNanos + schedule.nanosOf(i);
                parkUntil(dueNanos);
                send(i % payloadCount, dueNanos);
                done = i + 1;
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void parkUntil(long nanos) {
        long leftNanos;
        while ((leftNanos = nanos - System.nanoTime()) > 0 && !stopped) {
            LockSupport.parkNanos(this, leftNanos);
        }
    }

    private void send(int payloadIndex, long dueNanos) {
        if (tally.outstanding() >= maxInFlight) {
            tally.overloaded();
            return;
        }
        tally.sent(dueNanos, System.nanoTime());
        requests.send(payloadIndex, (nowNanos, reply) -> {
            try {
                if (reply instanceof Reply.Answered(var outputs)) {
                    listener.answered(payloadIndex, outputs);
                }
            } catch (RuntimeException | Error e) {
                failed(e);
            } finally {
                tally.ended(dueNanos, nowNanos, reply);
            }
        });
    }

    /** Ends the run with an exception for the thread that waits. */
    private void failed(Throwable e) {
        thrown = e;
        stopped = true;
    }

    /** Returns how many requests have been due so far. */
    int done() {
        return done;
    }

    /** Ends the run early: nothing more is sent. */
    void stop() {
        stopped = true;
    }

    /** Throws what this thread or the listener threw, if anything. */
    void rethrow() {
        switch (thrown) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new AssertionError(e);
        }
    }
}
