package io.ppipe.format;

import io.ppipe.model.BadInputException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A CSV file: a line of column names, then rows of as many cells. Cells are separated by commas and never quoted; spaces
 * around them, empty lines and a byte-order mark are of no account.
 *
 * @param file the file as problems name it
 */
public record CsvTable(String file, List<String> columns, List<Row> rows) {
    private static final Pattern NUMBER_LIKE = Pattern.compile("[-+]?([.0-9]).*|[-+]?(?i:nan|inf|infinity)");

    /** @param line where it stands, from 1 */
    public record Row(int line, List<String> cells) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    public CsvTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** @throws BadInputException when the file can't be read, is empty, or a row has another number of cells */
    public static CsvTable read(Path path) {
        String file = path.toString();
        List<Row> lines = InputText.read(path, NodeReader.MAX_GENERATED_BYTES, text -> lines(text.readAllAsString()));
        if (lines.isEmpty()) {
            throw Problem.of(file, "this file is empty; its first line must name the columns");
        }
        List<String> columns = lines.getFirst().cells();
        for (Row row : lines) {
            if (row.cells().size() != columns.size()) {
                throw Problem.at(
                        file,
                        row.line(),
                        "%d cells in this row, the first line names %d columns"
                                .formatted(row.cells().size(), columns.size()));
            }
        }
        return new CsvTable(file, columns, lines.subList(1, lines.size()));
    }

    private static List<Row> lines(String text) {
        var rows = new ArrayList<Row>();
        List<String> lines =
                (text.startsWith("\ufeff") ? text.substring(1) : text).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                rows.add(new Row(
                        i + 1,
                        Arrays.stream(lines.get(i).split(",", -1))
                                .map(String::strip)
                                .toList()));
            }
        }
        return rows;
    }

    /** Refuses other columns than these. */
    void requireColumns(List<String> wanted) {
        if (!columns.equals(wanted)) {
            throw Problem.at(
                    file,
                    1,
                    "the first line must be %s, found %s"
                            .formatted(
                                    Problem.shown(String.join(",", wanted)), Problem.shown(String.join(",", columns))));
        }
    }

    /** Returns the rows in the order of the numbers in their first cells, which must be 0, 1, 2 … each once. */
    List<Row> numbered() {
        String what = columns.getFirst();
        var byNumber = new TreeMap<Integer, Row>();
        for (Row row : rows) {
            int number = (int) whole(row, 0, 0, Integer.MAX_VALUE);
            Row before = byNumber.put(number, row);
            if (before != null) {
                throw problem(row, "%s %d is there twice, first in line %d".formatted(what, number, before.line()));
            }
        }
        int next = 0;
        for (var entry : byNumber.entrySet()) {
            if (entry.getKey() != next) {
                throw problem(
                        entry.getValue(),
                        "%s %d is missing; this row has %d, and rows are numbered from 0 without a gap"
                                .formatted(what, next, entry.getKey()));
            }
            next++;
        }
        return List.copyOf(byNumber.values());
    }

    String text(Row row, int column) {
        return row.cells().get(column);
    }

    /** Returns the whole number in a cell. */
    long whole(Row row, int column, long least, long most) {
        return new Scalars(file).whole(cell(row, column), what(column), least, most);
    }

    /** Returns the microseconds in a cell, rounded half up to whole ones, at least 1. */
    long micros(Row row, int column) {
        BigDecimal exact = new Scalars(file).decimal(cell(row, column), what(column));
        if (exact.signum() <= 0) {
            throw problem(row, "%s (%s) must be above 0: a latency in microseconds".formatted(what(column), exact));
        }
        BigDecimal rounded = exact.setScale(0, RoundingMode.HALF_UP).max(BigDecimal.ONE);
        if (rounded.toBigInteger().bitLength() > 63) {
            throw problem(row, "%s (%s) is out of range; latencies are in microseconds".formatted(what(column), exact));
        }
        return rounded.longValueExact();
    }

    private Node cell(Row row, int column) {
        String cell = text(row, column);
        return NUMBER_LIKE.matcher(cell).matches()
                ? new Node.Numeral(row.line(), cell)
                : new Node.Text(row.line(), cell);
    }

    private String what(int column) {
        return "column '" + columns.get(column) + "'";
    }

    BadInputException problem(Row row, String message) {
        return Problem.at(file, row.line(), message);
    }

    /** Returns a problem of the file's end: something should go on there, or should have ended before. */
    BadInputException problemAtEnd(String message) {
        return Problem.at(file, rows.isEmpty() ? 1 : rows.getLast().line(), message);
    }
}
