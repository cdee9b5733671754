package io.ppipe.report;

import io.ppipe.report.Drawing.Anchor;
import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Text;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands above the data: the title and the legend, both wrapped to the width, so that neither is ever cut off or
 * covers data.
 *
 * @param height pixels that the marks take
 */
record Header(List<Mark> marks, int height) {
    static final int MARGIN = 12;

    /** The line that targets are drawn with, here and in the data. */
    static final BasicStroke DASHES =
            new BasicStroke(1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {6, 4}, 0);

    private static final int SWATCH = 12;
    private static final int LINE_SWATCH = 26;
    private static final int GAP = 6;
    private static final int ENTRY_GAP = 18;
    private static final int TITLE_LINE = 21;
    private static final int LEGEND_LINE = 19;

    Header {
        marks = List.copyOf(marks);
    }

    /** An entry of the legend. */
    sealed interface Entry {
        String name();
    }

    record BoxEntry(String name, Color color) implements Entry {}

    record LineEntry(String name, Color color, Symbol symbol) implements Entry {}

    record TargetEntry(String name) implements Entry {}

    static Header of(String title, List<? extends Entry> legend, int width) {
        var marks = new ArrayList<Mark>();
        double baseline = MARGIN + Lettering.TITLE.size() - 2;
        for (String line : Lettering.TITLE.wrapped(title, width - 2 * MARGIN)) {
            marks.add(new Text(line, MARGIN, baseline, Anchor.START, Lettering.TITLE, Palette.INK));
            baseline += TITLE_LINE;
        }
        double x = MARGIN;
        for (Entry entry : legend) {
            int swatch = entry instanceof BoxEntry ? SWATCH : LINE_SWATCH;
            double room = width - 2 * MARGIN - swatch - GAP;
            String name = Lettering.LABEL.fitted(entry.name(), room);
            double wide = swatch + GAP + Lettering.LABEL.widthOf(name);
            if (x > MARGIN && x + wide > width - MARGIN) {
                x = MARGIN;
                baseline += LEGEND_LINE;
            }
            swatch(entry, x, baseline - 4, marks);
            marks.add(new Text(name, x + swatch + GAP, baseline, Anchor.START, Lettering.LABEL, Palette.INK));
            x += wide + ENTRY_GAP;
        }
        return new Header(marks, (int) Math.ceil(legend.isEmpty() ? baseline - 8 : baseline + GAP));
    }

    private static void swatch(Entry entry, double x, double middle, List<Mark> marks) {
        switch (entry) {
            case BoxEntry(String _, Color color) ->
                marks.add(new Fill(new Rectangle2D.Double(x, middle - SWATCH / 2.0, SWATCH, SWATCH), color));
            case LineEntry(String _, Color color, Symbol symbol) -> {
                marks.add(new Line(across(x, middle), color, Symbol.STROKE));
                marks.add(new Fill(symbol.at(x + LINE_SWATCH / 2.0, middle), color));
            }
            case TargetEntry _ -> marks.add(new Line(across(x, middle), Palette.TARGET, DASHES));
        }
    }

    private static Shape across(double x, double middle) {
        return new Line2D.Double(x, middle, x + LINE_SWATCH, middle);
    }
}
