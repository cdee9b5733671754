package io.ppipe.evaluate;

/** A search for the highest load that meets its target: widens until it has met one and missed one, then halves. */
final class Bracket {
    private static final double LOWEST = 0.01;
    private static final double FIRST_STEP = 0.08;

    private final double guess;
    private final double tolerance;
    private double low;
    private double high = Double.POSITIVE_INFINITY;
    private double next;
    private double step;

    /**
     * @param guess where the answer is expected
     * @param tolerance the search is done when the answer is known to this part of itself
     */
    Bracket(double guess, double tolerance) {
        this.guess = guess;
        this.tolerance = tolerance;
        this.next = guess;
        this.step = FIRST_STEP * guess;
    }

    /** Returns the load to try next; when done, the highest that met its target. */
    double load() {
        return done() ? low : next;
    }

    boolean done() {
        return high < Double.POSITIVE_INFINITY && (high <= LOWEST * guess || high - low <= tolerance * high);
    }

    /** Takes note of what came of {@link #load}. */
    void judge(boolean meets) {
        if (done()) {
            return;
        }
        if (meets) {
            low = next;
        } else {
            high = next;
        }
        if (low > 0 && high < Double.POSITIVE_INFINITY) {
            next = (low + high) / 2;
        } else if (meets) {
            next += step;
        } else {
            next = Math.max(next - step, next / 4);
        }
        step *= 2;
    }

    /** Returns the highest load that met its target; 0 when there was none. */
    double highest() {
        return low;
    }
}
