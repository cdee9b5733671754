package io.ppipe.cli;

import io.ppipe.report.Block;
import io.ppipe.report.Block.Column;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The settings of a run as a page shows them, by the names that reports have for them. */
final class SettingsTable {
    private SettingsTable() {}

    /** @param settings numbers, words, lists of them, or maps of more */
    static Block of(Map<String, Object> settings) {
        var rows = new ArrayList<List<String>>();
        add("", settings, rows);
        return new Block.Table("", List.of(Column.text("setting"), Column.text("value")), rows);
    }

    private static void add(String prefix, Map<?, ?> settings, List<List<String>> rows) {
        settings.forEach((name, value) -> {
            if (value instanceof Map<?, ?> more) {
                add(prefix + name + ".", more, rows);
            } else {
                rows.add(List.of(prefix + name, text(value)));
            }
        });
    }

    private static String text(Object value) {
        return switch (value) {
            case Double number -> Numbers.plain(number);
            case Collection<?> list when list.isEmpty() -> "none";
            case Collection<?> list -> list.stream().map(SettingsTable::text).collect(Collectors.joining(", "));
            default -> value.toString();
        };
    }
}
