package io.ppipe.format;

import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes an event log while a run goes on: what a scheduler was told, when, and what it decided. One thread uses it. Lines
 * are buffered: {@link #flush} puts them into the file.
 */
public final class EventLogWriter implements Closeable {
    private static final int BUFFER_CHARS = 1 << 16;

    private final String file;
    private final Writer out;
    private final boolean decisionsRecorded;
    private final StringBuilder line = new StringBuilder(256);
    private final EventText text = new EventText(line);

    private EventLogWriter(String file, Writer out, boolean decisionsRecorded) {
        this.file = file;
        this.out = out;
        this.decisionsRecorded = decisionsRecorded;
    }

    /**
     * Begins a log; what was in the file is gone.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be written
     */
    public static EventLogWriter create(Path file, EventLogHeader header) {
        if (Files.isDirectory(file)) {
            throw Problem.of(file.toString(), "cannot be written: this is a directory; give the file in it");
        }
        try {
            var bytes = new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8);
            var writer = new EventLogWriter(
                    file.toString(), new BufferedWriter(bytes, BUFFER_CHARS), header.decisionsRecorded());
            writer.out.write(JsonPrinter.onOneLine(EventLogFile.node(header)) + "\n");
            return writer;
        } catch (NoSuchFileException e) {
            throw Problem.of(file.toString(), "cannot be written: the folder does not exist", e);
        } catch (AccessDeniedException e) {
            throw Problem.of(file.toString(), "cannot be written: no permission", e);
        } catch (IOException e) {
            throw Problem.of(file.toString(), "cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Adds one call of the scheduler.
     *
     * @param decisions what came out, in order; left out when the header says that decisions are not recorded
     * @throws io.ppipe.model.BadInputException when the file can't be written, such as on a full disk
     */
    public void write(long atMicros, Event event, List<Decision> decisions) {
        line.setLength(0);
        text.line(atMicros, event, decisionsRecorded ? decisions : List.of());
        toFile(() -> out.append(line));
    }

    /** Returns a decision as {@link EventLogEntry#decisions} holds it, to compare a replay with the log. */
    public static String text(Decision decision) {
        var text = new StringBuilder();
        new EventText(text).decision(decision);
        return text.toString();
    }

    /** Puts everything into the file that is not there yet. */
    public void flush() {
        toFile(out::flush);
    }

    /** Ends the log. Does nothing the second time. */
    @Override
    public void close() {
        toFile(out::close);
    }

    /** Something done to the file. */
    private interface Writing {
        void run() throws IOException;
    }

    private void toFile(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw Problem.of(file, "cannot be written: " + e.getMessage(), e);
        }
    }
}
