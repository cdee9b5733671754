package io.ppipe.cli;

import java.util.ArrayList;
import java.util.List;

/** A fixed-width table for terminals. A heading that begins with {@code >} makes its column right-aligned. */
final class TextTable {
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] right;

    TextTable(String... headings) {
        right = new boolean[headings.length];
        var names = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            names[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(names);
    }

    void row(String... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException("%d cells for %d columns.".formatted(cells.length, right.length));
        }
        rows.add(cells.clone());
    }

    @Override
    public String toString() {
        var widths = new int[right.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            var line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String cell = rows.get(r)[i];
                String pad = " ".repeat(widths[i] - cell.length());
                line.append(i == 0 ? "  " : "   ").append(right[i] ? pad + cell : cell + pad);
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
            if (r == 0) {
                var rule = new StringBuilder();
                for (int width : widths) {
                    rule.append(rule.isEmpty() ? "  " : "   ").append("-".repeat(width));
                }
                text.append(rule).append(System.lineSeparator());
            }
        }
        return text.toString();
    }
}
