package io.ppipe.simulate;

import java.math.BigDecimal;

/** The numbers of an {@link ArrivalSpec}: how they are checked and written. */
final class Parameters {
    private Parameters() {}

    /** Written so that NaN fails. */
    static void requireInRange(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "%s (%s) must be from %s to %s.".formatted(name, text(value), text(least), text(most)));
        }
    }

    /** Returns the shortest plain text that is read as the same number. */
    static String text(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return Math.abs(decimal.scale()) <= 20 ? decimal.toPlainString() : decimal.toString();
    }
}
