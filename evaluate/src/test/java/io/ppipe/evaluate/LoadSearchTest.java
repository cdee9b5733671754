package io.ppipe.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.PolicyName;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadSearchTest {
    private static final long SLO_MICROS = 60_000;
    private static final double PER_SECOND = 1e6 / HandMade.SERVICE_MICROS;

    private final Scenario one = HandMade.queues(SLO_MICROS);
    private final Scenario two = HandMade.queues(SLO_MICROS, 30_000);

    private static LoadSearch search(Scenario scenario, Precision precision, double... baseRates) {
        return new LoadSearch(scenario, HandMade.plan(scenario), baseRates, Conditions.DEFAULT, precision);
    }

    /** Of a queue that takes whom it can answer in time, in the order of arrival; written without a line of ours. */
    private static double attainment(double load, long sloMicros) {
        var random = new SplittableRandom(1);
        double work = 0;
        int served = 0;
        int arrivals = 1_000_000;
        for (int i = 0; i < arrivals; i++) {
            work = Math.max(0, work + Math.log(1 - random.nextDouble()) * HandMade.SERVICE_MICROS / load);
            if (work + HandMade.SERVICE_MICROS <= sloMicros) {
                work += HandMade.SERVICE_MICROS;
                served++;
            }
        }
        return (double) served / arrivals;
    }

    private static double highest(long sloMicros) {
        double low = 0;
        double high = 2;
        while (high - low > 1e-3) {
            double middle = (low + high) / 2;
            if (attainment(middle, sloMicros) >= HandMade.TARGET) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @ParameterizedTest
    @EnumSource(
            value = PolicyName.class,
            names = {"DEFERRED", "RESERVATION"})
    void aSingleVgpuServesWhatAQueueWithDeadlinesDoes(PolicyName policy) {
        var conditions = Conditions.DEFAULT.with(policy);
        var search = new LoadSearch(
                one,
                HandMade.plan(one),
                new double[] {PER_SECOND},
                conditions,
                new Precision(0.002, 20_000, 200_000, 3));

        assertThat(search.ofAll(0.95).load()).isCloseTo(highest(SLO_MICROS), withinPercentage(2));
    }

    @Test
    void theSameArgumentsGiveTheSamePoints() {
        HighestLoad first = search(one, Precision.ROUGH, PER_SECOND).ofAll(0.95);

        assertThat(search(one, Precision.ROUGH, PER_SECOND).ofAll(0.95)).isEqualTo(first);
        assertThat(first.points()).isNotEmpty();
        assertThat(first.points())
                .filteredOn(LoadPoint::meets)
                .extracting(LoadPoint::load)
                .contains(first.load());
    }

    @Test
    void modelsThatShareNothingAttainTogetherWhatEachAttainsAlone() {
        double[] each = search(two, Precision.DEFAULT, PER_SECOND, PER_SECOND).ofEach(new double[] {0.9, 0.9});

        assertThat(each[0])
                .isCloseTo(
                        search(two, Precision.DEFAULT, PER_SECOND, 0).ofAll(0.9).load(), withinPercentage(2));
        assertThat(each[1])
                .isCloseTo(
                        search(two, Precision.DEFAULT, 0, PER_SECOND).ofAll(0.9).load(), withinPercentage(2));
        assertThat(each[1]).isLessThan(each[0]); // its SLO is shorter
    }

    @Test
    void togetherTheWorstModelDecides() {
        double both = search(two, Precision.DEFAULT, PER_SECOND, PER_SECOND)
                .ofAll(0.9)
                .load();

        assertThat(both).isCloseTo(highest(30_000), withinPercentage(3));
    }

    @Test
    void aModelThatIsLeftOutAttainsNothingAndKeepsNobodyWaiting() {
        double[] each = search(two, Precision.ROUGH, PER_SECOND, 0).ofEach(new double[] {0.9, 0.9});

        assertThat(each[0]).isPositive();
        assertThat(each[1]).isZero();
    }

    @Test
    void runsThatStopEarlySayWhatFullOnesSay() {
        var early = new Precision(0.002, 3_000, 60_000, 2.6);
        var full = new Precision(0.002, 60_000, 60_000, 2.6);
        int stopped = 0;
        for (double load = 0.3; load < 1.3; load += 0.05) {
            LoadPoint point = search(one, early, PER_SECOND).at(load);
            LoadPoint whole = search(one, full, PER_SECOND).at(load);
            if (point.certain()) {
                assertThat(point.meets()).as("load %s", load).isEqualTo(whole.meets());
            } else {
                assertThat(point.seconds()).isEqualTo(whole.seconds());
            }
            stopped += point.seconds() < whole.seconds() ? 1 : 0;
        }
        assertThat(stopped).isGreaterThan(12);
    }

    @Test
    void nothingIsAttainedWhereNoRequestCanBeInTime() {
        Scenario hopeless = HandMade.queues(HandMade.SERVICE_MICROS - 1);

        assertThat(search(hopeless, Precision.ROUGH, PER_SECOND).ofAll(0.95).load())
                .isZero();
    }

    @Test
    void ratesAndGuessesThatLeadNowhereAreRefused() {
        Plan plan = HandMade.plan(one);
        for (double[] rates : new double[][] {{}, {0}, {1, 1}}) {
            assertThatThrownBy(() -> new LoadSearch(one, plan, rates, Conditions.DEFAULT, Precision.ROUGH))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Base rates");
        }
        assertThatThrownBy(() -> search(one, Precision.ROUGH, PER_SECOND).ofAll(0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
