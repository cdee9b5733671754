package io.ppipe.report;

import io.ppipe.format.WholeFile;
import java.nio.file.Path;

/**
 * Draws charts. The size follows from what is shown. Equal charts give equal bytes on one machine; the shapes of letters
 * come from the machine's fonts.
 */
public final class ChartImage {
    private ChartImage() {}

    /**
     * Returns the chart as a standalone SVG document.
     *
     * @throws io.ppipe.model.BadInputException when this Java finds no fonts
     */
    public static String svg(Chart chart) {
        return SvgWriter.document(draw(chart));
    }

    /**
     * Returns the chart as a PNG.
     *
     * @param widthPixels from 16 to 10,000; the height follows
     * @throws io.ppipe.model.BadInputException when this Java finds no fonts
     */
    public static byte[] png(Chart chart, int widthPixels) {
        return PngPainter.paint(draw(chart), widthPixels);
    }

    /**
     * Writes the chart as a PNG of double density if the name ends so, as an SVG otherwise; whole or not at all.
     *
     * @throws io.ppipe.model.BadInputException when the file cannot be written
     */
    public static void write(Chart chart, Path file) {
        Drawing drawing = draw(chart);
        if (file.toString().endsWith(".png")) {
            WholeFile.write(file, PngPainter.paint(drawing, 2 * drawing.width()));
        } else {
            WholeFile.write(file, SvgWriter.document(drawing));
        }
    }

    static Drawing draw(Chart chart) {
        return switch (chart) {
            case BarChart bars -> BarDrawing.of(bars);
            case GraphChart graph -> GraphDrawing.of(graph);
            case LineChart lines -> LineDrawing.of(lines);
            case TimelineChart timeline -> TimelineDrawing.of(timeline);
        };
    }
}
