package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.Request;
import io.ppipe.model.Slo;
import io.ppipe.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** What all kinds of arrivals have in common, and their text forms. */
class ArrivalSpecTest {
    private static final List<ArrivalSource> SOURCES = List.of(
            new ArrivalSource(400, new Slo(5_000, 0.99)),
            new ArrivalSource(0, new Slo(7_000, 1)),
            new ArrivalSource(90, new Slo(9_000, 1)));

    private static final ArrivalSpec.Traces TRACES = new ArrivalSpec.Traces() {
        @Override
        public TraceTimes azure(String file) {
            var random = new SplittableRandom(file.hashCode());
            return TraceTimes.of(random.longs(500, 0, 60_000_000).toArray());
        }

        @Override
        public List<TraceTimes> recorded(String file) {
            return List.of(azure(file), TraceTimes.of(), azure(file + "2"));
        }
    };

    static final List<String> TEXTS = List.of(
            "poisson",
            "gamma:cv2=4",
            "gamma:cv2=0.3",
            "mmpp:cv2=4,period=2,share=0.2",
            "mmpp:cv2=1,period=0.5,share=0.5",
            "diurnal:period=15,swing=0.8",
            "diurnal:period=86400,swing=1",
            "cameras:fps=30,jitter=0.1",
            "cameras:fps=0.5,jitter=1",
            "azure:invocations.txt",
            "recorded:run:7,cold.jsonl",
            "recorded-scaled:run.jsonl");

    private static List<Request> all(ArrivalSpec spec, List<ArrivalSource> sources, double seconds, long seed) {
        Arrivals arrivals = spec.arrivals(sources, seconds, seed);
        var requests = new ArrayList<Request>();
        for (long next = arrivals.nextMicros(); next != Scheduler.NEVER; next = arrivals.nextMicros()) {
            Request request = arrivals.next();
            assertThat(request.arrivalMicros()).isEqualTo(next);
            requests.add(request);
        }
        assertThatThrownBy(arrivals::next).isInstanceOf(IllegalStateException.class);
        return requests;
    }

    private static List<Long> ofModel(List<Request> requests, int model) {
        return requests.stream()
                .filter(r -> r.model() == model)
                .map(Request::arrivalMicros)
                .toList();
    }

    @ParameterizedTest
    @FieldSource("TEXTS")
    void theTextFormIsReadAndWrittenTheSame(String text) {
        ArrivalSpec spec = ArrivalSpec.parse(text, TRACES);

        assertThat(spec).hasToString(text);
        assertThat(ArrivalSpec.parse(spec.toString(), TRACES)).isEqualTo(spec).hasSameHashCodeAs(spec);
    }

    @Test
    void everyShownFormIsReadAndShowsTheDefaults() {
        for (String form : ArrivalSpec.FORMS) {
            assertThat(ArrivalSpec.parse(form, TRACES)).hasToString(form);
            if (!form.endsWith("FILE")) {
                assertThat(ArrivalSpec.parse(form.replaceAll(":.*", ""))).hasToString(form);
            }
        }
    }

    @Test
    void parametersMayBeLeftOutAndStandInAnyOrder() {
        assertThat(ArrivalSpec.parse("mmpp:share=0.5, cv2 = 2")).isEqualTo(new ArrivalSpec.Mmpp(2, 2, 0.5));
        assertThat(ArrivalSpec.parse("gamma:")).isEqualTo(new ArrivalSpec.Gamma(4));
        assertThat(ArrivalSpec.parse("diurnal:period=1e3")).hasToString("diurnal:period=1000,swing=0.8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '"',
            value = {
                "gama:cv2=4 ~ 'gama:cv2=4' is no kind of arrivals; maybe you meant 'gamma' (allowed: poisson |"
                        + " gamma:cv2=4 ",
                "Poisson ~ maybe you meant 'poisson'",
                "bursty ~ 'bursty' is no kind of arrivals (allowed: poisson",
                "\"\" ~ '' is no kind of arrivals (allowed: poisson",
                "poisson:rate=3 ~ 'poisson:rate=3': 'poisson' has no parameters.",
                "gamma:cv=4 ~ 'cv' is no parameter of 'gamma'; maybe you meant 'cv2' (allowed: gamma:cv2=4).",
                "gamma:4 ~ '4' is no parameter of 'gamma' (allowed: gamma:cv2=4).",
                "gamma:cv2=four ~ 'gamma:cv2=four': cv2 ('four') must be a number (for example: gamma:cv2=4).",
                "gamma:cv2 ~ cv2 ('') must be a number",
                "gamma:cv2=NaN ~ cv2 ('NaN') must be a number",
                "gamma:cv2=1e999 ~ 'gamma:cv2=1e999': cv2 (Infinity) must be from 0.0001 to 1000.",
                "gamma:cv2=0 ~ 'gamma:cv2=0': cv2 (0) must be from 0.0001 to 1000.",
                "gamma:cv2=4,cv2=4 ~ cv2 is there twice.",
                "mmpp:cv2=0.5 ~ cv2 (0.5) must be from 1 to 1000.",
                "mmpp:share=20 ~ share (20) must be from 0.001 to 0.999.",
                "diurnal:swing=80 ~ swing (80) must be from 0 to 1.",
                "cameras:fps=0 ~ fps (0) must be from 0.001 to 100000.",
                "azure ~ 'azure' names no file (allowed: azure:FILE).",
                "azure: ~ 'azure:' names no file (allowed: azure:FILE).",
                "recorded:x.jsonl ~ 'recorded:x.jsonl' names a file; none can be read here.",
            })
    void saysInOneLineWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> ArrivalSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .message()
                .hasLineCount(1);
    }

    @Test
    void repeatsNoLongOrOddTextWhole() {
        assertThatThrownBy(() -> ArrivalSpec.parse("x\ny".repeat(10_000)))
                .message()
                .hasLineCount(1)
                .hasSizeLessThan(400);
    }

    @ParameterizedTest
    @FieldSource("TEXTS")
    void requestsComeInOrderWithTheirDeadlines(String text) {
        List<Request> requests = all(ArrivalSpec.parse(text, TRACES), SOURCES, 20, 11);

        assertThat(requests).hasSizeGreaterThan(300);
        for (int i = 0; i < requests.size(); i++) {
            Request request = requests.get(i);
            assertThat(request.id()).isEqualTo(i);
            assertThat(request.model()).isNotEqualTo(1);
            assertThat(request.deadlineMicros() - request.arrivalMicros())
                    .isEqualTo(SOURCES.get(request.model()).slo().latencyMicros());
            assertThat(request.arrivalMicros()).isBetween(0L, 19_999_999L);
            assertThat(i == 0 || requests.get(i - 1).arrivalMicros() <= request.arrivalMicros())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @FieldSource("TEXTS")
    void theSameSeedGivesTheSameRequestsAndAnotherSeedOthers(String text) {
        ArrivalSpec spec = ArrivalSpec.parse(text, TRACES);

        List<Request> requests = all(spec, SOURCES, 3, 5);

        assertThat(all(spec, SOURCES, 3, 5)).isEqualTo(requests);
        if (!(spec instanceof ArrivalSpec.Recorded)) {
            assertThat(all(spec, SOURCES, 3, 6)).isNotEqualTo(requests);
        }
    }

    @ParameterizedTest
    @FieldSource("TEXTS")
    void oneModelsRateChangesNothingForAnother(String text) {
        ArrivalSpec spec = ArrivalSpec.parse(text, TRACES);
        var otherwise = List.of(SOURCES.get(0), SOURCES.get(1), new ArrivalSource(3000, new Slo(9_000, 1)));

        List<Long> arrivals = ofModel(all(spec, SOURCES, 3, 5), 0);

        assertThat(ofModel(all(spec, otherwise, 3, 5), 0)).isEqualTo(arrivals);
    }

    @Test
    void poissonArrivalsAreThoseThatEarlierReportsWereMadeWith() {
        List<Long> arrivals = ofModel(all(new ArrivalSpec.Poisson(), SOURCES, 1, 42), 0);

        SplittableRandom random = new SplittableRandom(42).split();
        double micros = 0;
        for (long arrival : arrivals) {
            micros -= Math.log(1 - random.nextDouble()) * 1e6 / 400;
            assertThat((double) arrival).isBetween(micros - 1.01, micros + 0.01); // cut to whole microseconds
        }
    }

    @Test
    void aLongerRunBeginsLikeAShorterOne() {
        for (String text : TEXTS) {
            ArrivalSpec spec = ArrivalSpec.parse(text, TRACES);
            List<Request> shorter = all(spec, SOURCES, 1, 5);
            assertThat(all(spec, SOURCES, 2, 5)).as(text).startsWith(shorter.toArray(Request[]::new));
        }
    }

    @Test
    void nothingArrivesWithoutModelsOrRates() {
        assertThat(all(new ArrivalSpec.Poisson(), List.of(), 1, 1)).isEmpty();
        assertThat(all(new ArrivalSpec.Poisson(), List.of(SOURCES.get(1)), 1, 1))
                .isEmpty();
    }

    @Test
    void refusesRatesAndLengthsThatAreNone() {
        var poisson = new ArrivalSpec.Poisson();
        assertThatThrownBy(() -> poisson.arrivals(SOURCES, 0, 1)).hasMessageContaining("(0.0 s) must be above 0");
        assertThatThrownBy(() -> poisson.arrivals(SOURCES, Double.NaN, 1)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> new ArrivalSource(-1, new Slo(1, 1))).hasMessageContaining("(-1.0 per second)");
        assertThatThrownBy(() -> new ArrivalSource(Double.NaN, new Slo(1, 1))).hasMessageContaining("finite");
        var busy = List.of(new ArrivalSource(1e9, new Slo(1, 1)));
        assertThatThrownBy(() -> ArrivalSpec.Cameras.DEFAULT.arrivals(busy, 1, 1))
                .hasMessageContaining("more than 1000000 cameras");
    }
}
