package io.ppipe.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Locale;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;

/** What the library's charts have in common here: plain axes and grid, no title, legend or border of their own. */
final class PlotStyle {
    /** Transparent: such marks are not even taken down. */
    static final Color NONE = new Color(0, 0, 0, 0);

    /**
     * All of the plot, as the axis ranges have their own margins; but for a trace, as the library omits the label of a
     * tick that lies on the plot's very edge.
     */
    static final double WHOLE = 0.9995;

    private PlotStyle() {}

    static void apply(AxesChartStyler styler) {
        styler.setLocale(Locale.ROOT);
        styler.setChartTitleVisible(false);
        styler.setLegendVisible(false);
        styler.setChartBackgroundColor(NONE);
        styler.setPlotBackgroundColor(NONE);
        styler.setPlotBorderVisible(false);
        styler.setChartFontColor(Palette.INK);
        styler.setChartPadding(Header.MARGIN);
        styler.setPlotContentSize(WHOLE);
        styler.setPlotMargin(0);
        styler.setAxisTitleFont(Lettering.AXIS_TITLE.font());
        styler.setAxisTickLabelsFont(Lettering.LABEL.font());
        styler.setAxisTickLabelsColor(Palette.INK);
        styler.setAxisTickMarksColor(Palette.FRAME);
        styler.setYAxisLabelAlignment(TextAlignment.Right);
        styler.setAxisTickMarkLength(4);
        styler.setAxisTickPadding(5);
        styler.setAxisTitlePadding(8);
        styler.setPlotGridLinesColor(Palette.GRID);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setXAxisTitleColor(Palette.INK);
        styler.setYAxisTitleColor(Palette.INK);
    }
}
