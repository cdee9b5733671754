package io.ppipe.report;

import io.ppipe.report.LineChart.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a {@link LineChart}: the library lays out axes, lines and bands, we add title, legend and tooltips. */
final class LineDrawing {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 380;

    /** Points of a line beyond which its symbols would touch each other. */
    private static final int MAX_SYMBOLS = 50;

    private final LineChart chart;
    private final Range xRange;
    private final Range yRange;

    private LineDrawing(LineChart chart) {
        this.chart = chart;
        List<Point> points =
                chart.series().stream().flatMap(s -> s.points().stream()).toList();
        xRange = Range.of(chart.x(), points.stream().mapToDouble(Point::x));
        yRange = Range.of(
                chart.y(),
                DoubleStream.concat(
                        points.stream().flatMapToDouble(p -> DoubleStream.of(p.low(), p.high())),
                        chart.targets().stream().mapToDouble(Target::value)));
    }

    static Drawing of(LineChart chart) {
        return new LineDrawing(chart).draw();
    }

    private Drawing draw() {
        Header header = Header.of(chart.title(), legend(), WIDTH);
        var plot = new XYChart(WIDTH, HEIGHT);
        plot.setXAxisTitle(chart.x().title());
        plot.setYAxisTitle(chart.y().title());
        style(plot.getStyler());
        for (int i = 0; i < chart.series().size(); i++) { // all bands first: lines lie over them
            addBand(plot, i);
        }
        for (int i = 0; i < chart.series().size(); i++) {
            addLine(plot, i);
        }

        var recorder = new RecordingGraphics(0, header.height());
        plot.paint(recorder, WIDTH, HEIGHT);
        var marks = new ArrayList<>(header.marks());
        marks.addAll(PlotMarks.of(recorder.marks(), points()).with(chart.targets(), yRange));
        return new Drawing(chart.title(), WIDTH, header.height() + HEIGHT, marks);
    }

    private void style(XYStyler styler) {
        PlotStyle.apply(styler);
        styler.setMarkerSize(Symbol.SIZE);
        styler.setXAxisTickMarkSpacingHint(70);
        styler.setYAxisTickMarkSpacingHint(40);
        styler.setXAxisMin(xRange.min());
        styler.setXAxisMax(xRange.max());
        styler.setYAxisMin(yRange.min());
        styler.setYAxisMax(yRange.max());
    }

    private void addLine(XYChart plot, int index) {
        LineChart.Series series = chart.series().get(index);
        var line = plot.addSeries(
                "line " + index,
                series.points().stream().mapToDouble(Point::x).toArray(),
                series.points().stream().mapToDouble(Point::y).toArray());
        line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
        line.setLineColor(Palette.series(index));
        line.setLineStyle(Symbol.STROKE);
        line.setMarkerColor(Palette.series(index));
        line.setMarker(hasSymbols(series) ? Symbol.of(index).marker() : SeriesMarkers.NONE);
    }

    /** There along the upper ends, back along the lower ones. */
    private void addBand(XYChart plot, int index) {
        LineChart.Series series = chart.series().get(index);
        if (!series.hasBand()) {
            return;
        }
        List<Point> there = series.points();
        List<Point> back = there.reversed();
        var band = plot.addSeries(
                "band " + index,
                DoubleStream.concat(
                                there.stream().mapToDouble(Point::x),
                                back.stream().mapToDouble(Point::x))
                        .toArray(),
                DoubleStream.concat(
                                there.stream().mapToDouble(Point::high),
                                back.stream().mapToDouble(Point::low))
                        .toArray());
        band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
        band.setFillColor(Palette.band(Palette.series(index)));
        band.setLineStyle(SeriesLines.NONE);
        band.setMarker(SeriesMarkers.NONE);
    }

    private static boolean hasSymbols(LineChart.Series series) {
        return series.points().size() <= MAX_SYMBOLS;
    }

    private List<Header.Entry> legend() {
        var entries = new ArrayList<Header.Entry>();
        for (int i = 0; i < chart.series().size(); i++) {
            entries.add(new Header.LineEntry(chart.series().get(i).name(), Palette.series(i), Symbol.of(i)));
        }
        chart.targets().forEach(target -> entries.add(new Header.TargetEntry(target.name())));
        return entries;
    }

    /** The points in the order in which the library draws them. */
    private List<PlotMarks.Tip> points() {
        var tips = new ArrayList<PlotMarks.Tip>();
        for (int i = 0; i < chart.series().size(); i++) {
            LineChart.Series series = chart.series().get(i);
            if (hasSymbols(series)) {
                for (Point point : series.points()) {
                    tips.add(new PlotMarks.Tip(Palette.series(i), tip(series.name(), point)));
                }
            }
        }
        return tips;
    }

    private static String tip(String name, Point point) {
        String band = point.low() < point.high()
                ? " [%s, %s]".formatted(Numbers.spelled(point.low()), Numbers.spelled(point.high()))
                : "";
        return "%s at %s: %s%s".formatted(name, Numbers.spelled(point.x()), Numbers.spelled(point.y()), band);
    }
}
