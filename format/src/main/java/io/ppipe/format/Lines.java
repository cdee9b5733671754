package io.ppipe.format;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** Takes one line after the other from a text that may be longer than memory. */
final class Lines {
    /** Longest line; our longest, the dispatch of a batch of a thousand requests, has 20 000 characters. */
    static final int MAX_LENGTH = 1 << 20;

    private final String file;
    private final Reader text;
    private final char[] buffer = new char[1 << 16];
    private final StringBuilder line = new StringBuilder();
    private int at;
    private int end;
    private int number;
    private boolean ended;

    Lines(String file, Reader text) {
        this.file = file;
        this.text = text;
    }

    /** Returns the next line without its end, or null when there is none. A byte-order mark is of no account. */
    @Nullable
    String next() throws IOException {
        line.setLength(0);
        ended = false;
        while (!ended && (at < end || fill())) {
            int from = at;
            while (at < end && buffer[at] != '\n') {
                at++;
            }
            line.append(buffer, from, at - from);
            if (line.length() > MAX_LENGTH) {
                throw Problem.at(
                        file,
                        number + 1,
                        "this line has more than %d characters; is it the right file?".formatted(MAX_LENGTH));
            }
            if (at < end) {
                at++;
                ended = true;
            }
        }
        if (line.isEmpty() && !ended) {
            return null;
        }
        number++;
        int length = line.length();
        boolean carriageReturn = length > 0 && line.charAt(length - 1) == '\r';
        boolean byteOrderMark = number == 1 && length > 0 && line.charAt(0) == '\ufeff';
        return line.substring(byteOrderMark ? 1 : 0, carriageReturn ? length - 1 : length);
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, text.read(buffer));
        return end > 0;
    }

    /** Returns the number of the line that was taken last, from 1. */
    int number() {
        return number;
    }

    /** Returns whether the line that was taken last had an end: the text was not cut off within it. */
    boolean ended() {
        return ended;
    }
}
