package io.ppipe.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.ppipe.model.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadFactorsTest {
    private static final Plan PLAN = HandMade.plan(HandMade.queues(60_000, 60_000));

    private static Candidate seen(double margin, double... loadFactors) {
        return new Candidate(Allowances.uniform(2, margin, 1), PLAN, loadFactors, 1);
    }

    private static double[] expected(double margin, Candidate... seen) {
        return LoadFactors.expected(List.of(seen), Allowances.uniform(2, margin, 1));
    }

    @Test
    void withoutExperienceMoreMarginPromisesMore() {
        assertThat(expected(0)).containsExactly(new double[] {0.9, 0.9}, within(1e-9));
        assertThat(expected(0.1)[0]).isGreaterThan(0.93).isLessThan(expected(0.4)[0]);
        assertThat(expected(0.4)[0]).isCloseTo(0.985, within(0.001));
    }

    @Test
    void whatAModelReachedCorrectsWhatIsExpectedOfItAlone() {
        double[] before = expected(0.2);
        double[] after = expected(0.2, seen(0.2, 0.7, before[1]));

        assertThat(after[0]).isBetween(0.7, 0.8);
        assertThat(after[1]).isCloseTo(before[1], within(1e-9));
    }

    @Test
    void moreExperienceCountsMore() {
        double once = expected(0.2, seen(0.2, 0.7, 0.7))[0];
        double often = expected(0.2, seen(0.2, 0.7, 0.7), seen(0.2, 0.7, 0.7), seen(0.2, 0.7, 0.7))[0];

        assertThat(often).isLessThan(once).isCloseTo(0.7, within(0.03));
    }

    @Test
    void farMarginsTeachLittle() {
        assertThat(expected(0.4, seen(0, 0.7, 0.7))[0]).isCloseTo(expected(0.4)[0], within(1e-6));
        assertThat(expected(0.24, seen(0.2, 0.7, 0.7))[0])
                .isLessThan(expected(0.24)[0])
                .isGreaterThan(expected(0.2, seen(0.2, 0.7, 0.7))[0]);
    }

    @Test
    void expectationsStayWhereTheyAreOfUse() {
        assertThat(expected(0.2, seen(0.2, 0, 3))).containsExactly(0.6, 1.05);
    }
}
