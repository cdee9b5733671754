package io.ppipe.format;

import java.util.Map;

/** One JSON object on one line, for logs and for programs that read one after another. */
public final class JsonLine {
    private JsonLine() {}

    /** Returns the fields in their order; values are numbers, texts, booleans, null, lists and maps of such. */
    public static String of(Map<String, ?> fields) {
        return JsonPrinter.onOneLine(ReportFile.object(fields).build());
    }
}
