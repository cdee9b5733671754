package io.ppipe.format;

import io.ppipe.model.Request;
import io.ppipe.schedule.Event;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the events and decisions of an event log. {@link EventText} writes them. */
final class EventFields {
    private static final Map<String, Shape> EVENTS = new LinkedHashMap<>();
    private static final Map<String, Shape> DECISIONS = new LinkedHashMap<>();

    static {
        event("arrived", "request", "model", "arrival_us", "deadline_us");
        event("cancelled", "request", "model");
        event("stage_finished", "batch", "stage", "start_us", "end_us");
        event("transfer_finished", "batch", "stage", "start_us", "end_us");
        event("batch_ended", "batch");
        event("vgpu_lost", "vgpu");
        event("vgpu_returned", "vgpu");
        event("plan_changed", "plan_fingerprint", "scenario_fingerprint");
        event("tick");
        decision("dispatch", "batch", "model", "pipeline", "first_stage", "requests", "stages", "transfers");
        decision("reject", "request", "cause");
        decision("expire", "request");
        decision("abort", "batch");
    }

    private EventFields() {}

    private static void event(String name, String... keys) {
        var all = new ArrayList<>(List.of("at_us", "event"));
        all.addAll(List.of(keys));
        all.add("decisions");
        EVENTS.put(name, new Shape("the event '" + name + "'", all));
    }

    private static void decision(String name, String... keys) {
        var all = new ArrayList<>(List.of("decision"));
        all.addAll(List.of(keys));
        DECISIONS.put(name, new Shape("the decision '" + name + "'", all));
    }

    /** Returns the keys of every kind of event and decision. */
    static List<Shape> shapes() {
        var shapes = new ArrayList<>(EVENTS.values());
        shapes.addAll(DECISIONS.values());
        return shapes;
    }

    /**
     * Reads one line. Returns nothing for a change of the plan, of which the log holds only the fingerprint.
     *
     * @param models how many there are
     * @param leastMicros time of the line before
     */
    static Optional<EventLogEntry> entry(String file, int line, Node node, int models, long leastMicros) {
        Fields fields = Fields.variant(file, node, "this line", "event", EVENTS);
        long atMicros = fields.wholeLong("at_us", 0);
        if (atMicros < leastMicros) {
            throw fields.problem(
                    "key 'at_us' (%d) must be at least %d, the time of the event before; time does not go back"
                            .formatted(atMicros, leastMicros));
        }
        List<String> decisions =
                fields.has("decisions") ? fields.list("decisions", item -> decision(file, item)) : List.of();
        return event(fields, models).map(event -> new EventLogEntry(line, atMicros, event, decisions));
    }

    private static Optional<Event> event(Fields fields, int models) {
        String kind = fields.text("event");
        if (kind.equals("plan_changed")) {
            fields.text("plan_fingerprint");
            fields.text("scenario_fingerprint");
            return Optional.empty();
        }
        return Optional.of(event(kind, fields, models));
    }

    private static Event event(String kind, Fields fields, int models) {
        return switch (kind) {
            case "arrived" -> new Event.Arrived(request(fields, models));
            case "cancelled" -> new Event.Cancelled(fields.wholeLong("request", 0), fields.index("model", models));
            case "stage_finished" ->
                new Event.StageFinished(
                        fields.wholeLong("batch", 0), stage(fields), start(fields), end(fields, "start_us", "end_us"));
            case "transfer_finished" ->
                new Event.TransferFinished(
                        fields.wholeLong("batch", 0), stage(fields), start(fields), end(fields, "start_us", "end_us"));
            case "batch_ended" -> new Event.BatchEnded(fields.wholeLong("batch", 0));
            case "vgpu_lost" -> new Event.VgpuLost(vgpu(fields));
            case "vgpu_returned" -> new Event.VgpuReturned(vgpu(fields));
            case "tick" -> new Event.Tick();
            default -> throw new AssertionError("An event has a shape, but is not read.");
        };
    }

    private static Request request(Fields fields, int models) {
        return new Request(
                fields.wholeLong("request", 0),
                fields.index("model", models),
                fields.wholeLong("arrival_us", 0),
                end(fields, "arrival_us", "deadline_us"));
    }

    private static int vgpu(Fields fields) {
        return fields.whole("vgpu", 0, Integer.MAX_VALUE);
    }

    private static int stage(Fields fields) {
        return fields.whole("stage", 0, Integer.MAX_VALUE);
    }

    private static long start(Fields fields) {
        return fields.wholeLong("start_us", 0);
    }

    private static long end(Fields fields, String startKey, String endKey) {
        long start = fields.wholeLong(startKey);
        long end = fields.wholeLong(endKey);
        if (end < start) {
            throw fields.problem(
                    endKey, "key '%s' (%d) must be at least '%s' (%d)".formatted(endKey, end, startKey, start));
        }
        return end;
    }

    /** Checks a decision, and returns it as it is written. */
    private static String decision(String file, Node node) {
        Fields fields = Fields.variant(file, node, "an item of 'decisions'", "decision", DECISIONS);
        switch (fields.text("decision")) {
            case "dispatch" -> {
                fields.wholeLong("batch", 0);
                fields.whole("model", 0, Integer.MAX_VALUE);
                fields.whole("pipeline", 0, Integer.MAX_VALUE);
                fields.whole("first_stage", 0, Integer.MAX_VALUE);
                fields.wholeLongs("requests");
                rows(fields, "stages", 3, "vGPU, start, end");
                rows(fields, "transfers", 4, "from server, to server, start, end");
            }
            case "reject" -> {
                fields.wholeLong("request", 0);
                fields.choice("cause", Words.CAUSES);
            }
            case "expire" -> fields.wholeLong("request", 0);
            case "abort" -> fields.wholeLong("batch", 0);
            default -> throw new AssertionError("A decision has a shape, but is not read.");
        }
        return JsonPrinter.onOneLine(node);
    }

    private static void rows(Fields fields, String key, int numbers, String meaning) {
        for (List<Long> row : fields.wholeLongRows(key)) {
            if (row.size() != numbers) {
                throw fields.problem(
                        key,
                        "a row of '%s' has %d numbers, it must have %d: %s"
                                .formatted(key, row.size(), numbers, meaning));
            }
        }
    }
}
