package io.ppipe.cli;

import java.util.Locale;

/** Figures as people read them. */
public final class Numbers {
    private Numbers() {}

    public static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 100 ? "%.1f" : "%.0f", perSecond);
    }

    /** Two decimals near 100 %, where they matter. */
    public static String percent(double fraction) {
        return String.format(Locale.ROOT, fraction > 0.98 && fraction < 1 ? "%.2f %%" : "%.1f %%", 100 * fraction);
    }

    public static String millis(double micros) {
        return String.format(Locale.ROOT, micros < 10_000 ? "%.2f" : "%.1f", micros / 1000);
    }

    public static String millis(long micros) {
        return millis((double) micros);
    }

    /** Gaps are small: three decimals. */
    public static String gap(double fraction) {
        return String.format(Locale.ROOT, "%.3f %%", 100 * fraction);
    }

    /** Four significant digits, without an exponent where that is readable. */
    public static String significant(double number) {
        if (number == 0) {
            return "0";
        }
        int decimals = 3 - (int) Math.floor(Math.log10(Math.abs(number)));
        return decimals > 9
                ? String.format(Locale.ROOT, "%.3e", number)
                : String.format(Locale.ROOT, "%." + Math.max(0, decimals) + "f", number);
    }

    public static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }
}
