package io.ppipe.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A fixed-width table for terminals, printed whole, or row by row where a row takes long. A heading that begins with
 * {@code >} makes its column right-aligned.
 */
public final class TextTable {
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] right;
    private final int[] widths;

    public TextTable(String... headings) {
        right = new boolean[headings.length];
        widths = new int[headings.length];
        var names = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            names[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        add(names);
    }

    private void add(String[] cells) {
        widen(cells);
        rows.add(cells);
    }

    private void widen(String[] cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException("%d cells for %d columns.".formatted(cells.length, right.length));
        }
        for (int i = 0; i < cells.length; i++) {
            widths[i] = Math.max(widths[i], cells[i].length());
        }
    }

    /** Adds a row at the end. */
    public void row(String... cells) {
        add(cells.clone());
    }

    /** Makes room for cells as wide as these, so that rows can be printed before the later ones are known. */
    public TextTable fitting(String... widestCells) {
        widen(widestCells);
        return this;
    }

    /** Returns the headings and the rule below them, two lines. */
    public String heading() {
        var rule = new StringBuilder();
        for (int width : widths) {
            rule.append(rule.isEmpty() ? "  " : "   ").append("-".repeat(width));
        }
        return line(rows.getFirst()) + rule + System.lineSeparator();
    }

    /** Adds a row and returns its line. */
    public String rowLine(String... cells) {
        row(cells);
        return line(rows.getLast());
    }

    private String line(String[] cells) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String pad = " ".repeat(widths[i] - cells[i].length());
            line.append(i == 0 ? "  " : "   ").append(right[i] ? pad + cells[i] : cells[i] + pad);
        }
        return line.toString().stripTrailing() + System.lineSeparator();
    }

    @Override
    public String toString() {
        var text = new StringBuilder(heading());
        rows.stream().skip(1).map(this::line).forEach(text::append);
        return text.toString();
    }
}
