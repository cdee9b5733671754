package io.ppipe.serve;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Logs requests that were not answered in time: of each cause the first few in a second, then how many were left out, so that an
 * overload floods no log. Takes no lock, and formats nothing that it leaves out. Safe for use by any thread.
 */
final class MissLog {
    /** Of each cause. */
    static final int PER_SECOND = 5;

    private static final int MAX_WAITING = 256;

    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    private static final long MICROS_PER_SECOND = 1_000_000;

    /** A client's id may be of any length. */
    private static final int MAX_ID_LENGTH = 64;

    private final System.Logger log;
    private final Executor writer;
    private final Map<Cause, Window> windows = new EnumMap<>(Cause.class);
    private long toldSecond;

    /** @param writer runs what formats and writes a line: a log that is slow or stuck must hold up no vGPU */
    MissLog(System.Logger log, Executor writer) {
        this.log = log;
        this.writer = writer;
        Arrays.stream(Cause.values()).forEach(cause -> windows.put(cause, new Window()));
    }

    /** Returns a writer of its own thread, whose lines get lost while more than a few hundred wait. */
    static ExecutorService writer() {
        return new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                Thread.ofPlatform().daemon().name("ppipe-misses").factory(),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** The current second and how many lines it has had, in one word. */
    private static final class Window {
        private final AtomicLong secondAndCount = new AtomicLong(-1L << COUNT_BITS);
        private final LongAdder leftOut = new LongAdder();

        /** Returns whether its second has room for one more line. */
        boolean room(long second) {
            while (true) {
                long before = secondAndCount.get();
                long count = before >> COUNT_BITS == second ? before & COUNT_MASK : 0;
                if (count >= PER_SECOND) {
                    leftOut.increment();
                    return false;
                }
                if (secondAndCount.compareAndSet(before, (second << COUNT_BITS) + count + 1)) {
                    return true;
                }
            }
        }
    }

    /**
     * A request was not answered in time.
     *
     * @param clientId the client's own id; "" when it gave none
     * @param afterMicros time since its arrival
     */
    void missed(long nowMicros, String clientId, String model, Cause cause, long afterMicros) {
        if (!Objects.requireNonNull(windows.get(cause)).room(nowMicros / MICROS_PER_SECOND)) {
            return;
        }
        writer.execute(() -> log.log(
                Level.INFO,
                "event=missed request={0} model={1} outcome={2} cause={3} after_us={4,number,#}",
                printable(clientId),
                model,
                cause.outcome().name().toLowerCase(Locale.ROOT),
                cause.text(),
                afterMicros));
    }

    /** Says once a second what was left out since; cheap to call more often, by one thread. */
    void tick(long nowMicros) {
        long second = nowMicros / MICROS_PER_SECOND;
        if (second != toldSecond) {
            toldSecond = second;
            windows.forEach(this::leftOut);
        }
    }

    private void leftOut(Cause cause, Window window) {
        long count = window.leftOut.sumThenReset();
        if (count > 0) {
            writer.execute(
                    () -> log.log(Level.INFO, "event=left_out cause={0} count={1,number,#}", cause.text(), count));
        }
    }

    /** Returns an id that can't begin a line of its own. */
    private static String printable(String id) {
        String shown = id.isEmpty() ? "-" : id.replaceAll("[\\p{Cntrl}\\s]", "?");
        return shown.length() <= MAX_ID_LENGTH ? shown : shown.substring(0, MAX_ID_LENGTH - 1) + "…";
    }
}
