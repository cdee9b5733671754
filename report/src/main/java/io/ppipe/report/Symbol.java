package io.ppipe.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.util.List;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The shape at each point of a line: a second way to tell lines apart, beside the colour. */
record Symbol(Marker marker) {
    static final int SIZE = 8;
    static final BasicStroke STROKE = new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

    private static final List<Symbol> SYMBOLS = List.of(
            new Symbol(SeriesMarkers.CIRCLE),
            new Symbol(SeriesMarkers.SQUARE),
            new Symbol(SeriesMarkers.DIAMOND),
            new Symbol(SeriesMarkers.TRIANGLE_UP),
            new Symbol(SeriesMarkers.TRIANGLE_DOWN));

    /** The colours number seven and the shapes five, so that no two of a chart's lines are alike in both. */
    static Symbol of(int index) {
        return SYMBOLS.get(index % SYMBOLS.size());
    }

    Shape at(double x, double y) {
        var recorder = new RecordingGraphics(0, 0);
        recorder.setColor(Color.BLACK);
        marker.paint(recorder, x, y, SIZE);
        return ((Drawing.Fill) recorder.marks().getFirst()).shape();
    }
}
