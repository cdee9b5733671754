package io.ppipe.format;

import io.ppipe.model.BadInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * Takes plain values out of nodes, saying what was found where something else is expected.
 *
 * @param file the file as problems name it
 */
record Scalars(String file) {
    /** What JSON allows, and what YAML allows beyond it without a doubt about its meaning. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]{1,9})?");

    /** No number of ours needs more digits; converting takes quadratic time. */
    private static final int MAX_LENGTH = 100;

    /** No quantity of ours is near; keeps exact arithmetic on numbers like 1e999999999 from taking for ever. */
    private static final int MAX_EXPONENT = 400;

    /** Returns a string. */
    String text(Node node, String what) {
        if (node instanceof Node.Text(int _, String value)) {
            return value;
        }
        String hint = node instanceof Node.Numeral || node instanceof Node.Truth ? "; put it in quotes" : "";
        throw expected(node, what, "text", hint);
    }

    /** Returns a finite number, exactly as written. */
    BigDecimal decimal(Node node, String what) {
        if (!(node instanceof Node.Numeral(int line, String spelled))) {
            throw expected(node, what, "a number", "");
        }
        if (spelled.length() > MAX_LENGTH) {
            throw Problem.at(file, line, "%s has %d digits, too many".formatted(what, spelled.length()));
        }
        if (!NUMBER.matcher(spelled).matches()) {
            throw expected(node, what, "a finite number in plain decimal digits", "");
        }
        var decimal = new BigDecimal(spelled.endsWith(".") ? spelled + "0" : spelled);
        if (Math.abs((long) decimal.scale()) > MAX_EXPONENT || !Double.isFinite(decimal.doubleValue())) {
            throw Problem.at(file, line, "%s (%s) is out of range".formatted(what, spelled));
        }
        return decimal;
    }

    /** Returns a finite number. */
    double number(Node node, String what) {
        double value = decimal(node, what).doubleValue();
        boolean negativeZero =
                value == 0 && node instanceof Node.Numeral(int _, String spelled) && spelled.startsWith("-");
        return negativeZero ? -0.0 : value;
    }

    /** Returns a whole number from {@code least} to {@code most}; 2.0 is one, 2.5 is not. */
    long whole(Node node, String what, long least, long most) {
        if (!(node instanceof Node.Numeral)) {
            throw expected(node, what, "a whole number", "");
        }
        BigDecimal decimal = decimal(node, what);
        if (decimal.stripTrailingZeros().scale() > 0) {
            throw expected(node, what, "a whole number", "");
        }
        BigInteger whole = decimal.toBigIntegerExact();
        if (whole.compareTo(BigInteger.valueOf(least)) < 0) {
            throw Problem.at(file, node.line(), "%s (%s) must be at least %d".formatted(what, decimal, least));
        }
        if (whole.compareTo(BigInteger.valueOf(most)) > 0) {
            throw Problem.at(file, node.line(), "%s (%s) must be at most %d".formatted(what, decimal, most));
        }
        return whole.longValue();
    }

    /** Returns true or false. */
    boolean truth(Node node, String what) {
        if (node instanceof Node.Truth(int _, boolean value)) {
            return value;
        }
        throw expected(node, what, "true or false", "");
    }

    /** Returns the problem of a value of the wrong type. */
    BadInputException expected(Node node, String what, String expected, String hint) {
        return Problem.at(
                file, node.line(), "%s must be %s, found %s%s".formatted(what, expected, node.described(), hint));
    }
}
