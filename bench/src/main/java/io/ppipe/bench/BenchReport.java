package io.ppipe.bench;

import io.ppipe.format.ReportFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A benchmark's JSON report. It is written again with every row, so that one that is stopped leaves what it has found. */
final class BenchReport {
    private final @Nullable Path file;
    private final Map<String, @Nullable Object> head = new LinkedHashMap<>();
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();

    /** @param file where to write; null = nowhere */
    BenchReport(String benchmark, @Nullable Path file) {
        this.file = file;
        head.put("kind", "bench-" + benchmark);
        head.put("processors", Runtime.getRuntime().availableProcessors());
        head.put("java", Runtime.version().toString());
    }

    /** Says something of all rows. */
    BenchReport with(String key, Object value) {
        head.put(key, value);
        return this;
    }

    /** Writes it without rows, so that a file that can't be written is noticed before the work. */
    BenchReport begun() {
        write(false);
        return this;
    }

    void row(Map<String, @Nullable Object> row) {
        rows(List.of(row));
    }

    /** Adds rows that belong together: whoever reads the file finds all of them or none. */
    void rows(List<Map<String, @Nullable Object>> together) {
        rows.addAll(together);
        write(false);
    }

    /** Adds rows that the file has already. It is written with the next one. */
    void known(List<Map<String, @Nullable Object>> known) {
        rows.addAll(known);
    }

    void complete() {
        write(true);
    }

    private void write(boolean complete) {
        if (file != null) {
            var report = new LinkedHashMap<>(head);
            report.put("complete", complete);
            report.put("rows", rows);
            ReportFile.write(report, file);
        }
    }
}
