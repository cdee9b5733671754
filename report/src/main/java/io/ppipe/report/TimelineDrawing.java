package io.ppipe.report;

import io.ppipe.report.Drawing.Anchor;
import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Text;
import io.ppipe.report.TimelineChart.Lane;
import io.ppipe.report.TimelineChart.Span;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws a {@link TimelineChart}: names to the left, spans to the right, a time axis in milliseconds below. */
final class TimelineDrawing {
    private static final int WIDTH = 1000;
    private static final int ROW = 20;
    private static final int LANE_GAP = 6;
    private static final int WIDEST_NAME = 260;
    private static final int AXIS = 52;
    private static final int TICK_SPACING = 90;

    /** Room for the last tick's label beyond the end of the axis. */
    private static final int RIGHT = 30;

    /** A shorter span still leaves a hair. */
    private static final double THINNEST = 0.6;

    private static final BasicStroke HAIRLINE = new BasicStroke(1);

    private final TimelineChart chart;
    private final Map<String, Color> colors = new LinkedHashMap<>();
    private final List<Mark> marks = new ArrayList<>();
    private final double left;

    private TimelineDrawing(TimelineChart chart) {
        this.chart = chart;
        chart.lanes().stream()
                .flatMap(lane -> lane.spans().stream())
                .filter(this::isShown)
                .forEach(span -> colors.computeIfAbsent(span.kind(), _ -> Palette.series(colors.size())));
        double names = chart.lanes().stream()
                .mapToDouble(lane -> Lettering.LABEL.widthOf(lane.name()))
                .max()
                .orElseThrow();
        left = 2 * Header.MARGIN + Math.min(WIDEST_NAME, Math.ceil(names));
    }

    static Drawing of(TimelineChart chart) {
        return new TimelineDrawing(chart).draw();
    }

    private Drawing draw() {
        List<Header.Entry> legend = new ArrayList<>();
        colors.forEach((kind, color) -> legend.add(new Header.BoxEntry(kind, color)));
        Header header = Header.of(chart.title(), legend, WIDTH);

        double top = header.height() + LANE_GAP;
        List<List<Row>> lanes = chart.lanes().stream().map(this::rows).toList();
        double bottom = top;
        for (List<Row> rows : lanes) {
            bottom += rows.size() * ROW + LANE_GAP;
        }
        axis(top, bottom);
        double y = top;
        for (int i = 0; i < lanes.size(); i++) {
            lane(chart.lanes().get(i), lanes.get(i), y);
            y += lanes.get(i).size() * ROW + LANE_GAP;
        }
        marks.addAll(header.marks());
        return new Drawing(chart.title(), WIDTH, (int) Math.ceil(bottom) + AXIS, marks);
    }

    /** Spans that do not overlap. */
    private static final class Row {
        final List<Span> spans = new ArrayList<>();
        long endMicros = Long.MIN_VALUE;
    }

    /** Puts each span into the first row that is free by then. */
    private List<Row> rows(Lane lane) {
        var rows = new ArrayList<Row>();
        rows.add(new Row());
        lane.spans().stream()
                .filter(this::isShown)
                .sorted(Comparator.comparingLong(Span::startMicros).thenComparingLong(Span::endMicros))
                .forEach(span -> {
                    Row free = rows.stream()
                            .filter(row -> row.endMicros <= span.startMicros())
                            .findFirst()
                            .orElseGet(() -> {
                                rows.add(new Row());
                                return rows.getLast();
                            });
                    free.spans.add(span);
                    free.endMicros = span.endMicros();
                });
        return rows;
    }

    private boolean isShown(Span span) {
        return span.startMicros() < chart.endMicros()
                && (span.endMicros() > chart.startMicros() || span.startMicros() >= chart.startMicros());
    }

    private void axis(double top, double bottom) {
        long step = tickStepMicros();
        for (long tick = Math.ceilDiv(chart.startMicros(), step) * step; tick <= chart.endMicros(); tick += step) {
            double x = x(tick);
            marks.add(new Line(new Line2D.Double(x, top - LANE_GAP, x, bottom), Palette.GRID, HAIRLINE));
            marks.add(new Line(new Line2D.Double(x, bottom, x, bottom + 4), Palette.FRAME, HAIRLINE));
            marks.add(new Text(Numbers.millis(tick), x, bottom + 18, Anchor.MIDDLE, Lettering.LABEL, Palette.INK));
        }
        marks.add(new Line(new Line2D.Double(left, bottom, WIDTH - RIGHT, bottom), Palette.FRAME, HAIRLINE));
        marks.add(new Text(
                "time (ms)",
                (left + WIDTH - RIGHT) / 2,
                bottom + 40,
                Anchor.MIDDLE,
                Lettering.AXIS_TITLE,
                Palette.INK));
    }

    /** Returns the smallest of 1, 2, 5, 10, 20, … microseconds at which tick labels don't touch. */
    private long tickStepMicros() {
        double wanted = (double) (chart.endMicros() - chart.startMicros()) * TICK_SPACING / (WIDTH - RIGHT - left);
        long power = 1;
        while (power * 10 <= wanted) {
            power *= 10;
        }
        return wanted <= power ? power : wanted <= 2 * power ? 2 * power : wanted <= 5 * power ? 5 * power : 10 * power;
    }

    private double x(long micros) {
        double share = (double) (micros - chart.startMicros()) / (chart.endMicros() - chart.startMicros());
        return left + share * (WIDTH - RIGHT - left);
    }

    private void lane(Lane lane, List<Row> rows, double top) {
        double height = rows.size() * ROW;
        String name = Lettering.LABEL.fitted(lane.name(), WIDEST_NAME);
        marks.add(new Text(name, left - Header.MARGIN, top + height / 2 + 4, Anchor.END, Lettering.LABEL, Palette.INK));
        double separator = top + height + LANE_GAP / 2.0;
        marks.add(new Line(
                new Line2D.Double(Header.MARGIN, separator, WIDTH - RIGHT, separator), Palette.GRID, HAIRLINE));
        for (int i = 0; i < rows.size(); i++) {
            for (Span span : rows.get(i).spans) {
                span(lane, span, top + i * ROW);
            }
        }
    }

    private void span(Lane lane, Span span, double top) {
        double start = x(Math.max(span.startMicros(), chart.startMicros()));
        double width = Math.max(THINNEST, x(Math.min(span.endMicros(), chart.endMicros())) - start);
        Color color = colors.get(span.kind());
        if (color == null) {
            throw new AssertionError("No colour for " + span);
        }
        // A hair of a gap keeps neighbours of one colour apart.
        double shown = width > 3 ? width - 0.7 : width;
        marks.add(new Fill(new Rectangle2D.Double(start, top + 1, shown, ROW - 2), color, tip(lane, span)));
        if (!span.label().isEmpty() && Lettering.SMALL.widthOf(span.label()) + 6 <= shown) {
            marks.add(new Text(
                    span.label(),
                    start + shown / 2,
                    top + ROW / 2.0 + 3.5,
                    Anchor.MIDDLE,
                    Lettering.SMALL,
                    Palette.on(color)));
        }
    }

    private static String tip(Lane lane, Span span) {
        return "%s: %s %s, %s ms to %s ms (%s ms)"
                .formatted(
                        lane.name(),
                        span.kind(),
                        span.label(),
                        Numbers.millis(span.startMicros()),
                        Numbers.millis(span.endMicros()),
                        Numbers.millis(span.endMicros() - span.startMicros()));
    }
}
