package io.ppipe.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes reports: {@code format: report}, then whatever the command measured. */
public final class ReportFile {
    private static final int VERSION = 1;

    private ReportFile() {}

    /**
     * Writes a report as JSON, whole or not at all.
     *
     * @param report keys with unit suffixes, in the order to write them; values are numbers, texts, booleans, null, lists
     *     and maps of such
     * @throws io.ppipe.model.BadInputException when the file cannot be written
     */
    public static void write(Map<String, ?> report, Path file) {
        NodeBuilder root = new NodeBuilder().text("format", "report").whole("version", VERSION);
        report.forEach((key, value) -> add(root, key, value));
        OutputText.json(root.build(), file);
    }

    private static void add(NodeBuilder to, String key, @Nullable Object value) {
        switch (value) {
            case null -> to.nothing(key);
            case String text -> to.text(key, text);
            case Boolean truth -> to.truth(key, truth);
            case Long whole -> to.whole(key, whole);
            case Integer whole -> to.whole(key, whole);
            case Number number -> to.number(key, number.doubleValue());
            case Map<?, ?> map -> to.object(key, object(map));
            case List<?> list -> to.list(key, list, ReportFile::item);
            default ->
                throw new IllegalArgumentException(
                        "Report key %s has a value of %s, which no report holds.".formatted(key, value.getClass()));
        }
    }

    static NodeBuilder object(Map<?, ?> map) {
        var object = new NodeBuilder();
        map.forEach((key, value) -> add(object, (String) key, value));
        return object;
    }

    private static Node item(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return object(map).build();
        }
        var holder = new NodeBuilder();
        add(holder, "item", value);
        return holder.build().entry("item").orElseThrow().value();
    }
}
