package io.ppipe.report;

import io.ppipe.report.Drawing.Fill;
import io.ppipe.report.Drawing.Line;
import io.ppipe.report.Drawing.Mark;
import io.ppipe.report.Drawing.Window;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what a chart library paints as the marks of a {@link Drawing}, instead of painting it. The library turns
 * letters into shapes by itself, so there is no text among them.
 */
final class RecordingGraphics extends ShapesOnlyGraphics {
    /** Letters are laid out without rounding to pixels: SVG has none. */
    private static final FontRenderContext PRECISE = new FontRenderContext(null, true, true);

    private final RenderingHints hints = new RenderingHints(null);
    private final List<Mark> marks = new ArrayList<>();
    private final AffineTransform origin;
    private AffineTransform transform;
    private Color color = Color.BLACK;
    private BasicStroke stroke = new BasicStroke();
    private Font font = Lettering.LABEL.font();

    /** What lies inside {@link #clip}, as long as there is one. */
    private final List<Mark> inside = new ArrayList<>();

    private @Nullable Rectangle2D clip;

    /** Takes down everything moved right by {@code x} and down by {@code y} pixels. */
    RecordingGraphics(double x, double y) {
        origin = AffineTransform.getTranslateInstance(x, y);
        transform = new AffineTransform(origin);
    }

    List<Mark> marks() {
        closeWindow();
        return List.copyOf(marks);
    }

    @Override
    public void fill(Shape shape) {
        if (color.getAlpha() > 0 && !shape.getPathIterator(null).isDone()) {
            add(new Fill(placed(shape), color));
        }
    }

    @Override
    public void draw(Shape shape) {
        if (color.getAlpha() > 0) {
            add(new Line(placed(shape), color, stroke));
        }
    }

    @Override
    public void drawLine(int x1, int y1, int x2, int y2) {
        draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void fillRect(int x, int y, int width, int height) {
        fill(new Rectangle(x, y, width, height));
    }

    private void add(Mark mark) {
        (clip == null ? marks : inside).add(mark);
    }

    /** Boxes and circles stay such, so that the picture is small and can be understood. */
    private Shape placed(Shape shape) {
        if (transform.getType() <= AffineTransform.TYPE_TRANSLATION) {
            double right = transform.getTranslateX();
            double down = transform.getTranslateY();
            if (shape instanceof Rectangle2D box) {
                return new Rectangle2D.Double(box.getX() + right, box.getY() + down, box.getWidth(), box.getHeight());
            }
            if (shape instanceof Ellipse2D round) {
                return new Ellipse2D.Double(
                        round.getX() + right, round.getY() + down, round.getWidth(), round.getHeight());
            }
        }
        return transform.createTransformedShape(shape);
    }

    @Override
    public void setClip(@Nullable Shape shape) {
        closeWindow();
        clip = shape == null ? null : transform.createTransformedShape(shape).getBounds2D();
    }

    private void closeWindow() {
        if (clip != null) {
            marks.add(new Window(clip, inside));
        }
        inside.clear();
    }

    @Override
    public @Nullable Shape getClip() {
        if (clip == null) {
            return null;
        }
        Rectangle2D bounds = clip;
        return new Rectangle2D.Double(
                bounds.getX() - transform.getTranslateX(),
                bounds.getY() - transform.getTranslateY(),
                bounds.getWidth(),
                bounds.getHeight());
    }

    @Override
    public @Nullable Rectangle getClipBounds() {
        Shape shape = getClip();
        return shape == null ? null : shape.getBounds();
    }

    @Override
    public void setColor(Color next) {
        color = next;
    }

    @Override
    public Color getColor() {
        return color;
    }

    @Override
    public void setStroke(Stroke next) {
        stroke = (BasicStroke) next;
    }

    @Override
    public Stroke getStroke() {
        return stroke;
    }

    @Override
    public void setFont(Font next) {
        font = next;
    }

    @Override
    public Font getFont() {
        return font;
    }

    @Override
    public FontRenderContext getFontRenderContext() {
        return PRECISE;
    }

    @Override
    public void transform(AffineTransform more) {
        transform.concatenate(more);
    }

    @Override
    public void setTransform(AffineTransform next) {
        transform = new AffineTransform(origin);
        transform.concatenate(next);
    }

    @Override
    public AffineTransform getTransform() {
        var own = AffineTransform.getTranslateInstance(-origin.getTranslateX(), -origin.getTranslateY());
        own.concatenate(transform);
        return own;
    }

    @Override
    public void setRenderingHint(RenderingHints.Key key, @Nullable Object value) {
        if (value == null) {
            hints.remove(key);
        } else {
            hints.put(key, value);
        }
    }

    @Override
    public @Nullable Object getRenderingHint(RenderingHints.Key key) {
        return hints.get(key);
    }
}
