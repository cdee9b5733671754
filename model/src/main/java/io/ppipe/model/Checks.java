package io.ppipe.model;

/** Range checks of record components, one wording for all. */
final class Checks {
    private Checks() {}

    static void atLeast(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException("%s (%d) must be at least %d.".formatted(what, value, least));
        }
    }

    static void positive(String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s (%s) must be a finite number above 0.".formatted(what, value));
        }
    }

    static void notNegative(String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s (%s) must be a finite number, 0 or above.".formatted(what, value));
        }
    }

    static void named(String what, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("%s must have a name.".formatted(what));
        }
    }
}
