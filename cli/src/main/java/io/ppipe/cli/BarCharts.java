package io.ppipe.cli;

import io.ppipe.report.BarChart;
import io.ppipe.report.Block;
import io.ppipe.report.Chart;
import io.ppipe.report.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * A bar chart of whatever size: as several charts where one could not be read.
 *
 * @param title what stands above it
 * @param valueTitle title of the vertical axis, with the unit
 * @param caption how to read it; may be empty
 * @param categories from left to right; none gives no chart
 * @param targets horizontal lines; may be empty
 */
record BarCharts(String title, String valueTitle, String caption, List<String> categories, List<Target> targets) {
    /** Bars that fit the width of a page and are not hairs. */
    private static final int MAX_BARS = 160;

    /** Returns the charts for these series, which have one value for each category. */
    List<Block> of(List<BarChart.Series> series) {
        var charts = new ArrayList<BarChart>();
        for (int s = 0; s < series.size(); s += Chart.MAX_SERIES) {
            List<BarChart.Series> some = series.subList(s, Math.min(series.size(), s + Chart.MAX_SERIES));
            int step = MAX_BARS / some.size();
            for (int c = 0; c < categories.size(); c += step) {
                charts.add(chart(some, c, Math.min(categories.size(), c + step)));
            }
        }
        var blocks = new ArrayList<Block>();
        for (int i = 0; i < charts.size(); i++) {
            BarChart chart = charts.get(i);
            String part = charts.size() == 1 ? title : "%s (%d of %d)".formatted(title, i + 1, charts.size());
            blocks.add(new Block.Picture(
                    new BarChart(part, "", valueTitle, chart.categories(), chart.series(), targets),
                    i == charts.size() - 1 ? caption : ""));
        }
        return blocks;
    }

    private BarChart chart(List<BarChart.Series> series, int from, int to) {
        return new BarChart(
                title,
                "",
                valueTitle,
                categories.subList(from, to),
                series.stream()
                        .map(one -> new BarChart.Series(
                                one.name(),
                                one.values().subList(from, to),
                                one.errors().isEmpty()
                                        ? one.errors()
                                        : one.errors().subList(from, to)))
                        .toList(),
                targets);
    }
}
