package io.ppipe.cli;

import io.ppipe.plan.StopSignal;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Turns the first Ctrl-C, or SIGTERM, into a wish to stop, and the second one into the end of the process.
 *
 * <p>A shutdown hook would not do: once the JVM shuts down, it ignores further signals. So this handles the signals
 * themselves, by JLine (which draws the progress bars), where the JDK has only {@code sun.misc}. Where signals can't be
 * handled, they end the process as ever.
 */
final class Interrupts implements AutoCloseable {
    private final StopSignal stop;
    private final @Nullable Object interruptBefore;
    private final @Nullable Object terminateBefore;
    private String first = "";

    /** Listens until it is closed. */
    Interrupts(StopSignal stop) {
        this.stop = stop;
        interruptBefore = Signals.register("INT", () -> received("Ctrl-C"));
        terminateBefore = Signals.register("TERM", () -> received("SIGTERM"));
    }

    private synchronized void received(String signal) {
        if (first.isEmpty()) {
            first = signal;
            stop.request();
        } else {
            Runtime.getRuntime().halt(Main.INTERRUPTED);
        }
    }

    /** Returns which signal came first, or "". */
    synchronized String signal() {
        return first;
    }

    @Override
    public void close() {
        Signals.unregister("INT", interruptBefore);
        Signals.unregister("TERM", terminateBefore);
    }
}
