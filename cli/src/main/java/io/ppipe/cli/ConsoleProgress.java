package io.ppipe.cli;

import io.ppipe.model.Progress;
import java.io.Console;
import java.io.PrintStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress on standard error. On a terminal: a bar with an estimate of what is left where the number of steps is
 * known, else the text and the time since the beginning, on one line that is rewritten. Elsewhere: one line for each piece
 * of work with known steps, and at most one every few seconds, with an estimate of what is left.
 */
public final class ConsoleProgress implements Progress, AutoCloseable {
    private static final long LINE_NANOS = 5_000_000_000L;
    private static final long REDRAW_MILLIS = 200;

    private static final int WIDTH = 100;
    /** One less than the narrowest terminal that people use: a line that wraps can't be rewritten. */
    private static final int STATUS_WIDTH = 79;

    private static final String CLEAR_TO_END = "\033[K\r";

    private final PrintStream out;
    private final boolean terminal;
    private final long startNanos = System.nanoTime();
    private String current = "";
    private @Nullable ProgressBar bar;
    private @Nullable String status;
    private @Nullable ScheduledExecutorService redrawing;
    private long lastLineNanos;
    private long stepsNanos;
    private long stepsBefore;

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
        this.lastLineNanos = startNanos;
    }

    @Override
    public synchronized void report(String what, long done, long total) {
        if (total == 0) {
            status(what);
        } else {
            steps(what, done, total);
        }
        current = what;
    }

    private void steps(String what, long done, long total) {
        boolean fresh = !what.equals(current);
        if (fresh) {
            stepsNanos = System.nanoTime();
            stepsBefore = done;
        }
        if (terminal) {
            if (fresh || bar == null) {
                pause();
                bar = new ProgressBarBuilder()
                        .setTaskName(what)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
                        .build();
            }
            bar.stepTo(done);
        } else if (fresh || System.nanoTime() - lastLineNanos > LINE_NANOS) {
            line("  %s: %d of %d%s".formatted(what, done, total, left(done, total)));
        }
    }

    /** Returns how long the rest takes if it goes on like this, in words; "" when that isn't known yet. */
    private String left(long done, long total) {
        if (done == stepsBefore || done == total) {
            return "";
        }
        double perStep = (double) (System.nanoTime() - stepsNanos) / (done - stepsBefore);
        return ", about %d s left".formatted(Math.round(perStep * (total - done) / 1e9));
    }

    /** Work of unknown length: its texts follow each other faster than anybody wants to read them as lines. */
    private void status(String what) {
        if (bar != null) {
            pause();
        }
        status = what;
        if (redrawing == null) {
            long millis = terminal ? REDRAW_MILLIS : TimeUnit.NANOSECONDS.toMillis(LINE_NANOS);
            redrawing = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("ppipe-progress").factory());
            var _ = redrawing.scheduleWithFixedDelay(this::tick, millis, millis, TimeUnit.MILLISECONDS);
        }
        if (terminal) {
            redraw();
        }
    }

    private synchronized void tick() {
        if (status != null) {
            redraw();
        }
    }

    private void redraw() {
        String elapsed = "  %d s".formatted(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos));
        if (terminal) {
            String text = String.valueOf(status);
            int room = STATUS_WIDTH - elapsed.length();
            draw((text.length() > room ? text.substring(0, room - 1) + "…" : text) + elapsed);
        } else {
            line("  " + status + elapsed);
        }
    }

    private void line(String text) {
        out.println(text);
        lastLineNanos = System.nanoTime();
    }

    private void draw(String line) {
        out.print("\r" + line + CLEAR_TO_END);
        out.flush();
    }

    /** Takes what is drawn off the terminal, so that other lines can be printed; the next report draws again. */
    public synchronized void pause() {
        boolean drawn = bar != null || status != null;
        if (bar != null) {
            bar.close();
            bar = null;
        }
        status = null;
        if (redrawing != null) {
            redrawing.shutdownNow();
            redrawing = null;
        }
        if (terminal && drawn) {
            draw("");
        }
    }

    @Override
    public void close() {
        pause();
    }
}
