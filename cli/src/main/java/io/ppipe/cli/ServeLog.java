package io.ppipe.cli;

import io.ppipe.format.JsonLine;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What {@code ppipe serve} says of itself, on standard output: lines for people, or one JSON object for each event. What is
 * logged on standard error, of requests that were not answered in time too, takes the same form.
 */
final class ServeLog {
    /** {@code --log-format}. */
    enum Format {
        TEXT,
        JSON
    }

    /** Kept, or the level that is set on it would be lost with it. */
    private static final Logger REQUESTS = Logger.getLogger("io.ppipe.requests");

    private final Format format;
    private final PrintWriter out;

    ServeLog(Format format, PrintWriter out) {
        this.format = format;
        this.out = out;
    }

    /** Shows requests that were not answered in time, and gives all that is logged the form of this. */
    void take() {
        REQUESTS.setLevel(Level.INFO);
        if (format == Format.JSON) {
            var formatter = new JsonLogFormatter();
            Handler[] handlers = Logger.getLogger("").getHandlers();
            Arrays.stream(handlers).forEach(handler -> handler.setFormatter(formatter));
        }
    }

    /**
     * Says that something happened.
     *
     * @param text for people, one or several lines
     */
    void event(String name, Map<String, ?> fields, String text) {
        if (format == Format.TEXT) {
            out.println(text);
        } else {
            var all = new LinkedHashMap<String, Object>();
            all.put("at", Instant.now().toString());
            all.put("level", "INFO");
            all.put("logger", "io.ppipe.serve");
            all.put("event", name);
            all.putAll(fields);
            out.println(JsonLine.of(all));
        }
        out.flush();
    }
}
