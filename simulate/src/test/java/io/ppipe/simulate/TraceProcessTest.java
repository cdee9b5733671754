package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Request;
import io.ppipe.model.Slo;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TraceProcessTest {
    private static final Slo SLO = new Slo(1_000, 1);
    private static final TraceTimes FIVE = TraceTimes.of(9_000_000, 0, 1_000_000, 5_000_000, 2_000_000);

    private static List<Double> seconds(ArrivalProcess process, int most) {
        var seconds = new ArrayList<Double>();
        for (double next = process.nextMicros(); Double.isFinite(next) && seconds.size() < most; ) {
            seconds.add(next / 1e6);
            next = process.nextMicros();
        }
        return seconds;
    }

    private static List<Long> micros(Arrivals arrivals, int model) {
        var micros = new ArrayList<Long>();
        while (arrivals.nextMicros() != Scheduler.NEVER) {
            Request request = arrivals.next();
            if (request.model() == model) {
                micros.add(request.arrivalMicros());
            }
        }
        return micros;
    }

    @Test
    void foldsAsComputedByHand() {
        // 5 starts in 10 s; 2 per second are wanted: the factor is 4, the segment 2.5 s.
        // 0, 1, 2, 5, 9 modulo 2.5: 0, 1, 2, 0, 1.5
        ArrivalProcess folded = TraceProcess.folded(FIVE, 2, 0, 2.5e6);

        assertThat(seconds(folded, 100)).containsExactly(0.0, 0.0, 1.0, 1.5, 2.0);
    }

    @Test
    void repeatsTheSegmentInALongerRun() {
        ArrivalProcess folded = TraceProcess.folded(FIVE, 2, 0, 7e6);

        assertThat(seconds(folded, 13))
                .containsExactly(0.0, 0.0, 1.0, 1.5, 2.0, 2.5, 2.5, 3.5, 4.0, 4.5, 5.0, 5.0, 6.0);
    }

    @Test
    void keepsThePartThatAShorterRunSees() {
        assertThat(seconds(TraceProcess.folded(FIVE, 2, 0, 1.2e6), 100)).containsExactly(0.0, 0.0, 1.0);
    }

    @Test
    void rotatesTheSegment() {
        // Half of 2.5 s later: 1.25, 2.25, 3.25, 1.25, 2.75 modulo 2.5
        ArrivalProcess folded = TraceProcess.folded(FIVE, 2, 0.5, 2.5e6);

        assertThat(seconds(folded, 100)).containsExactly(0.25, 0.75, 1.25, 1.25, 2.25);
    }

    @Test
    void stretchesATraceThatIsFasterThanTheRate() {
        // Mean gap 9/4 s, so 11.25 s long; at one start in 9 s the segment has 45 s: 4 times as long.
        ArrivalProcess stretched = TraceProcess.folded(FIVE, 1 / 9.0, 0, 45e6);

        assertThat(seconds(stretched, 100)).containsExactly(0.0, 4.0, 8.0, 20.0, 36.0);
    }

    @Test
    void oneStartIsATraceToo() {
        ArrivalProcess one = TraceProcess.folded(TraceTimes.of(77), 2, 0, 1e6);

        assertThat(seconds(one, 3)).containsExactly(77e-6, 0.500_077, 1.000_077);
    }

    @Test
    void aModulusNeverLeavesTheSegment() {
        var random = new SplittableRandom(1);
        for (int round = 0; round < 2000; round++) {
            long[] starts = random.longs(20, 0, 1_209_600_000_000L).toArray();
            double rate = random.nextDouble(0.001, 5000);
            double segment = 20e6 / rate;
            ArrivalProcess folded = TraceProcess.folded(TraceTimes.of(starts), rate, random.nextDouble(), segment);
            double last = 0;
            for (int i = 0; i < 20; i++) {
                double next = folded.nextMicros();
                assertThat(next).isBetween(last, Math.nextDown(segment));
                last = next;
            }
        }
    }

    @Test
    void everyModelMeetsItsRateWithTheSameTraceRotated() {
        var azure = new ArrivalSpec.Azure(
                "trace",
                TraceTimes.of(
                        new SplittableRandom(4).longs(3_000, 0, 900_000_000).toArray()));
        var sources = List.of(new ArrivalSource(100, SLO), new ArrivalSource(100, SLO), new ArrivalSource(300, SLO));

        // Segments of 30 s, 30 s and 10 s: a run of 60 s holds each a whole number of times.
        List<Long> first = micros(azure.arrivals(sources, 60, 1), 0);
        List<Long> second = micros(azure.arrivals(sources, 60, 1), 1);

        assertThat(first).hasSize(6000).isNotEqualTo(second);
        assertThat(second).hasSize(6000);
        assertThat(micros(azure.arrivals(sources, 60, 1), 2)).hasSize(18_000);
        assertThat(micros(azure.arrivals(sources, 60, 2), 0)).isNotEqualTo(first);
    }

    @Test
    void azureTimesCountFromTheFirstStart() {
        assertThat(new ArrivalSpec.Azure("f", TraceTimes.of(70, 50, 90)).times())
                .isEqualTo(TraceTimes.of(0, 20, 40));
        assertThatThrownBy(() -> new ArrivalSpec.Azure("f", TraceTimes.of()))
                .hasMessage("azure:f holds no invocation.");
    }

    @Test
    void aRecordedRunIsReplayedAsItWasWhateverTheRates() {
        var recorded = new ArrivalSpec.Recorded(
                "log", false, List.of(TraceTimes.of(5_000_000, 5_200_000), TraceTimes.of(5_100_000, 7_000_000)));
        var sources = List.of(new ArrivalSource(0, SLO), new ArrivalSource(77, SLO));

        assertThat(micros(recorded.arrivals(sources, 10, 1), 0)).containsExactly(0L, 200_000L);
        assertThat(micros(recorded.arrivals(sources, 10, 1), 1)).containsExactly(100_000L, 2_000_000L);
        assertThat(micros(recorded.arrivals(sources, 2, 1), 1)).containsExactly(100_000L);
    }

    @Test
    void aRecordedRunScalesToTheRatesOfEachModel() {
        TraceTimes times =
                TraceTimes.of(LongStream.range(0, 1000).map(i -> i * 10_000).toArray());
        var recorded = new ArrivalSpec.Recorded("log", true, List.of(times, times, TraceTimes.of()));
        var sources = List.of(new ArrivalSource(50, SLO), new ArrivalSource(200, SLO), new ArrivalSource(0, SLO));

        assertThat(micros(recorded.arrivals(sources, 40, 1), 0)).hasSize(2000);
        assertThat(micros(recorded.arrivals(sources, 40, 1), 1)).hasSize(8000);
        assertThat(micros(recorded.arrivals(sources, 40, 1), 2)).isEmpty();
    }

    @Test
    void refusesARecordingThatDoesNotFitTheModels() {
        var recorded = new ArrivalSpec.Recorded("log", true, List.of(TraceTimes.of(1), TraceTimes.of()));
        var two = List.of(new ArrivalSource(1, SLO), new ArrivalSource(1, SLO));

        assertThatThrownBy(() -> recorded.arrivals(two.subList(0, 1), 1, 1))
                .hasMessage("recorded-scaled:log has arrivals of 2 models, the plan has 1.");
        assertThatThrownBy(() -> recorded.arrivals(two, 1, 1))
                .hasMessageContaining("recorded-scaled:log has no arrival of model 1 to scale to 1 per second");
    }

    @Test
    void traceTimesAreAValue() {
        long[] given = {3, 1, 2};
        TraceTimes times = TraceTimes.of(given);
        Arrays.fill(given, 9);

        assertThat(times).isEqualTo(TraceTimes.of(1, 2, 3)).hasSameHashCodeAs(TraceTimes.of(2, 1, 3));
        assertThat(times).isNotEqualTo(TraceTimes.of(1, 2)).hasToString("3 start times");
    }
}
