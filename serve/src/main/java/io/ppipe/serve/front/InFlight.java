package io.ppipe.serve.front;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts the requests whose answers are not written yet, so that closing can wait for them but for none that come later. */
final class InFlight {
    /** One more than the requests in flight while draining has not begun; 0 once all are through. */
    private final AtomicLong count = new AtomicLong(1);

    private final CompletableFuture<@Nullable Void> empty = new CompletableFuture<>();
    private final Set<Runnable> onDrain = ConcurrentHashMap.newKeySet();
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

    /** Has this called when draining begins, at once if it has begun. It may be called twice. */
    void onDrain(Runnable call) {
        onDrain.add(call);
        if (draining) {
            call.run();
        }
    }

    /** Takes {@link #onDrain} back. */
    void forget(Runnable call) {
        onDrain.remove(call);
    }

    /** Counts no more from now on. Call once. The future completes when everything that was counted has ended. */
    CompletableFuture<@Nullable Void> drain() {
        draining = true;
        onDrain.forEach(Runnable::run);
        end();
        return empty;
    }
}
