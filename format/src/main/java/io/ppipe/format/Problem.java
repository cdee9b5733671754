package io.ppipe.format;

import io.ppipe.model.BadInputException;

/** Words a problem of a file: always one line, however odd the file. */
final class Problem {
    /** Longest piece of a file that a message repeats. */
    private static final int MAX_SHOWN = 60;

    /** Longest message: a few hundred characters fit what a person reads; the rest would be the file's, not ours. */
    private static final int MAX_MESSAGE = 1_000;

    private Problem() {}

    /** Returns the exception for a problem of a whole file. */
    static BadInputException of(String file, String message) {
        return new BadInputException(oneLine(file + ": " + message));
    }

    /** Returns the exception for a problem of a whole file that another exception tells of. */
    static BadInputException of(String file, String message, Throwable cause) {
        return new BadInputException(oneLine(file + ": " + message), cause);
    }

    /** Returns the exception for a problem at a line, counted from 1. */
    static BadInputException at(String file, int line, String message) {
        return new BadInputException(oneLine(file + ":" + line + ": " + message));
    }

    /** Returns the exception for a problem at a line that another exception tells of. */
    static BadInputException at(String file, int line, String message, Throwable cause) {
        return new BadInputException(oneLine(file + ":" + line + ": " + message), cause);
    }

    /** Returns a piece of a file as a message repeats it: quoted, and shortened when it is long. */
    static String shown(String piece) {
        return "'" + shortened(piece, MAX_SHOWN) + "'";
    }

    private static String oneLine(String message) {
        var line = new StringBuilder(message.length());
        shortened(message, MAX_MESSAGE).codePoints().forEach(c -> {
            if (isPrintable(c)) {
                line.appendCodePoint(c);
            } else {
                line.append("\\u%04x".formatted(c));
            }
        });
        return line.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }
}
