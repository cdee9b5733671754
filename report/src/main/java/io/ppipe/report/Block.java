package io.ppipe.report;

import java.util.HashSet;
import java.util.List;

/** A part of an {@link HtmlReport}'s section. All texts are plain: markup in them is shown, not obeyed. */
public sealed interface Block {
    /** A paragraph of prose. */
    record Paragraph(String text) implements Block {}

    /** Text that keeps its line breaks, in a fixed-width font, such as a command's output or a configuration. */
    record Verbatim(String text) implements Block {}

    /** The numbers that a reader looks for first, as a row of tiles. */
    record KeyFigures(List<KeyFigure> figures) implements Block {
        public KeyFigures {
            figures = List.copyOf(figures);
        }
    }

    /**
     * One tile.
     *
     * @param label what is measured
     * @param value the number with its unit
     * @param note what to hold it against, or how it was measured; may be empty
     */
    record KeyFigure(String label, String value, String note) {
        public KeyFigure(String label, String value) {
            this(label, value, "");
        }
    }

    /**
     * A table that a reader can sort by clicking on a column's title.
     *
     * @param caption what stands above it; may be empty
     * @param columns different titles, from left to right; at least one
     * @param rows one cell per column each
     */
    record Table(String caption, List<Column> columns, List<List<String>> rows) implements Block {
        public Table {
            columns = List.copyOf(columns);
            rows = rows.stream().map(List::copyOf).toList();
            if (columns.isEmpty()) {
                throw new IllegalArgumentException("Table %s has no columns.".formatted(caption));
            }
            if (new HashSet<>(columns.stream().map(Column::title).toList()).size() < columns.size()) {
                throw new IllegalArgumentException("Table has two columns of one title: " + columns);
            }
            for (List<String> row : rows) {
                if (row.size() != columns.size()) {
                    throw new IllegalArgumentException(
                            "Table row %s has %d cells for %d columns.".formatted(row, row.size(), columns.size()));
                }
            }
        }
    }

    /**
     * A column of a table.
     *
     * @param title with the unit, if it has one
     * @param isNumeric whether its cells begin with a number: aligned to the right and sorted by value
     */
    record Column(String title, boolean isNumeric) {
        /** A column of words. */
        public static Column text(String title) {
            return new Column(title, false);
        }

        /** A column of numbers. */
        public static Column number(String title) {
            return new Column(title, true);
        }
    }

    /**
     * A chart.
     *
     * @param caption how to read it; may be empty
     */
    record Picture(Chart chart, String caption) implements Block {}

    /** Blocks that are shown when the reader opens them by clicking on the summary. */
    record Details(String summary, List<Block> blocks) implements Block {
        public Details {
            blocks = List.copyOf(blocks);
        }
    }
}
