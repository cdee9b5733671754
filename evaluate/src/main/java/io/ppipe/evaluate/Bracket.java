package io.ppipe.evaluate;

/**
 * A search for the highest load that meets its target: widens until it has met one and missed one, then halves. It always
 * ends: with 0 when a hundredth of the guess misses, and with a hundred times the guess when even that meets.
 */
final class Bracket {
    private static final double LOWEST = 0.01;
    /** Far above what a wrong plan can be wrong by: what meets even there would meet at any load. */
    private static final double HIGHEST = 100;

    private static final double FIRST_STEP = 0.08;

    private final double guess;
    private final double tolerance;
    private double low;
    private double high = Double.POSITIVE_INFINITY;
    private double next;
    private double step;

    /**
     * @param guess where the answer is expected, above 0
     * @param tolerance the search is done when the answer is known to this part of itself
     */
    Bracket(double guess, double tolerance) {
        if (!(guess > 0 && guess < Double.POSITIVE_INFINITY)) { // of 0, no step leads anywhere
            throw new IllegalArgumentException("Guess of a load (%s) must be finite and above 0.".formatted(guess));
        }
        this.guess = guess;
        this.tolerance = tolerance;
        this.next = guess;
        this.step = FIRST_STEP * guess;
    }

    /** Returns the search for what is left out: it is done, and its answer is 0. */
    static Bracket leftOut() {
        var bracket = new Bracket(1, 1);
        bracket.high = 0;
        return bracket;
    }

    /** Returns the load to try next; when done, the highest that met its target. */
    double load() {
        return done() ? low : next;
    }

    boolean done() {
        return high < Double.POSITIVE_INFINITY
                ? high <= LOWEST * guess || high - low <= tolerance * high
                : low >= HIGHEST * guess;
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
            next = Math.min(next + step, HIGHEST * guess);
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
