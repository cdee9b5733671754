package io.ppipe.format;

import java.nio.file.Path;
import java.util.Map;

/** Writes reports: {@code format: report}, then whatever the command measured. */
public final class ReportFile {
    private static final int VERSION = 1;

    private ReportFile() {}

    /**
     * Writes a report as JSON, whole or not at all.
     *
     * @param report keys with unit suffixes, in the order to write them; numbers, texts, booleans, lists and maps
     */
    public static void write(Path file, Map<String, Object> report) {
        Map<String, Object> tree = Writer.file("report", VERSION);
        tree.putAll(report);
        AtomicFile.write(file, Writer.json(tree));
    }
}
