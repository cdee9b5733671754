package io.ppipe.model;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a plan while it is checked, and says when two numbers count as equal. */
final class Violations {
    /** Relative error that sums of floating-point numbers may have. */
    private static final double TOLERANCE = 1e-6;

    private final List<String> found = new ArrayList<>();

    /** Notes a violation unless the rule holds. */
    void require(boolean holds, String format, Object... arguments) {
        if (!holds) {
            found.add(format.formatted(arguments));
        }
    }

    List<String> found() {
        return found;
    }

    static boolean equal(double a, double b) {
        return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)); // false for NaN
    }

    static boolean atMost(double a, double b) {
        return a <= b + TOLERANCE * Math.abs(b); // false for NaN
    }
}
