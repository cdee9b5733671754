package io.ppipe.serve.front;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the requests whose answers are not written yet, so that closing can wait for them but for none that come later. */
final class InFlight {
    /** One more than the requests in flight while draining has not begun; 0 once all are through. */
    private final AtomicLong count = new AtomicLong(1);

    private final CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();
    private volatile boolean draining;

    boolean draining() {
        return draining;
    }

    /** Returns whether the request is counted; if so, {@link #end} must follow. */
    boolean begin() {
        return !draining && count.getAndUpdate(n -> n == 0 ? 0 : n + 1) > 0;
    }

    void end() {
        if (count.decrementAndGet() == 0) {
            empty.complete(null);
        }
    }

    /** Counts no more from now on. Call once. The future completes when everything that was counted has ended. */
    CompletableFuture<@Nullable Void> drain() {
        draining = true;
        end();
        return empty;
    }
}
