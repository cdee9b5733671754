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
    private static final int MIN_WIDTH = 640;

    /** Beyond it a page scales the picture down, and with it the text. */
    private static final int MAX_WIDTH = 1280;

    private static final int BAR_WIDTH = 16;
    private static final int CATEGORY_GAP = 14;

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
                chart.series().stream().flatMapToDouble(s -> s.values().stream().mapToDouble(v -> v)),
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

    /** One for each bar, in the order in which the library draws them. */
    private List<PlotMarks.Tip> tips() {
        var tips = new ArrayList<PlotMarks.Tip>();
        for (int i = 0; i < chart.series().size(); i++) {
            BarChart.Series series = chart.series().get(i);
            for (int j = 0; j < series.values().size(); j++) {
                double value = series.values().get(j);
                if (!Double.isNaN(value)) {
                    tips.add(new PlotMarks.Tip(
                            Palette.series(i),
                            chart.categories().get(j) + ", " + series.name() + ": " + Numbers.spelled(value)));
                }
            }
        }
        return tips;
    }

    /** Writes the values above their bars, or below those that go down, if there is room for all of them. */
    private void addValues(PlotMarks plot, List<Mark> marks) {
        List<Double> values = chart.series().stream()
                .flatMap(s -> s.values().stream())
                .filter(value -> !value.isNaN())
                .toList();
        List<Rectangle2D> bars = plot.data().stream()
                .filter(mark -> mark instanceof Fill fill && !fill.tooltip().isEmpty())
                .map(mark -> ((Fill) mark).shape().getBounds2D())
                .toList();
        for (int i = 0; i < values.size(); i++) {
            if (Lettering.SMALL.widthOf(Numbers.spelled(values.get(i)))
                    > bars.get(i).getWidth()) {
                return;
            }
        }
        for (int i = 0; i < values.size(); i++) {
            Rectangle2D bar = bars.get(i);
            double y = values.get(i) < 0 ? bar.getMaxY() + Lettering.SMALL.size() + 2 : bar.getMinY() - 4;
            marks.add(new Text(
                    Numbers.spelled(values.get(i)),
                    bar.getCenterX(),
                    y,
                    Anchor.MIDDLE,
                    Lettering.SMALL,
                    Palette.SOFT_INK));
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
