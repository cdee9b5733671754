package io.ppipe.report;

/** What a chart shows, without a word about how: {@link ChartImage} draws it, {@link HtmlReport} puts it on a page. */
public sealed interface Chart permits BarChart, GraphChart, LineChart, TimelineChart {
    /** Most series in one chart: as many colours as can be told apart, each in a dark and a light shade. */
    int MAX_SERIES = 2 * Palette.HUES;

    /** Returns what stands above the chart; wrapped when it is long. */
    String title();
}
