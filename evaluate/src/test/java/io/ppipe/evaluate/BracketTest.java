package io.ppipe.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoublePredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BracketTest {
    private static final double TOLERANCE = 0.002;
    private static final int MOST_STEPS = 60;

    private record Found(double load, int steps) {}

    private static Found search(double guess, DoublePredicate meets) {
        var bracket = new Bracket(guess, TOLERANCE);
        int steps = 0;
        while (!bracket.done()) {
            assertThat(++steps).isLessThan(MOST_STEPS);
            bracket.judge(meets.test(bracket.load()));
        }
        return new Found(bracket.highest(), steps);
    }

    @ParameterizedTest
    @CsvSource({"0.95, 0.95", "0.95, 0.9", "0.95, 1.1", "0.95, 0.1", "0.95, 20", "300, 270", "0.6, 1.05", "1, 0.0101"})
    void findsTheThresholdToItsToleranceFromGoodAndBadGuesses(double guess, double threshold) {
        Found found = search(guess, load -> load <= threshold);

        assertThat(found.load()).isLessThanOrEqualTo(threshold).isCloseTo(threshold, within(2 * TOLERANCE * threshold));
    }

    @Test
    void aGoodGuessTakesFewSteps() {
        assertThat(search(0.95, load -> load <= 0.94).steps()).isLessThanOrEqualTo(8);
        assertThat(search(0.95, load -> load <= 9.4).steps()).isLessThanOrEqualTo(20);
    }

    @Test
    void endsWithNothingWhereNothingMeets() {
        assertThat(search(0.95, _ -> false).load()).isZero();
    }

    @Test
    void endsAtAHundredTimesTheGuessWhereEverythingMeets() {
        Found found = search(0.95, _ -> true);

        assertThat(found.load()).isCloseTo(95, within(1e-9));
        assertThat(found.steps()).isLessThan(16);
    }

    @Test
    void staysAtItsAnswerWhenDone() {
        var bracket = new Bracket(1, TOLERANCE);
        while (!bracket.done()) {
            bracket.judge(bracket.load() <= 0.7);
        }
        double answer = bracket.highest();

        bracket.judge(true);
        bracket.judge(false);

        assertThat(bracket.load()).isEqualTo(answer);
        assertThat(bracket.highest()).isEqualTo(answer);
    }

    @Test
    void whatIsLeftOutIsDoneAtOnce() {
        assertThat(Bracket.leftOut().done()).isTrue();
        assertThat(Bracket.leftOut().load()).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void aGuessThatLeadsNowhereIsRefused(double guess) {
        assertThatThrownBy(() -> new Bracket(guess, TOLERANCE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("above 0");
    }
}
