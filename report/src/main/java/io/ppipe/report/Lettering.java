package io.ppipe.report;

import io.ppipe.model.BadInputException;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.util.ArrayList;
import java.util.List;

/** The sizes of text in a chart, and how much room a text takes. */
enum Lettering {
    TITLE(Font.BOLD, 16),
    AXIS_TITLE(Font.PLAIN, 13),
    LABEL(Font.PLAIN, 12),
    SMALL(Font.PLAIN, 10);

    private static final FontRenderContext SCREEN = new FontRenderContext(null, true, true);

    private final int style;
    private final int size;

    Lettering(int style, int size) {
        this.style = style;
        this.size = size;
    }

    boolean isBold() {
        return style == Font.BOLD;
    }

    /** Returns the font size in pixels. */
    int size() {
        return size;
    }

    Font font() {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /**
     * Returns the width in pixels in Java's sans-serif font. A browser may pick another one; on Linux Java's is DejaVu,
     * which is wider than nearly all.
     */
    double widthOf(String text) {
        try {
            return font().getStringBounds(text, SCREEN).getWidth();
        } catch (LinkageError | InternalError | RuntimeException e) { // each of them, depending on what is missing
            throw new BadInputException(
                    "Charts cannot be drawn: this Java finds no fonts (%s). Install some, for example apt-get install fontconfig fonts-dejavu-core."
                            .formatted(e),
                    e);
        }
    }

    /** Returns the text, or its begin and an ellipsis if it is wider than {@code width} pixels. */
    String fitted(String text, double width) {
        if (widthOf(text) <= width) {
            return text;
        }
        int length = text.length();
        while (length > 0 && widthOf(text.substring(0, length) + "…") > width) {
            length = text.offsetByCodePoints(length, -1);
        }
        return text.substring(0, length) + "…";
    }

    /** Returns the text in lines at most {@code width} pixels wide, broken at spaces. */
    List<String> wrapped(String text, double width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            if (!line.isEmpty() && widthOf(line + " " + word) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
