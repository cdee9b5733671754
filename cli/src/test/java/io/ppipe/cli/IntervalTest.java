package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntervalTest {
    @Test
    void intervalsAreThoseOfStudentsT() {
        assertThat(Interval.of(1)).hasToString("1.000");
        assertThat(Interval.of(1, 2, 3)).hasToString("2.000 ± 2.484");
        assertThat(Interval.of(new double[100]).halfWidth()).isZero();
    }
}
