package io.ppipe.cli;

import io.ppipe.model.Progress;
import java.io.Console;
import java.io.PrintStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress on standard error: a bar with an estimate of what is left on a terminal, else one line for each piece of
 * work and one every few seconds.
 */
public final class ConsoleProgress implements Progress, AutoCloseable {
    private static final long LINE_NANOS = 5_000_000_000L;

    private static final int WIDTH = 100;
    private static final String CLEAR_TO_END = "\033[K\r";

    private final PrintStream out;
    private final boolean terminal;
    private String current = "";
    private @Nullable ProgressBar bar;
    private long lastLineNanos;

    /** Draws on standard error. */
    public ConsoleProgress() {
        this(System.err, onTerminal());
    }

    /** Returns whether a person sits in front of it. */
    public static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    ConsoleProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void report(String what, long done, long total) {
        boolean fresh = !what.equals(current);
        if (terminal) {
            if (fresh || bar == null) {
                pause();
                bar = new ProgressBarBuilder()
                        .setTaskName(what)
                        .setInitialMax(total > 0 ? total : -1)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
                        .build();
            }
            bar.stepTo(done);
        } else if (fresh || System.nanoTime() - lastLineNanos > LINE_NANOS) {
            out.println(total > 0 ? "  %s: %d of %d".formatted(what, done, total) : "  " + what + " ...");
            lastLineNanos = System.nanoTime();
        }
        current = what;
    }

    private void draw(String line) {
        out.print("\r" + line + CLEAR_TO_END);
        out.flush();
    }

    /** Takes the bar off the terminal, so that other lines can be printed; the next report begins a new one. */
    public void pause() {
        if (bar != null) {
            bar.close();
            bar = null;
            draw("");
        }
    }

    @Override
    public void close() {
        pause();
    }
}
