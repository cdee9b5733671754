package io.ppipe.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rates, variances and distributions, measured over long runs. All tolerances are five standard errors, unless said
 * otherwise: seeds are fixed, and a right implementation would pass with all but one in a million others.
 */
class ArrivalProcessTest {
    private static final double ERRORS = 5;

    private static ArrivalProcess process(ArrivalSpec spec, double rate, double seconds, long seed) {
        return new ProcessStart(0, 1, rate, seconds * 1e6, new SplittableRandom(seed)).of(spec);
    }

    /** Returns the arrivals of a run, in seconds. */
    private static double[] arrivals(ArrivalSpec spec, double rate, double seconds, long seed) {
        ArrivalProcess process = process(spec, rate, seconds, seed);
        double[] arrivals = new double[1024];
        int count = 0;
        for (double next = process.nextMicros(); next < seconds * 1e6; next = process.nextMicros()) {
            arrivals = count == arrivals.length ? Arrays.copyOf(arrivals, 2 * count) : arrivals;
            arrivals[count++] = next / 1e6;
        }
        return Arrays.copyOf(arrivals, count);
    }

    private static double[] gaps(double[] arrivals) {
        return IntStream.range(1, arrivals.length)
                .mapToDouble(i -> arrivals[i] - arrivals[i - 1])
                .toArray();
    }

    private static double mean(double[] values) {
        return DoubleStream.of(values).sum() / values.length;
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
    }

    private static double cv2(double[] values) {
        return variance(values) / (mean(values) * mean(values));
    }

    /** Returns how many arrivals are in each of {@code windows} windows of equal length. */
    private static double[] counts(double[] arrivals, double windowSeconds, int windows) {
        double[] counts = new double[windows];
        for (double arrival : arrivals) {
            counts[Math.min(windows - 1, (int) (arrival / windowSeconds))]++;
        }
        return counts;
    }

    private static Offset<Double> errors(double standardError) {
        return Offset.offset(ERRORS * standardError);
    }

    private static void assertAllBetween(double[] values, double least, double most) {
        assertThat(DoubleStream.of(values).min().orElseThrow()).isGreaterThanOrEqualTo(least);
        assertThat(DoubleStream.of(values).max().orElseThrow()).isLessThanOrEqualTo(most);
    }

    /** Returns the largest distance between the distribution of values and one given by its function. */
    private static double distance(double[] values, DoubleUnaryOperator distribution) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double largest = 0;
        for (int i = 0; i < sorted.length; i++) {
            double wanted = distribution.applyAsDouble(sorted[i]);
            largest = Math.max(largest, Math.abs(wanted - (double) i / sorted.length));
            largest = Math.max(largest, Math.abs(wanted - (i + 1.0) / sorted.length));
        }
        return largest;
    }

    /** Kolmogorov's distance is larger than this once in 10 000 times. */
    private static double farDistance(int count) {
        return 2.225 / Math.sqrt(count);
    }

    @Test
    void poissonGapsAreExponential() {
        double rate = 20;
        double[] gaps = gaps(arrivals(new ArrivalSpec.Poisson(), rate, 50_000, 1));

        assertThat(gaps).hasSizeGreaterThan(990_000);
        assertThat(mean(gaps)).isCloseTo(1 / rate, errors(1 / rate / Math.sqrt(gaps.length)));
        assertThat(distance(gaps, gap -> 1 - Math.exp(-rate * gap))).isLessThan(farDistance(gaps.length));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0001, 0.04, 0.5, 1, 4, 25})
    void gammaGapsHaveTheMeanAndTheVariationAskedFor(double cv2) {
        double rate = 30;
        double seconds = 40_000;
        double[] arrivals = arrivals(new ArrivalSpec.Gamma(cv2), rate, seconds, 2);

        double count = rate * seconds;
        assertThat((double) arrivals.length).isCloseTo(count, errors(Math.sqrt(cv2 * count + 1)));
        // By the delta method, with the third and fourth moments of the Gamma distribution.
        assertThat(cv2(gaps(arrivals))).isCloseTo(cv2, errors(cv2 * Math.sqrt(2 * (1 + cv2) / count)));
    }

    @Test
    void gammaGapsHaveTheDistributionOfErlangWhereThatIsKnown() {
        double[] twoPhases = gaps(arrivals(new ArrivalSpec.Gamma(0.5), 1, 500_000, 3));
        double[] onePhase = gaps(arrivals(new ArrivalSpec.Gamma(1), 1, 500_000, 4));

        assertThat(distance(twoPhases, x -> 1 - Math.exp(-2 * x) * (1 + 2 * x)))
                .isLessThan(farDistance(twoPhases.length));
        assertThat(distance(onePhase, x -> 1 - Math.exp(-x))).isLessThan(farDistance(onePhase.length));
    }

    @Test
    void gammaGapsBelowShapeOneHaveTheDistributionOfASquaredNormal() {
        var gamma = new GammaProcess.Gamma(0.5, 2); // chi-square with one degree of freedom
        var random = new SplittableRandom(5);
        double[] roots = IntStream.range(0, 500_000)
                .mapToDouble(i -> Math.sqrt(gamma.next(random)))
                .toArray();
        var others = new SplittableRandom(6);
        double[] normals = IntStream.range(0, 500_000)
                .mapToDouble(i -> Math.abs(others.nextGaussian()))
                .sorted()
                .toArray();

        double distance = distance(roots, root -> {
            int at = Arrays.binarySearch(normals, root);
            return (at < 0 ? -at - 1 : at) / (double) normals.length;
        });

        assertThat(distance).isLessThan(Math.sqrt(2) * farDistance(roots.length)); // two samples
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gamma:cv2=25", "gamma:cv2=0.04", "mmpp", "cameras", "cameras:jitter=1", "diurnal:period=0.1"})
    void shortRunsHaveTheMeanRateToo(String text) {
        ArrivalSpec spec = ArrivalSpec.parse(text);
        double[] counts = new double[40_000];
        Arrays.setAll(counts, seed -> arrivals(spec, 40, 0.1, seed).length);

        assertThat(mean(counts)).isCloseTo(4, errors(Math.sqrt(variance(counts) / counts.length)));
    }

    @ParameterizedTest
    @CsvSource({"4, 2, 0.2", "20, 1, 0.05", "1.5, 5, 0.5", "1, 2, 0.2"})
    void mmppHasTheRateAndTheVariationsThatTheTheoryGives(double cv2, double period, double share) {
        var spec = new ArrivalSpec.Mmpp(cv2, period, share);
        double rate = 50;
        int windows = 4000;
        double window = 10 * period;
        double p = spec.burstRate();
        double q = spec.quietRate();
        double[] arrivals = arrivals(spec, rate, windows * window, 7);
        double[] counts = counts(arrivals, window, windows);

        double relaxation = window / (share * (1 - share) * period);
        double forever = 2 * Math.pow(share * (1 - share) * (p - q), 2) * rate * period;
        double dispersion = 1 + forever * (1 - (1 - Math.exp(-relaxation)) / relaxation);
        assertThat(mean(counts)).isCloseTo(rate * window, errors(Math.sqrt((1 + forever) * rate * window / windows)));
        assertThat(variance(counts) / (rate * window))
                .isCloseTo(dispersion, errors(dispersion * Math.sqrt(2.0 / windows)));

        double c = 1 / (share * (1 - share) * period * rate);
        double exact = 2 * (share * q + (1 - share) * p + c) / (p * q + c) - 1;
        double[] measured = new double[40];
        Arrays.setAll(measured, seed -> cv2(gaps(arrivals(spec, rate, 500 * period, seed))));
        assertThat(mean(measured)).isCloseTo(exact, errors(Math.sqrt(variance(measured) / measured.length)));
    }

    @ParameterizedTest
    @CsvSource({"4, 0.2", "100, 0.05", "1, 0.3", "1000, 0.999", "1000, 0.001"})
    void mmppRatesSolveTheirTwoEquations(double cv2, double share) {
        var spec = new ArrivalSpec.Mmpp(cv2, 2, share);
        double p = spec.burstRate();
        double q = spec.quietRate();

        assertThat(share * p + (1 - share) * q).isCloseTo(1, Offset.offset(1e-12));
        assertThat(2 * (share / p + (1 - share) / q) - 1).isCloseTo(cv2, Offset.offset(1e-6 * cv2));
        assertThat(q).isGreaterThan(0).isLessThanOrEqualTo(1 + 1e-9);
        assertThat(p).isBetween(1 - 1e-9, 1 / share);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.8, 1})
    void diurnalRatesFollowTheSine(double swing) {
        double rate = 100;
        double period = 20;
        double days = 500;
        double[] arrivals = arrivals(new ArrivalSpec.Diurnal(period, swing), rate, days * period, 8);

        double[] perEighth = new double[8];
        for (double arrival : arrivals) {
            perEighth[(int) (arrival % period / period * 8)]++;
        }
        for (int i = 0; i < 8; i++) {
            double from = 2 * Math.PI * i / 8;
            double to = 2 * Math.PI * (i + 1) / 8;
            double wanted = rate * period * days * (1.0 / 8 + swing * (Math.cos(from) - Math.cos(to)) / (2 * Math.PI));
            assertThat(perEighth[i]).isCloseTo(wanted, errors(Math.sqrt(wanted)));
        }
    }

    @Test
    void camerasSendAtAFixedRateThatSumsUpToTheModels() {
        var spec = new ArrivalSpec.Cameras(30, 0);
        assertThat(spec.count(100)).isEqualTo(3);

        double[] arrivals = arrivals(spec, 100, 60, 9);

        assertThat(arrivals).hasSize(6000);
        for (int i = 3; i < arrivals.length; i++) { // three cameras at 33.3 frames per second each
            assertThat(arrivals[i] - arrivals[i - 3]).isCloseTo(0.03, Offset.offset(1e-9));
        }
        double[] others = arrivals(spec, 100, 60, 10);
        assertThat(others[1] - others[0]).isNotCloseTo(arrivals[1] - arrivals[0], Offset.offset(1e-6));
    }

    @Test
    void aRateBelowOneCamerasIsOneSlowerCamera() {
        double[] gaps = gaps(arrivals(new ArrivalSpec.Cameras(30, 0), 5, 100, 9));

        assertThat(gaps).hasSizeBetween(498, 499);
        assertAllBetween(gaps, 0.2 - 1e-9, 0.2 + 1e-9);
    }

    @Test
    void jitterDelaysFramesButDoesNotAddUp() {
        double[] arrivals = arrivals(new ArrivalSpec.Cameras(10, 0.5), 10, 20_000, 9);
        double[] gaps = gaps(arrivals);

        // A gap is the interval and the difference of two delays, each uniform in half an interval: triangular, with a
        // kurtosis of 2.4, and neighbours correlate by -1/2, which costs half as much again.
        assertAllBetween(gaps, 0.05 - 1e-9, 0.15 + 1e-9);
        assertThat(variance(gaps))
                .isCloseTo(0.05 * 0.05 / 6, errors(0.05 * 0.05 / 6 * Math.sqrt(1.4 * 1.5 / gaps.length)));
        for (int i = 0; i < arrivals.length; i++) {
            assertThat(arrivals[i] - arrivals[0]).isBetween(0.1 * i - 0.05 - 1e-6, 0.1 * i + 0.05 + 1e-6);
        }
    }

    @Test
    void manyJitteringCamerasStayInOrder() {
        double[] gaps = gaps(arrivals(new ArrivalSpec.Cameras(30, 1), 3000, 20, 9));

        assertThat(gaps).hasSizeGreaterThan(59_000);
        assertAllBetween(gaps, 0, 1);
    }

    @Test
    void everyRandomNumberComesFromTheGivenGenerator() {
        var counting = new RandomGenerator() {
            private final SplittableRandom random = new SplittableRandom(1);
            private long drawn;

            @Override
            public long nextLong() {
                drawn++;
                return random.nextLong();
            }
        };
        ArrivalProcess gamma = new ProcessStart(0, 1, 10, 1e6, counting).of(new ArrivalSpec.Gamma(4));
        long before = counting.drawn;
        for (int i = 0; i < 1000; i++) {
            gamma.nextMicros();
        }
        assertThat(counting.drawn - before).isBetween(3000L, 4500L);
    }
}
