package io.ppipe.report;

import java.awt.Color;
import java.awt.Composite;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsConfiguration;
import java.awt.Image;
import java.awt.Paint;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.BufferedImageOp;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.text.AttributedCharacterIterator;
import java.util.Map;

/**
 * A drawing surface for nothing but plain shapes in plain colours: whatever else a chart library might ask for throws, so
 * that a picture never lacks a part silently. Java has no smaller type to hand to such a library.
 */
abstract class ShapesOnlyGraphics extends Graphics2D {
    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("A chart is drawn from plain shapes only.");
    }

    @Override
    public boolean drawImage(Image image, AffineTransform transform, ImageObserver observer) {
        throw unsupported();
    }

    @Override
    public void drawImage(BufferedImage image, BufferedImageOp operation, int x, int y) {
        throw unsupported();
    }

    @Override
    public void drawRenderedImage(RenderedImage image, AffineTransform transform) {
        throw unsupported();
    }

    @Override
    public void drawRenderableImage(RenderableImage image, AffineTransform transform) {
        throw unsupported();
    }

    @Override
    public void drawString(String text, int x, int y) {
        throw unsupported();
    }

    @Override
    public void drawString(String text, float x, float y) {
        throw unsupported();
    }

    @Override
    public void drawString(AttributedCharacterIterator text, int x, int y) {
        throw unsupported();
    }

    @Override
    public void drawString(AttributedCharacterIterator text, float x, float y) {
        throw unsupported();
    }

    @Override
    public void drawGlyphVector(GlyphVector glyphs, float x, float y) {
        throw unsupported();
    }

    @Override
    public boolean hit(Rectangle box, Shape shape, boolean onStroke) {
        throw unsupported();
    }

    @Override
    public GraphicsConfiguration getDeviceConfiguration() {
        throw unsupported();
    }

    @Override
    public void setComposite(Composite composite) {
        throw unsupported();
    }

    @Override
    public void setPaint(Paint paint) {
        throw unsupported();
    }

    @Override
    public void setRenderingHints(Map<?, ?> hints) {
        throw unsupported();
    }

    @Override
    public void addRenderingHints(Map<?, ?> hints) {
        throw unsupported();
    }

    @Override
    public RenderingHints getRenderingHints() {
        throw unsupported();
    }

    @Override
    public void translate(int x, int y) {
        throw unsupported();
    }

    @Override
    public void translate(double x, double y) {
        throw unsupported();
    }

    @Override
    public void rotate(double angle) {
        throw unsupported();
    }

    @Override
    public void rotate(double angle, double x, double y) {
        throw unsupported();
    }

    @Override
    public void scale(double x, double y) {
        throw unsupported();
    }

    @Override
    public void shear(double x, double y) {
        throw unsupported();
    }

    @Override
    public Paint getPaint() {
        throw unsupported();
    }

    @Override
    public Composite getComposite() {
        throw unsupported();
    }

    @Override
    public void setBackground(Color color) {
        throw unsupported();
    }

    @Override
    public Color getBackground() {
        throw unsupported();
    }

    @Override
    public void clip(Shape shape) {
        throw unsupported();
    }

    @Override
    public Graphics create() {
        throw unsupported();
    }

    @Override
    public void setPaintMode() {
        throw unsupported();
    }

    @Override
    public void setXORMode(Color color) {
        throw unsupported();
    }

    @Override
    public FontMetrics getFontMetrics(Font font) {
        throw unsupported();
    }

    @Override
    public void clipRect(int x, int y, int width, int height) {
        throw unsupported();
    }

    @Override
    public void setClip(int x, int y, int width, int height) {
        throw unsupported();
    }

    @Override
    public void copyArea(int x, int y, int width, int height, int right, int down) {
        throw unsupported();
    }

    @Override
    public void clearRect(int x, int y, int width, int height) {
        throw unsupported();
    }

    @Override
    public void drawRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
        throw unsupported();
    }

    @Override
    public void fillRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
        throw unsupported();
    }

    @Override
    public void drawOval(int x, int y, int width, int height) {
        throw unsupported();
    }

    @Override
    public void fillOval(int x, int y, int width, int height) {
        throw unsupported();
    }

    @Override
    public void drawArc(int x, int y, int width, int height, int start, int angle) {
        throw unsupported();
    }

    @Override
    public void fillArc(int x, int y, int width, int height, int start, int angle) {
        throw unsupported();
    }

    @Override
    public void drawPolyline(int[] x, int[] y, int count) {
        throw unsupported();
    }

    @Override
    public void drawPolygon(int[] x, int[] y, int count) {
        throw unsupported();
    }

    @Override
    public void fillPolygon(int[] x, int[] y, int count) {
        throw unsupported();
    }

    @Override
    public boolean drawImage(Image image, int x, int y, ImageObserver observer) {
        throw unsupported();
    }

    @Override
    public boolean drawImage(Image image, int x, int y, int width, int height, ImageObserver observer) {
        throw unsupported();
    }

    @Override
    public boolean drawImage(Image image, int x, int y, Color color, ImageObserver observer) {
        throw unsupported();
    }

    @Override
    public boolean drawImage(Image image, int x, int y, int width, int height, Color color, ImageObserver observer) {
        throw unsupported();
    }

    @Override
    public boolean drawImage(
            Image image,
            int toX1,
            int toY1,
            int toX2,
            int toY2,
            int x1,
            int y1,
            int x2,
            int y2,
            ImageObserver observer) {
        throw unsupported();
    }

    @Override
    public boolean drawImage(
            Image image,
            int toX1,
            int toY1,
            int toX2,
            int toY2,
            int x1,
            int y1,
            int x2,
            int y2,
            Color color,
            ImageObserver observer) {
        throw unsupported();
    }

    @Override
    public void dispose() {}
}
