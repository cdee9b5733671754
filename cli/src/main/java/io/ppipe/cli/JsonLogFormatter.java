package io.ppipe.cli;

import io.ppipe.format.JsonLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Log records as JSON, one object on one line. A message of the form {@code event=missed request={0} ...} becomes fields, with
 * the parameters as they are; any other is the field {@code message}.
 */
final class JsonLogFormatter extends Formatter {
    /** A field of a message: its value is the text up to the next blank, or a parameter. */
    private static final Pattern FIELD = Pattern.compile("(\\w+)=(?:\\{(\\d+)(?:,[^}]*)?}|(\\S+))(?: |$)");

    @Override
    public String format(LogRecord line) {
        var fields = head(line);
        Map<String, Object> said = fields(line);
        if (said.isEmpty()) {
            fields.put("message", formatMessage(line));
        } else {
            fields.putAll(said);
        }
        if (line.getThrown() != null) {
            var trace = new StringWriter();
            line.getThrown().printStackTrace(new PrintWriter(trace));
            fields.put("error", trace.toString());
        }
        return JsonLine.of(fields) + System.lineSeparator();
    }

    private static Map<String, Object> head(LogRecord line) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("at", line.getInstant().toString());
        fields.put("level", line.getLevel().getName());
        fields.put("logger", String.valueOf(line.getLoggerName()));
        return fields;
    }

    /** Returns the fields of a message that consists of fields alone; else none. */
    private static Map<String, Object> fields(LogRecord line) {
        var fields = new LinkedHashMap<String, Object>();
        String message = String.valueOf(line.getMessage());
        Matcher field = FIELD.matcher(message);
        int end = 0;
        while (field.find() && field.start() == end) {
            fields.put(field.group(1), value(line, field));
            end = field.end();
        }
        return end == message.length() ? fields : Map.of();
    }

    private static Object value(LogRecord line, Matcher field) {
        Object[] parameters = line.getParameters();
        int index = field.group(2) == null ? -1 : Integer.parseInt(field.group(2));
        if (index < 0 || parameters == null || index >= parameters.length) {
            return String.valueOf(field.group(3));
        }
        return parameters[index] instanceof Long whole ? whole : String.valueOf(parameters[index]);
    }
}
