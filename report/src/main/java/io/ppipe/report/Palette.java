package io.ppipe.report;

import java.awt.Color;
import java.util.List;

/**
 * The colours of all charts. The series colours are those of Okabe and Ito ("Color Universal Design", 2008), which
 * people with any kind of colour blindness can tell apart, less the black and the yellow, plus a grey: these seven stand
 * out from white paper and from a dark page alike. After them come the same in a light shade.
 */
final class Palette {
    static final int HUES = 7;

    static final Color INK = new Color(0x1f2328);
    static final Color SOFT_INK = new Color(0x59636e);
    static final Color GRID = new Color(0xdde1e6);
    static final Color FRAME = new Color(0x9aa4ae);
    static final Color PAPER = new Color(0xffffff);
    static final Color TARGET = new Color(0xb3261e);

    /** Text on a light and on a dark span; the same in print and on a dark page, unlike {@link #INK}. */
    static final Color ON_LIGHT = new Color(0x101010);

    static final Color ON_DARK = new Color(0xfefefe);

    /** Share of white in a light shade. */
    private static final double LIGHTENING = 0.5;

    private static final List<Color> SERIES = List.of(
            new Color(0x0072b2), // blue
            new Color(0xe69f00), // orange
            new Color(0x009e73), // green
            new Color(0xcc79a7), // pink
            new Color(0x56b4e9), // sky
            new Color(0xd55e00), // vermilion
            new Color(0x7a828a)); // grey

    private Palette() {}

    /** @param index counts from 0 and starts over after {@link Chart#MAX_SERIES} */
    static Color series(int index) {
        Color hue = SERIES.get(index % HUES);
        return index / HUES % 2 == 0 ? hue : lighter(hue);
    }

    static Color band(Color line) {
        return new Color(line.getRed(), line.getGreen(), line.getBlue(), 0x38);
    }

    /** Returns the text colour with the higher contrast (WCAG 2.2, relative luminance). */
    static Color on(Color background) {
        return luminance(background) > 0.179 ? ON_LIGHT : ON_DARK;
    }

    /** Returns the name by which a page can give the colour another value at night, or "" if it stays as it is. */
    static String nameOf(Color color) {
        return switch (color.getRGB()) {
            case 0xff1f2328 -> "ink";
            case 0xff59636e -> "soft";
            case 0xffdde1e6 -> "grid";
            case 0xff9aa4ae -> "frame";
            case 0xffffffff -> "paper";
            case 0xffb3261e -> "target";
            default -> "";
        };
    }

    private static Color lighter(Color hue) {
        return new Color(lighter(hue.getRed()), lighter(hue.getGreen()), lighter(hue.getBlue()));
    }

    private static int lighter(int channel) {
        return (int) Math.round(channel + (255 - channel) * LIGHTENING);
    }

    private static double luminance(Color color) {
        return 0.2126 * linear(color.getRed()) + 0.7152 * linear(color.getGreen()) + 0.0722 * linear(color.getBlue());
    }

    private static double linear(int channel) {
        double share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }
}
