package io.ppipe.cli;

import io.ppipe.format.EventLogHeader;
import io.ppipe.format.EventLogWriter;
import io.ppipe.model.BadInputException;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import io.ppipe.serve.SchedulerLog;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Writes the calls of a live scheduler to an event log, on a thread of its own: the scheduler's only puts them into a queue. A
 * log with a hole can't be replayed, so where the disk is too slow or full, the log ends, and the server goes on.
 */
final class Recording implements SchedulerLog, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Recording.class.getName());

    /** A second of a server that is busier than any that was measured; some 20 MB. */
    private static final int CAPACITY = 1 << 16;

    /** What requests may lose while the disk pauses. */
    private static final long PATIENCE_MILLIS = 50;

    private static final long FLUSH_MILLIS = 1_000;
    private static final long CLOSE_MILLIS = 10_000;

    private static final Call END = new Call(-1, new Event.Tick(), List.of());

    private final Path file;
    private final EventLogWriter writer;
    private final BlockingQueue<Call> calls = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread thread;
    private volatile boolean ended;

    /** @param atMicros below 0 at the end */
    private record Call(long atMicros, Event event, List<Decision> decisions) {}

    private Recording(Path file, EventLogWriter writer) {
        this.file = file;
        this.writer = writer;
        this.thread = Thread.ofPlatform().daemon().name("ppipe-record").unstarted(this::write);
    }

    /**
     * Begins a log.
     *
     * @throws BadInputException when the file can't be written
     */
    static Recording start(Path file, EventLogHeader header) {
        var recording = new Recording(file, EventLogWriter.create(file, header));
        recording.thread.start();
        return recording;
    }

    @Override
    public void called(long nowMicros, Event event, List<Decision> decisions) {
        var call = new Call(nowMicros, event, decisions);
        if (ended || calls.offer(call)) {
            return;
        }
        try {
            if (!calls.offer(call, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                end("it can't be written as fast as requests come");
            }
        } catch (InterruptedException e) {
            ended = true;
            Thread.currentThread().interrupt(); // the server is being closed
        }
    }

    private void end(String why) {
        ended = true;
        LOG.log(Level.WARNING, "The recording " + file + " ends here: " + why);
    }

    private void write() {
        try (writer) {
            while (true) {
                Call call = calls.poll(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
                if (call == null) {
                    writer.flush();
                } else if (call.atMicros() < 0) {
                    return;
                } else {
                    writer.write(call.atMicros(), call.event(), call.decisions());
                }
            }
        } catch (BadInputException e) {
            end(String.valueOf(e.getMessage()));
            calls.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what has been told, and ends the log. */
    @Override
    public void close() {
        ended = true;
        try {
            calls.offer(END, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
