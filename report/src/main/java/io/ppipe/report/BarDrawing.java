package io.ppipe.report;

import io.ppipe.report.Drawing.Anchor;
import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Text;
import java.awt.BasicStroke;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.style.CategoryStyler;

/**
 * Draws a {@link BarChart}: the library lays out the bars and their axis; we add title, legend, tooltips and the names of
 * the categories, of which it drops those that reach out of the picture.
 */
final class BarDrawing {
    private static final int PLOT_HEIGHT = 320;
    private static final int MIN_WIDTH = 520;

    /** Beyond it a page scales the picture down, and with it the text. */
    private static final int MAX_WIDTH = 1280;

    private static final int BAR_WIDTH = 16;
    private static final int CATEGORY_GAP = 14;

    /** How far the ends of an error bar reach to each side. */
    private static final double CAP = 3;

    /** About what the vertical axis and the margins take. */
    private static final int SIDES = 90;

    /** How far a slanted name may reach to the left of the plot, in pixels. */
    private static final int OVERHANG = 40;

    /** Closer than that, slanted names touch each other. */
    private static final int SLANTED_SPACING = 20;

    private static final int TICK = 4;
    private static final int LINE = 17;
    private static final BasicStroke HAIRLINE = new BasicStroke(1);

    private final BarChart chart;
    private final Range range;
    private final int width;

    private BarDrawing(BarChart chart) {
        this.chart = chart;
        range = Range.ofBars(DoubleStream.concat(
                bars(chart).stream().flatMapToDouble(bar -> DoubleStream.of(bar.value, bar.low, bar.high)),
                chart.targets().stream().mapToDouble(Target::value)));
        int wanted = SIDES + chart.categories().size() * (chart.series().size() * BAR_WIDTH + CATEGORY_GAP);
        width = Math.clamp(wanted, MIN_WIDTH, MAX_WIDTH);
    }

    static Drawing of(BarChart chart) {
        return new BarDrawing(chart).draw();
    }

    private Drawing draw() {
        Header header = Header.of(chart.title(), legend(), width);
        var recorder = new RecordingGraphics(0, header.height());
        bars().paint(recorder, width, PLOT_HEIGHT);
        PlotMarks plot = PlotMarks.of(recorder.marks(), tips());

        var marks = new ArrayList<>(header.marks());
        marks.addAll(plot.with(chart.targets(), range));
        addValues(plot, marks);
        double bottom = addCategories(plot, marks);
        return new Drawing(chart.title(), width, (int) Math.ceil(bottom) + Header.MARGIN, marks);
    }

    private CategoryChart bars() {
        var bars = new CategoryChart(width, PLOT_HEIGHT);
        bars.setYAxisTitle(chart.valueTitle());
        style(bars.getStyler());
        for (int i = 0; i < chart.series().size(); i++) {
            BarChart.Series series = chart.series().get(i);
            bars.addSeries(series.name(), chart.categories(), withoutNan(series.values()))
                    .setFillColor(Palette.series(i));
        }
        return bars;
    }

    private void style(CategoryStyler styler) {
        PlotStyle.apply(styler);
        styler.setXAxisTicksVisible(false);
        styler.setPlotGridVerticalLinesVisible(false);
        styler.setAvailableSpaceFill(chart.series().size() == 1 ? 0.6 : 0.8);
        styler.setYAxisMin(range.min());
        styler.setYAxisMax(range.max());
    }

    private static List<@Nullable Double> withoutNan(List<Double> values) {
        var list = new ArrayList<@Nullable Double>();
        values.forEach(value -> list.add(value.isNaN() ? null : value));
        return list;
    }

    private List<Header.Entry> legend() {
        var entries = new ArrayList<Header.Entry>();
        if (chart.series().size() > 1 || !chart.targets().isEmpty()) {
            for (int i = 0; i < chart.series().size(); i++) {
                entries.add(new Header.BoxEntry(chart.series().get(i).name(), Palette.series(i)));
            }
        }
        chart.targets().forEach(target -> entries.add(new Header.TargetEntry(target.name())));
        return entries;
    }

    /** A value that is there, with the ends of its error bar, which are the value where there is none. */
    private record Bar(String category, int series, double value, double low, double high) {
        boolean hasError() {
            return low < high;
        }
    }

    /** Returns the bars in the order in which the library draws them. */
    private static List<Bar> bars(BarChart chart) {
        var bars = new ArrayList<Bar>();
        for (int i = 0; i < chart.series().size(); i++) {
            BarChart.Series series = chart.series().get(i);
            for (int j = 0; j < series.values().size(); j++) {
                double value = series.values().get(j);
                if (!Double.isNaN(value)) {
                    double low = series.errors().isEmpty()
                            ? value
                            : series.errors().get(j).low();
                    double high = series.errors().isEmpty()
                            ? value
                            : series.errors().get(j).high();
                    bars.add(new Bar(chart.categories().get(j), i, value, low, high));
                }
            }
        }
        return bars;
    }

    private List<PlotMarks.Tip> tips() {
        return bars(chart).stream()
                .map(bar -> new PlotMarks.Tip(
                        Palette.series(bar.series),
                        "%s, %s: %s%s"
                                .formatted(
                                        bar.category,
                                        chart.series().get(bar.series).name(),
                                        Numbers.spelled(bar.value),
                                        bar.hasError()
                                                ? " [%s, %s]"
                                                        .formatted(Numbers.spelled(bar.low), Numbers.spelled(bar.high))
                                                : "")))
                .toList();
    }

    /** Draws error bars, and writes the values above or, for bars that go down, below, if there is room for all of them. */
    private void addValues(PlotMarks plot, List<Mark> marks) {
        List<Bar> bars = bars(chart);
        List<Rectangle2D> places = plot.data().stream()
                .filter(mark -> mark instanceof Fill fill && !fill.tooltip().isEmpty())
                .map(mark -> ((Fill) mark).shape().getBounds2D())
                .toList();
        boolean roomForAll = true;
        for (int i = 0; i < bars.size(); i++) {
            addError(plot, bars.get(i), places.get(i).getCenterX(), marks);
            roomForAll &= Lettering.SMALL.widthOf(Numbers.spelled(bars.get(i).value))
                    <= places.get(i).getWidth();
        }
        for (int i = 0; roomForAll && i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double y = bar.value < 0
                    ? Math.max(places.get(i).getMaxY(), plot.y(bar.low, range)) + Lettering.SMALL.size() + 2
                    : Math.min(places.get(i).getMinY(), plot.y(bar.high, range)) - 4;
            marks.add(new Text(
                    Numbers.spelled(bar.value),
                    places.get(i).getCenterX(),
                    y,
                    Anchor.MIDDLE,
                    Lettering.SMALL,
                    Palette.SOFT_INK));
        }
    }

    private void addError(PlotMarks plot, Bar bar, double x, List<Mark> marks) {
        if (bar.hasError()) {
            double low = plot.y(bar.low, range);
            double high = plot.y(bar.high, range);
            marks.add(new Line(new Line2D.Double(x, low, x, high), Palette.INK, HAIRLINE));
            marks.add(new Line(new Line2D.Double(x - CAP, low, x + CAP, low), Palette.INK, HAIRLINE));
            marks.add(new Line(new Line2D.Double(x - CAP, high, x + CAP, high), Palette.INK, HAIRLINE));
        }
    }

    /** Adds the horizontal axis, and returns where it ends below, in pixels. */
    private double addCategories(PlotMarks plot, List<Mark> marks) {
        Rectangle2D area = plot.plot();
        double slot = area.getWidth() / chart.categories().size();
        double longest = chart.categories().stream()
                .mapToDouble(Lettering.LABEL::widthOf)
                .max()
                .orElseThrow();
        int slant = slant(longest, slot);
        double top = area.getMaxY();
        addBaselines(plot, marks);
        for (int i = 0; i < chart.categories().size(); i++) {
            double x = area.getX() + (i + 0.5) * slot;
            marks.add(new Line(new Line2D.Double(x, top, x, top + TICK), Palette.FRAME, HAIRLINE));
            marks.add(category(chart.categories().get(i), x, top + TICK, slant));
        }
        double bottom = top + TICK + (slant == 0 ? LINE : longest * Math.sin(Math.toRadians(slant)) + LINE / 2.0);
        if (chart.categoryTitle().isEmpty()) {
            return bottom;
        }
        marks.add(new Text(
                chart.categoryTitle(),
                area.getCenterX(),
                bottom + LINE,
                Anchor.MIDDLE,
                Lettering.AXIS_TITLE,
                Palette.INK));
        return bottom + LINE + 4;
    }

    private void addBaselines(PlotMarks plot, List<Mark> marks) {
        Rectangle2D area = plot.plot();
        addBaseline(area, area.getMaxY(), marks);
        if (range.min() < 0) {
            addBaseline(area, plot.y(0, range), marks);
        }
    }

    private static void addBaseline(Rectangle2D area, double y, List<Mark> marks) {
        marks.add(new Line(new Line2D.Double(area.getX(), y, area.getMaxX(), y), Palette.FRAME, HAIRLINE));
    }

    /** Returns by how many degrees names must rise so that none touches its neighbour or the edge of the picture. */
    private static int slant(double longest, double slot) {
        if (longest + 8 <= slot) {
            return 0;
        }
        boolean fits = longest * Math.cos(Math.toRadians(45)) <= slot / 2 + OVERHANG;
        return fits && slot >= SLANTED_SPACING ? 45 : 90;
    }

    private static Text category(String name, double x, double top, int slant) {
        return switch (slant) {
            case 0 -> new Text(name, x, top + LINE - 3, Anchor.MIDDLE, Lettering.LABEL, Palette.INK);
            case 45 -> new Text(name, x + 4, top + 9, Anchor.END, slant, Lettering.LABEL, Palette.INK);
            default -> new Text(name, x + 4, top + 4, Anchor.END, slant, Lettering.LABEL, Palette.INK);
        };
    }
}
