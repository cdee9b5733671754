package io.ppipe.report;

import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Text;
import io.ppipe.report.Drawing.Window;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * Writes a drawing as SVG. It uses no element ids, so that any number of drawings can stand on one page: what would be a
 * clip path is a nested {@code <svg>}, which clips by itself. Colours that a dark page must change carry a class,
 * {@code fill-NAME} or {@code line-NAME}, beside their value.
 */
final class SvgWriter {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    private final StringBuilder out = new StringBuilder();

    private SvgWriter() {}

    /** Returns a file of its own. */
    static String document(Drawing drawing) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + new SvgWriter().write(drawing, " xmlns=\"%s\"".formatted(NAMESPACE));
    }

    /** Returns an element for an HTML page, whose parser knows the name space by itself. */
    static String element(Drawing drawing) {
        return new SvgWriter().write(drawing, "");
    }

    private String write(Drawing drawing, String namespace) {
        out.append(
                "<svg%s role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" font-family=\"system-ui,'DejaVu Sans',Verdana,sans-serif\">\n"
                        .formatted(
                                namespace,
                                Markup.escaped(drawing.title()),
                                drawing.width(),
                                drawing.height(),
                                drawing.width(),
                                drawing.height()));
        out.append("<rect width=\"%d\" height=\"%d\"%s/>\n"
                .formatted(drawing.width(), drawing.height(), paint("fill", Palette.PAPER)));
        write(drawing.marks());
        return out.append("</svg>\n").toString();
    }

    private void write(List<Mark> marks) {
        for (Mark mark : marks) {
            switch (mark) {
                case Fill(Shape shape, Color color, String tooltip) -> shape(shape, paint("fill", color), tooltip);
                case Line(Shape shape, Color color, BasicStroke stroke) ->
                    shape(shape, paint("stroke", color) + stroke(stroke), "");
                case Text text -> text(text);
                case Window(Rectangle2D bounds, List<Mark> inside) -> {
                    out.append("<svg%s viewBox=\"%s %s %s %s\">\n"
                            .formatted(
                                    box(bounds),
                                    number(bounds.getX()),
                                    number(bounds.getY()),
                                    number(bounds.getWidth()),
                                    number(bounds.getHeight())));
                    write(inside);
                    out.append("</svg>\n");
                }
            }
        }
    }

    private void shape(Shape shape, String attributes, String tooltip) {
        String tag = switch (shape) {
            case Rectangle2D box -> "rect" + box(box);
            case Ellipse2D ellipse ->
                "ellipse cx=\"%s\" cy=\"%s\" rx=\"%s\" ry=\"%s\""
                        .formatted(
                                number(ellipse.getCenterX()),
                                number(ellipse.getCenterY()),
                                number(ellipse.getWidth() / 2),
                                number(ellipse.getHeight() / 2));
            default -> "path d=\"" + path(shape) + "\"";
        };
        out.append('<').append(tag).append(attributes);
        if (tooltip.isEmpty()) {
            out.append("/>\n");
        } else {
            out.append("><title>").append(Markup.escaped(tooltip)).append("</title></");
            out.append(tag, 0, tag.indexOf(' ')).append(">\n");
        }
    }

    private void text(Text text) {
        String anchor = switch (text.anchor()) {
            case START -> "";
            case MIDDLE -> " text-anchor=\"middle\"";
            case END -> " text-anchor=\"end\"";
        };
        String turn = text.slant() == 0
                ? ""
                : " transform=\"rotate(%d %s %s)\"".formatted(-text.slant(), number(text.x()), number(text.y()));
        out.append("<text x=\"%s\" y=\"%s\" font-size=\"%d\"%s%s%s%s>%s</text>\n"
                .formatted(
                        number(text.x()),
                        number(text.y()),
                        text.lettering().size(),
                        text.lettering().isBold() ? " font-weight=\"bold\"" : "",
                        anchor,
                        turn,
                        paint("fill", text.color()),
                        Markup.escaped(text.text())));
    }

    private static String box(Rectangle2D box) {
        return " x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\""
                .formatted(number(box.getX()), number(box.getY()), number(box.getWidth()), number(box.getHeight()));
    }

    private static String paint(String property, Color color) {
        String name = Palette.nameOf(color);
        var text = new StringBuilder();
        text.append(" %s=\"#%06x\"".formatted(property, color.getRGB() & 0xffffff));
        if (color.getAlpha() < 255) {
            text.append(" %s-opacity=\"%s\"".formatted(property, number(color.getAlpha() / 255.0)));
        }
        if (property.equals("stroke")) {
            text.append(" fill=\"none\"");
        }
        if (!name.isEmpty()) {
            text.append(" class=\"%s-%s\"".formatted(property.equals("fill") ? "fill" : "line", name));
        }
        return text.toString();
    }

    private static String stroke(BasicStroke stroke) {
        var text = new StringBuilder();
        if (stroke.getLineWidth() != 1) {
            text.append(" stroke-width=\"%s\"".formatted(number(stroke.getLineWidth())));
        }
        if (stroke.getEndCap() == BasicStroke.CAP_ROUND) {
            text.append(" stroke-linecap=\"round\"");
        }
        if (stroke.getDashArray() != null) {
            text.append(" stroke-dasharray=\"");
            String separator = "";
            for (float dash : stroke.getDashArray()) {
                text.append(separator).append(number(dash));
                separator = " ";
            }
            text.append('"');
        }
        return text.toString();
    }

    private static String path(Shape shape) {
        var text = new StringBuilder();
        double[] at = new double[6];
        for (PathIterator steps = shape.getPathIterator(null); !steps.isDone(); steps.next()) {
            switch (steps.currentSegment(at)) {
                case PathIterator.SEG_MOVETO -> step(text, 'M', at, 2);
                case PathIterator.SEG_LINETO -> step(text, 'L', at, 2);
                case PathIterator.SEG_QUADTO -> step(text, 'Q', at, 4);
                case PathIterator.SEG_CUBICTO -> step(text, 'C', at, 6);
                case PathIterator.SEG_CLOSE -> text.append('Z');
                default -> throw new AssertionError("A path has only the steps above.");
            }
        }
        return text.toString();
    }

    private static void step(StringBuilder text, char letter, double[] at, int count) {
        text.append(letter);
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(number(at[i]));
        }
    }

    /** Hundredths of a pixel are enough for the finest letter. */
    private static String number(double value) {
        long hundredths = Math.round(value * 100);
        long size = Math.abs(hundredths);
        String sign = hundredths < 0 ? "-" : "";
        long rest = size % 100;
        if (rest == 0) {
            return sign + size / 100;
        }
        return sign + size / 100 + (rest % 10 == 0 ? "." + rest / 10 : rest < 10 ? ".0" + rest : "." + rest);
    }
}
