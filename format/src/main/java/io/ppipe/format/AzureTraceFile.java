package io.ppipe.format;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads a trace in the layout of the Azure Functions Invocation Trace 2021: a line of column names
 * {@code app,func,end_timestamp,duration}, then a row for each invocation, in any order, with times in seconds. The
 * original has two million rows in 300 MB and takes a few seconds.
 */
public final class AzureTraceFile {
    private static final String COLUMNS = "app,func,end_timestamp,duration";
    private static final long MAX_BYTES = 4L << 30;

    /** 300 years; microseconds in a double are exact. */
    private static final double MAX_SECONDS = 1e10;

    private AzureTraceFile() {}

    /**
     * Returns when each invocation started, in microseconds, in the order of the file: its end less its duration.
     *
     * @throws io.ppipe.model.BadInputException when the file can't be read, is something else, or holds no invocation
     */
    public static long[] startMicros(Path file) {
        String name = file.toString();
        return InputText.read(file, MAX_BYTES, text -> startMicros(name, new Lines(name, text)));
    }

    private static long[] startMicros(String file, Lines lines) throws IOException {
        String columns = lines.next();
        if (columns == null) {
            throw Problem.of(file, "this file is empty; its first line must be '%s'".formatted(COLUMNS));
        }
        if (!columns.replace(" ", "").equals(COLUMNS)) {
            throw Problem.at(
                    file, 1, "the first line must be '%s', found %s".formatted(COLUMNS, Problem.shown(columns)));
        }
        var starts = new TimeList();
        int rows = 0;
        for (String row = lines.next(); row != null; row = lines.next()) {
            if (!row.isBlank()) {
                starts.add(startMicros(file, lines.number(), row));
                rows++;
            }
        }
        if (rows == 0) {
            throw Problem.at(file, 1, "no invocation stands below the column names");
        }
        return starts.toArray();
    }

    private static long startMicros(String file, int line, String row) {
        int func = row.indexOf(',') + 1;
        int end = row.indexOf(',', func) + 1;
        int duration = row.indexOf(',', end) + 1;
        if (func == 0 || end == 0 || duration == 0 || row.indexOf(',', duration) >= 0) {
            throw Problem.at(
                    file,
                    line,
                    "this row has %d cells, the first line names 4 columns (%s)"
                            .formatted(row.chars().filter(c -> c == ',').count() + 1, COLUMNS));
        }
        double endSeconds = seconds(file, line, "end_timestamp", row.substring(end, duration - 1), -MAX_SECONDS);
        double durationSeconds = seconds(file, line, "duration", row.substring(duration), 0);
        return Math.round((endSeconds - durationSeconds) * 1e6);
    }

    private static double seconds(String file, int line, String column, String cell, double least) {
        String what = "column '" + column + "'";
        String number = cell.strip();
        double seconds = isPlain(number)
                ? Double.parseDouble(number)
                : new Scalars(file).number(node(line, number), what); // also says what is wrong with it
        if (!(seconds >= least && seconds <= MAX_SECONDS)) {
            throw Problem.at(
                    file, line, "%s (%s s) must be from %.0f to %.0f s".formatted(what, number, least, MAX_SECONDS));
        }
        return seconds;
    }

    private static Node node(int line, String cell) {
        boolean numeral = !cell.isEmpty() && "-+.0123456789".indexOf(cell.charAt(0)) >= 0;
        return numeral ? new Node.Numeral(line, cell) : new Node.Text(line, cell);
    }

    /** Returns whether a cell is digits with at most one point between them, as nearly all are. */
    private static boolean isPlain(String cell) {
        int points = 0;
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c == '.' && i > 0) {
                points++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return !cell.isEmpty() && points <= 1 && cell.length() <= 40;
    }
}
