package io.ppipe.plan;

import java.util.ArrayList;
import java.util.List;

/** Asks a planner to stop early with the best plan so far. Any thread may ask. */
public final class StopSignal {
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean requested;

    /** Something that ends with the work that it listens for. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Returns a signal that nobody gives. */
    public static StopSignal never() {
        return new StopSignal();
    }

    /** Asks to stop, now and for good. */
    public synchronized void request() {
        requested = true;
        listeners.forEach(Runnable::run);
    }

    /** Returns whether somebody has asked. */
    public synchronized boolean requested() {
        return requested;
    }

    /** Calls {@code listener} when somebody asks until the registration is closed. */
    synchronized Registration onRequest(Runnable listener) {
        listeners.add(listener);
        if (requested) {
            listener.run();
        }
        return () -> remove(listener);
    }

    private synchronized void remove(Runnable listener) {
        listeners.remove(listener);
    }
}
