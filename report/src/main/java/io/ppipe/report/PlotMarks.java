package io.ppipe.report;

import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Window;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What the library drew: axes and grid, and a window with the data. Finds the mark of each datum again, which the library
 * does not tell: inside the window they come in the order of the data, each in the colour of its series.
 *
 * @param axes what lies under the data
 * @param plot where the data lie
 * @param data bars or points with their tooltips, and what else is in the window
 */
record PlotMarks(List<Mark> axes, Rectangle2D plot, List<Mark> data) {
    PlotMarks {
        axes = List.copyOf(axes);
        data = List.copyOf(data);
    }

    /** @param color of the mark that it belongs to */
    record Tip(Color color, String text) {}

    /** @param tips one for each datum, in the order in which they are drawn */
    static PlotMarks of(List<Mark> drawn, List<Tip> tips) {
        var axes = new ArrayList<Mark>();
        var windows = new ArrayList<Window>();
        for (Mark mark : drawn) {
            if (mark instanceof Window window) {
                windows.add(window);
            } else {
                axes.add(mark);
            }
        }
        if (windows.size() != 1) {
            throw new AssertionError("A plot has one window, not %d.".formatted(windows.size()));
        }
        Window window = windows.getFirst();
        return new PlotMarks(axes, window.bounds(), told(window.marks(), new ArrayDeque<>(tips)));
    }

    private static List<Mark> told(List<Mark> marks, Deque<Tip> tips) {
        var told = new ArrayList<Mark>();
        for (Mark mark : marks) {
            Tip next = tips.peek();
            if (next != null && mark instanceof Fill fill && fill.color().equals(next.color())) {
                told.add(new Fill(fill.shape(), fill.color(), tips.remove().text()));
            } else {
                told.add(mark);
            }
        }
        if (!tips.isEmpty()) {
            throw new AssertionError("Not drawn: " + tips.getFirst());
        }
        return told;
    }

    /** Returns all marks, with the targets' lines over them. */
    List<Mark> with(List<Target> targets, Range range) {
        var inside = new ArrayList<>(data);
        for (Target target : targets) {
            double y = y(target.value(), range);
            inside.add(new Line(new Line2D.Double(plot.getX(), y, plot.getMaxX(), y), Palette.TARGET, Header.DASHES));
        }
        var all = new ArrayList<>(axes);
        all.add(new Window(plot, inside));
        return all;
    }

    /** Returns where a value lies on the vertical axis, in pixels from the top of the picture. */
    double y(double value, Range range) {
        double margin = (1 - PlotStyle.WHOLE) / 2 * plot.getHeight();
        return plot.getMaxY() - margin - range.share(value) * PlotStyle.WHOLE * plot.getHeight();
    }
}
