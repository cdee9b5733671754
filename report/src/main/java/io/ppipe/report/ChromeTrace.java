package io.ppipe.report;

import io.ppipe.format.WholeFile;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes what went on in a run as a trace for Perfetto or {@code chrome://tracing}, in the Trace Event Format of Chrome.
 * Events go to the file as they come; memory holds one entry per track, and per span that is open at the track's last
 * event. The file appears when it is {@linkplain #finish finished}, whole or not at all.
 *
 * <p>One thread owns a trace.
 *
 * {@snippet :
 * try (var trace = ChromeTrace.open(file)) {
 *     ChromeTrace.Track vgpu = trace.track("server-1", "V100-0 vGPU 1");
 *     vgpu.span("resnet50 ×8", startMicros, endMicros, Map.of("batch", 812));
 *     trace.finish();
 * }
 * }
 */
public final class ChromeTrace implements Closeable {
    private final WholeFile whole;
    private final JsonGenerator json;
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private int threads;

    private ChromeTrace(Path file) {
        whole = WholeFile.open(file);
        json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), whole.stream());
        json.writeStartObject();
        json.writeStringProperty("displayTimeUnit", "ms");
        json.writeArrayPropertyStart("traceEvents");
    }

    /**
     * Begins a trace.
     *
     * @throws io.ppipe.model.BadInputException when the file cannot be written
     */
    public static ChromeTrace open(Path file) {
        return new ChromeTrace(file);
    }

    /**
     * Returns the track of that name, which is made when it is first asked for. Viewers show processes and tracks in the
     * order in which they were made.
     *
     * @param process the group it is in: a server, or a model
     * @param name a vGPU, or a link
     */
    public Track track(String process, String name) {
        Group owner = groups.computeIfAbsent(process, this::newGroup);
        return owner.tracks.computeIfAbsent(name, _ -> new Track(owner, name));
    }

    private Group newGroup(String name) {
        var group = new Group(groups.size() + 1);
        metadata("process_name", group.id, 0, "name", name);
        metadata("process_sort_index", group.id, 0, "sort_index", group.id);
        return group;
    }

    /** A group of tracks. */
    private static final class Group {
        final int id;
        final Map<String, Track> tracks = new LinkedHashMap<>();

        Group(int id) {
            this.id = id;
        }
    }

    /**
     * A row of the trace. Viewers draw a span that lies within another one below it, and cannot draw two that overlap
     * otherwise: such a span goes to a further row of the same name.
     */
    public final class Track {
        private final Group group;
        private final String name;
        private final List<Row> rows = new ArrayList<>();

        private Track(Group group, String name) {
            this.group = group;
            this.name = name;
            addRow();
        }

        /**
         * Adds something that went on for a while. Spans are best given by their start: an earlier one than the last
         * gets a further row.
         *
         * @param startMicros begin, in microseconds since the start of the run
         * @param endMicros end, in microseconds; not before the begin
         * @param args what a viewer tells about it, in that order: numbers, booleans and texts
         * @throws io.ppipe.model.BadInputException when the file cannot be written
         */
        public void span(String label, long startMicros, long endMicros, Map<String, ?> args) {
            if (endMicros < startMicros) {
                throw new IllegalArgumentException("Span %s must not end (%d us) before it begins (%d us)."
                        .formatted(label, endMicros, startMicros));
            }
            Row row = rowFor(startMicros, endMicros);
            json.writeStartObject();
            json.writeStringProperty("name", label);
            json.writeStringProperty("ph", "X");
            json.writeNumberProperty("pid", group.id);
            json.writeNumberProperty("tid", row.thread);
            json.writeNumberProperty("ts", startMicros);
            json.writeNumberProperty("dur", endMicros - startMicros);
            if (!args.isEmpty()) {
                json.writeObjectPropertyStart("args");
                args.forEach(ChromeTrace.this::property);
                json.writeEndObject();
            }
            json.writeEndObject();
        }

        private Row rowFor(long startMicros, long endMicros) {
            for (Row row : rows) {
                if (row.takes(startMicros, endMicros)) {
                    return row;
                }
            }
            Row row = addRow();
            if (!row.takes(startMicros, endMicros)) {
                throw new AssertionError("An empty row takes every span.");
            }
            return row;
        }

        private Row addRow() {
            var row = new Row(++threads);
            rows.add(row);
            metadata("thread_name", group.id, row.thread, "name", rows.size() == 1 ? name : name + " +");
            // Rows made later still stand with their track.
            metadata("thread_sort_index", group.id, row.thread, "sort_index", rows.getFirst().thread);
            return row;
        }
    }

    /** Spans by their start, each within or after the one before. */
    private static final class Row {
        final int thread;
        private final List<Long> openUntilMicros = new ArrayList<>();
        private long lastStartMicros = Long.MIN_VALUE;

        Row(int thread) {
            this.thread = thread;
        }

        /** Takes the span, if it neither comes before the last one nor overlaps one that it does not lie in. */
        boolean takes(long startMicros, long endMicros) {
            if (startMicros < lastStartMicros) {
                return false;
            }
            int open = openUntilMicros.size();
            while (open > 0 && openUntilMicros.get(open - 1) <= startMicros) {
                open--;
            }
            if (open > 0 && endMicros > openUntilMicros.get(open - 1)) {
                return false;
            }
            openUntilMicros.subList(open, openUntilMicros.size()).clear();
            openUntilMicros.add(endMicros);
            lastStartMicros = startMicros;
            return true;
        }
    }

    private void metadata(String kind, int process, int thread, String key, Object value) {
        json.writeStartObject();
        json.writeStringProperty("name", kind);
        json.writeStringProperty("ph", "M");
        json.writeNumberProperty("pid", process);
        json.writeNumberProperty("tid", thread);
        json.writeObjectPropertyStart("args");
        property(key, value);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void property(String key, Object value) {
        switch (value) {
            case String text -> json.writeStringProperty(key, text);
            case Boolean truth -> json.writeBooleanProperty(key, truth);
            case Integer whole -> json.writeNumberProperty(key, whole);
            case Long whole -> json.writeNumberProperty(key, whole);
            case Number number
            when Double.isFinite(number.doubleValue()) -> json.writeNumberProperty(key, number.doubleValue());
            default -> json.writeStringProperty(key, value.toString());
        }
    }

    /**
     * Puts the file in place; nothing can be added after that.
     *
     * @throws io.ppipe.model.BadInputException when the file cannot be written
     */
    public void finish() {
        json.writeEndArray();
        json.writeEndObject();
        json.flush();
        whole.finish();
    }

    /** Throws away what was written unless it was finished. */
    @Override
    public void close() {
        whole.close();
    }
}
