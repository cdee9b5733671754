package io.ppipe.report;

import java.math.BigDecimal;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Which numbers a chart can show, and how it spells them. */
final class Numbers {
    /** Beyond it tick labels turn into rows of zeros: a sign of a wrong unit. */
    private static final double LARGEST = 1e12;

    private Numbers() {}

    static void requireDrawable(double value, String what) {
        if (!(Math.abs(value) <= LARGEST)) { // written so that NaN fails
            throw new IllegalArgumentException(
                    "%s (%s) must be a number within ±%.0e to be drawn. Maybe its unit is too small."
                            .formatted(what, value, LARGEST));
        }
    }

    /** Spells a value with some four significant digits and no trailing zeros. */
    static String spelled(double value) {
        double size = Math.abs(value);
        String pattern = size >= 1000
                ? "#,##0"
                : size >= 100 ? "0.#" : size >= 10 ? "0.##" : size >= 0.01 ? "0.###" : "0.######";
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value + 0.0);
    }

    /** Spells microseconds as milliseconds, exactly. */
    static String millis(long micros) {
        return BigDecimal.valueOf(micros, 3).stripTrailingZeros().toPlainString();
    }
}
