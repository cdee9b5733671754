package io.ppipe.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * A picture as a list of marks, the later over the earlier: what {@link SvgWriter} writes and {@link PngPainter} paints.
 * Lengths are pixels of a screen at its normal scale.
 *
 * @param title what a screen reader says it is
 */
record Drawing(String title, int width, int height, List<Mark> marks) {
    Drawing {
        marks = List.copyOf(marks);
    }

    /** One thing on the paper. */
    sealed interface Mark {}

    /** @param tooltip what a pointer that rests on it is told, or "" */
    record Fill(Shape shape, Color color, String tooltip) implements Mark {
        Fill(Shape shape, Color color) {
            this(shape, color, "");
        }
    }

    record Line(Shape shape, Color color, BasicStroke stroke) implements Mark {}

    /**
     * @param y of the base line
     * @param slant how far it is turned around its anchor so that it rises, in degrees
     */
    record Text(String text, double x, double y, Anchor anchor, int slant, Lettering lettering, Color color)
            implements Mark {
        Text(String text, double x, double y, Anchor anchor, Lettering lettering, Color color) {
            this(text, x, y, anchor, 0, lettering, color);
        }
    }

    /** Marks of which only what lies in a window is seen. */
    record Window(Rectangle2D bounds, List<Mark> marks) implements Mark {
        Window {
            marks = List.copyOf(marks);
        }
    }

    enum Anchor {
        START,
        MIDDLE,
        END
    }
}
