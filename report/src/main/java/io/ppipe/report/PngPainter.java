package io.ppipe.report;

import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Text;
import io.ppipe.report.Drawing.Window;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/** Paints a drawing into a PNG, without a screen. */
final class PngPainter {
    private static final int MIN_WIDTH = 16;

    /** An image of that size takes some hundred megabytes while it is painted. */
    private static final int MAX_WIDTH = 10_000;

    private PngPainter() {}

    static byte[] paint(Drawing drawing, int widthPixels) {
        if (widthPixels < MIN_WIDTH || widthPixels > MAX_WIDTH) {
            throw new IllegalArgumentException(
                    "Image width (%d px) must be from %d to %d px.".formatted(widthPixels, MIN_WIDTH, MAX_WIDTH));
        }
        double scale = (double) widthPixels / drawing.width();
        var image =
                new BufferedImage(widthPixels, (int) Math.ceil(scale * drawing.height()), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Palette.PAPER);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(scale, scale);
        paint(drawing.marks(), graphics);
        graphics.dispose();
        return encoded(image);
    }

    private static void paint(List<Mark> marks, Graphics2D graphics) {
        for (Mark mark : marks) {
            switch (mark) {
                case Fill fill -> {
                    graphics.setColor(fill.color());
                    graphics.fill(fill.shape());
                }
                case Line line -> {
                    graphics.setColor(line.color());
                    graphics.setStroke(line.stroke());
                    graphics.draw(line.shape());
                }
                case Text text -> paint(text, graphics);
                case Window window -> {
                    Shape before = graphics.getClip();
                    graphics.clip(window.bounds());
                    paint(window.marks(), graphics);
                    graphics.setClip(before);
                }
            }
        }
    }

    private static void paint(Text text, Graphics2D graphics) {
        double width = text.lettering().widthOf(text.text());
        double left = switch (text.anchor()) {
            case START -> text.x();
            case MIDDLE -> text.x() - width / 2;
            case END -> text.x() - width;
        };
        graphics.setFont(text.lettering().font());
        graphics.setColor(text.color());
        AffineTransform before = graphics.getTransform();
        graphics.rotate(-Math.toRadians(text.slant()), text.x(), text.y());
        graphics.drawString(text.text(), (float) left, (float) text.y());
        graphics.setTransform(before);
    }

    private static byte[] encoded(BufferedImage image) {
        var bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes)) {
                throw new AssertionError("This Java has no PNG encoder.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }
}
