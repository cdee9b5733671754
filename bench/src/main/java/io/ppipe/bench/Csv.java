package io.ppipe.bench;

import io.ppipe.format.CsvTable;
import io.ppipe.model.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads CSV files whose columns are found by name. */
final class Csv {
    private Csv() {}

    /** Returns the rows below the columns' names. */
    static List<Row> read(Path file) {
        return readIfPresent(file)
                .orElseThrow(() -> new BadInputException("%s: there is no such file.".formatted(file)));
    }

    /** Returns nothing when there is no such file. */
    static Optional<List<Row>> readIfPresent(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        CsvTable table = CsvTable.read(file);
        return Optional.of(table.rows().stream()
                .map(row -> new Row(file, row.line(), table.columns(), row.cells()))
                .toList());
    }

    /**
     * One row.
     *
     * @param headings names of the columns; what a name explains in parentheses does not belong to it
     */
    record Row(Path file, int line, List<String> headings, List<String> cells) {
        /** Returns whether there is such a column. */
        boolean has(String column) {
            return index(column) >= 0;
        }

        private int index(String column) {
            for (int i = 0; i < headings.size(); i++) {
                if (headings.get(i).equals(column) || headings.get(i).startsWith(column + "(")) {
                    return i;
                }
            }
            return -1;
        }

        /** Returns a cell's text, which may be empty. */
        String text(String column) {
            int index = index(column);
            if (index < 0) {
                throw new BadInputException(
                        "%s:1: column %s is missing; there are %s.".formatted(file, column, headings));
            }
            return cells.get(index);
        }

        /** Returns a cell's number, 0 or more. */
        double number(String column) {
            try {
                double number = Double.parseDouble(text(column));
                if (number >= 0 && number < Double.POSITIVE_INFINITY) { // false for NaN
                    return number;
                }
            } catch (NumberFormatException e) { // the message says all that it knows
                throw wrong(column, "a number of at least 0");
            }
            throw wrong(column, "a number of at least 0");
        }

        /** Returns a cell's whole number. */
        int whole(String column, int least) {
            double number = number(column);
            if (number != Math.rint(number) || number < least || number > Integer.MAX_VALUE) {
                throw wrong(column, "a whole number of at least " + least);
            }
            return (int) number;
        }

        /** Returns what is wrong with a cell: its value, and what is right. */
        BadInputException wrong(String column, String right) {
            return new BadInputException(
                    "%s:%d: %s ('%s') must be %s.".formatted(file, line, column, text(column), right));
        }

        /** Returns what is wrong with this row, in words. */
        BadInputException wrong(String message) {
            return new BadInputException("%s:%d: %s".formatted(file, line, message));
        }
    }
}
