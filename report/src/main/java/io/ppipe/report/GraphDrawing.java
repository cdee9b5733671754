package io.ppipe.report;

import io.ppipe.report.Drawing.Anchor;
import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Text;
import io.ppipe.report.GraphChart.Cut;
import io.ppipe.report.GraphChart.Flow;
import io.ppipe.report.GraphChart.Step;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws a {@link GraphChart} as version control shows a history: flows are lanes to the left, from the step that makes them
 * to the last that takes them; a dot on a lane is a step, its name and bar stand to the right.
 */
final class GraphDrawing {
    private static final int WIDTH = 1000;
    private static final int ROW = 20;
    private static final int LANE = 14;
    private static final int MAX_LANES = 24;
    private static final int NAMES = 330;
    private static final int LABELS = 240;
    private static final double DOT = 9;
    private static final BasicStroke STROKE = new BasicStroke(1.6f);

    private final GraphChart chart;
    private final Map<String, Color> colors = new LinkedHashMap<>();
    private final List<Mark> lines = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final int[] laneOf;
    private final int lanes;
    private double top;

    private GraphDrawing(GraphChart chart) {
        this.chart = chart;
        chart.steps().forEach(step -> colors.computeIfAbsent(step.kind(), _ -> Palette.series(colors.size())));
        laneOf = new int[chart.flows().size()];
        lanes = assignLanes();
    }

    static Drawing of(GraphChart chart) {
        return new GraphDrawing(chart).draw();
    }

    private Drawing draw() {
        List<Header.Entry> legend = new ArrayList<>();
        colors.forEach((kind, color) -> legend.add(new Header.BoxEntry(kind, color)));
        if (!chart.cuts().isEmpty()) {
            legend.add(new Header.TargetEntry("cut"));
        }
        Header header = Header.of(chart.title(), legend, WIDTH);
        top = header.height() + ROW;
        marks.add(new Text(chart.costTitle(), barsLeft(), top - 6, Anchor.START, Lettering.LABEL, Palette.SOFT_INK));
        for (int i = 0; i < laneOf.length; i++) {
            flow(chart.flows().get(i), laneX(laneOf[i]));
        }
        double most = chart.steps().stream().mapToDouble(Step::cost).max().orElse(0);
        for (int i = 0; i < chart.steps().size(); i++) {
            step(i, most);
        }
        chart.cuts().forEach(this::cut);
        var all = new ArrayList<>(header.marks());
        all.addAll(lines);
        all.addAll(marks);
        return new Drawing(chart.title(), WIDTH, (int) top + (chart.steps().size() + 1) * ROW, all);
    }

    /** Gives each flow the first lane that is free from its begin to its end; returns how many are used. */
    private int assignLanes() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < laneOf.length; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt(i -> chart.flows().get(i).from()));
        var freeFrom = new ArrayList<Integer>();
        for (int flow : order) {
            int from = chart.flows().get(flow).from();
            int lane = 0;
            while (lane < freeFrom.size() && freeFrom.get(lane) > from) {
                lane++;
            }
            if (lane == freeFrom.size()) {
                freeFrom.add(0);
            }
            freeFrom.set(lane, last(chart.flows().get(flow)));
            laneOf[flow] = lane;
        }
        return Math.clamp(freeFrom.size(), 1, MAX_LANES);
    }

    private static int last(Flow flow) {
        return flow.to().stream().mapToInt(Integer::intValue).max().orElse(flow.from() + 1);
    }

    private double laneX(int lane) {
        return Header.MARGIN + LANE / 2.0 + Math.min(lane, MAX_LANES - 1) * LANE;
    }

    private double namesLeft() {
        return Header.MARGIN + lanes * LANE + 12.0;
    }

    private double barsLeft() {
        return namesLeft() + NAMES;
    }

    private double y(int step) {
        return top + step * ROW + ROW / 2.0;
    }

    /** A step's dot stands in the lane of the first thing it makes. */
    private double dotX(int step) {
        for (int i = 0; i < laneOf.length; i++) {
            if (chart.flows().get(i).from() == step) {
                return laneX(laneOf[i]);
            }
        }
        return laneX(0);
    }

    private void flow(Flow flow, double x) {
        double begin = flow.from() < 0 ? top - ROW / 2.0 : y(flow.from());
        double end = begin;
        if (flow.from() >= 0 && dotX(flow.from()) != x) {
            lines.add(line(dotX(flow.from()), y(flow.from()), x, y(flow.from()) + ROW / 2.0));
            begin += ROW / 2.0;
        }
        for (int to : flow.to()) {
            boolean below = to == chart.steps().size();
            double joins = y(to) - ROW / 2.0;
            end = Math.max(end, joins);
            if (!below) {
                lines.add(line(x, joins, dotX(to), y(to)));
            }
        }
        if (end > begin) {
            lines.add(line(x, begin, x, end));
        }
    }

    private static Line line(double x1, double y1, double x2, double y2) {
        return new Line(new Line2D.Double(x1, y1, x2, y2), Palette.FRAME, STROKE);
    }

    private void step(int index, double most) {
        Step step = chart.steps().get(index);
        Color color = colors.getOrDefault(step.kind(), Palette.INK);
        double y = y(index);
        String tip = "%s: %s, %s".formatted(step.name(), step.kind(), step.label());
        marks.add(new Fill(new Ellipse2D.Double(dotX(index) - DOT / 2, y - DOT / 2, DOT, DOT), color, tip));
        marks.add(new Text(
                Lettering.LABEL.fitted(step.name(), NAMES - 10.0),
                namesLeft(),
                y + 4,
                Anchor.START,
                Lettering.LABEL,
                Palette.INK));
        double room = WIDTH - Header.MARGIN - LABELS - barsLeft();
        double length = most == 0 ? 0 : Math.max(1, room * step.cost() / most);
        marks.add(new Fill(new Rectangle2D.Double(barsLeft(), y - ROW / 2.0 + 3, length, ROW - 6), color, tip));
        marks.add(new Text(
                Lettering.LABEL.fitted(step.label(), WIDTH - Header.MARGIN - barsLeft() - length - 6),
                barsLeft() + length + 6,
                y + 4,
                Anchor.START,
                Lettering.LABEL,
                Palette.SOFT_INK));
    }

    private void cut(Cut cut) {
        double y = y(cut.after()) + ROW / 2.0;
        marks.add(
                new Line(new Line2D.Double(Header.MARGIN, y, WIDTH - Header.MARGIN, y), Palette.TARGET, Header.DASHES));
        marks.add(new Text(cut.label(), WIDTH - Header.MARGIN, y - 3, Anchor.END, Lettering.SMALL, Palette.TARGET));
    }
}
