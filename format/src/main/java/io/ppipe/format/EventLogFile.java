package io.ppipe.format;

import io.ppipe.model.BadInputException;
import io.ppipe.schedule.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads an event log, line by line, so that it may be longer than memory: 5 us a line
 * (300 000 arrivals and dispatches, 2 busy cores, 2026-11). Written by {@link EventLogWriter}.
 */
public final class EventLogFile {
    private static final Shape FILE = Header.EVENT_LOG.shape(
            "plan_fingerprint", "scenario_fingerprint", "models", "policy", "settings", "decisions_recorded");
    private static final String SETTINGS = "settings";

    /** Some days of a busy server. */
    private static final long MAX_BYTES = 64L << 30;

    private EventLogFile() {}

    /**
     * Reads a log, up to a change of the plan: the log doesn't hold the new one.
     *
     * @param reader makes of the header what receives each entry, in order
     * @return the header
     * @throws io.ppipe.model.BadInputException when the file can't be read or says something that is wrong; entries before
     *     that have been received
     */
    public static EventLogHeader read(Path file, Function<EventLogHeader, Consumer<EventLogEntry>> reader) {
        return read(file, reader, false);
    }

    /** @param pastNewPlans whether to leave out changes of the plan, instead of refusing them */
    private static EventLogHeader read(
            Path file, Function<EventLogHeader, Consumer<EventLogEntry>> reader, boolean pastNewPlans) {
        String name = file.toString();
        return InputText.read(file, MAX_BYTES, text -> read(name, new Lines(name, text), reader, pastNewPlans));
    }

    private static EventLogHeader read(
            String file, Lines lines, Function<EventLogHeader, Consumer<EventLogEntry>> reader, boolean pastNewPlans)
            throws IOException {
        String first = lines.next();
        if (first == null) {
            throw Problem.of(file, "this file is empty; the first line of an event log is its header");
        }
        EventLogHeader header = header(file, NodeReader.jsonLine(file, 1, first));
        Consumer<EventLogEntry> entries = reader.apply(header);
        long lastMicros = 0;
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (line.isBlank()) {
                continue;
            }
            Node node = node(file, lines, line);
            var read = EventFields.entry(
                    file, lines.number(), node, header.models().size(), lastMicros);
            if (read.isPresent()) {
                EventLogEntry entry = read.get();
                lastMicros = entry.atMicros();
                requireDecisionsOnlyWhereRecorded(file, header, entry);
                entries.accept(entry);
            } else if (!pastNewPlans) {
                throw Problem.at(
                        file,
                        lines.number(),
                        "the plan changes here; a run can be replayed up to a change of its plan only");
            }
        }
        return header;
    }

    private static void requireDecisionsOnlyWhereRecorded(String file, EventLogHeader header, EventLogEntry entry) {
        if (!header.decisionsRecorded() && !entry.decisions().isEmpty()) {
            throw Problem.at(
                    file, entry.line(), "'decisions' stand here, but the header says 'decisions_recorded': false");
        }
    }

    private static Node node(String file, Lines lines, String line) {
        try {
            return NodeReader.jsonLine(file, lines.number(), line);
        } catch (BadInputException e) {
            if (lines.ended()) {
                throw e;
            }
            String message =
                    "the log ends within this line: whoever wrote it was stopped; remove the line to read the rest";
            throw Problem.at(file, lines.number(), message, e);
        }
    }

    private static EventLogHeader header(String file, Node node) {
        Fields fields = Header.EVENT_LOG.open(file, node, FILE);
        return fields.build(() -> new EventLogHeader(
                fields.text("plan_fingerprint"),
                fields.text("scenario_fingerprint"),
                fields.texts("models"),
                fields.text("policy"),
                settings(file, fields.node(SETTINGS)),
                fields.truth("decisions_recorded")));
    }

    private static Map<String, Double> settings(String file, Node node) {
        var scalars = new Scalars(file);
        if (!(node instanceof Node.Mapping mapping)) {
            throw scalars.expected(node, "key '" + SETTINGS + "'", "an object: names with numbers", "");
        }
        var settings = new LinkedHashMap<String, Double>();
        for (Node.Entry entry : mapping.entries()) {
            settings.put(entry.key(), scalars.number(entry.value(), "setting " + Problem.shown(entry.key())));
        }
        return settings;
    }

    /** Returns the first line of a log. */
    static Node.Mapping node(EventLogHeader header) {
        var settings = new NodeBuilder();
        header.settings().forEach(settings::number);
        return Header.EVENT_LOG
                .begin()
                .text("plan_fingerprint", header.planFingerprint())
                .text("scenario_fingerprint", header.scenarioFingerprint())
                .texts("models", header.models())
                .text("policy", header.policy())
                .object(SETTINGS, settings)
                .truth("decisions_recorded", header.decisionsRecorded())
                .build();
    }

    /** Returns the keys of the header, of every event and of every decision. */
    static List<Shape> shapes() {
        var shapes = new ArrayList<Shape>();
        shapes.add(FILE);
        shapes.addAll(EventFields.shapes());
        return shapes;
    }

    /**
     * Returns the arrivals of a log, and leaves out everything else.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be read or says something that is wrong
     */
    public static RecordedArrivals arrivals(Path file) {
        var times = new ArrayList<TimeList>();
        Function<EventLogHeader, Consumer<EventLogEntry>> collect = header -> {
            header.models().forEach(_ -> times.add(new TimeList()));
            return entry -> {
                if (entry.event() instanceof Event.Arrived(var request)) {
                    times.get(request.model()).add(request.arrivalMicros());
                }
            };
        };
        EventLogHeader header = read(file, collect, true);
        return new RecordedArrivals(
                header.models(), times.stream().map(TimeList::toArray).toList());
    }
}
