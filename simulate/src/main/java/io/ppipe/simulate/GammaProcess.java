package io.ppipe.simulate;

import java.util.random.RandomGenerator;

/*
 * Gamma variates: G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000.
 * For a shape a >= 1, d = a - 1/3 and c = 1/sqrt(9 d): v = (1 + c x)^3 with a normal x is nearly distributed as wanted,
 * and a rejection that accepts more than 95 % makes it exact. For a < 1, Gamma(a) = Gamma(a + 1) * U^(1/a) (ibid., §6).
 *
 * The run begins at any time of a process that has always been going, not just after an arrival. Otherwise it would
 * begin with a burst too many: (cv2 - 1) / 2 arrivals more than rate * time. The gap that covers a time drawn at random
 * is longer than others, by its own length: it is Gamma(a + 1), and what is left of it is uniform in it.
 */

/**
 * Independent gaps with a Gamma distribution of shape 1 / cv2: cv2 = 1 is a Poisson process, more is burstier, less is
 * more regular.
 */
final class GammaProcess implements ArrivalProcess {
    private final RandomGenerator random;
    private final Gamma gap;
    private double nextMicros;

    /** @param cv2 squared coefficient of variation of the gaps, above 0 */
    GammaProcess(double ratePerSecond, double cv2, RandomGenerator random) {
        double scaleMicros = cv2 * 1e6 / ratePerSecond;
        this.random = random;
        this.gap = new Gamma(1 / cv2, scaleMicros);
        this.nextMicros = random.nextDouble() * new Gamma(1 / cv2 + 1, scaleMicros).next(random);
    }

    @Override
    public double nextMicros() {
        double micros = nextMicros;
        nextMicros += gap.next(random);
        return micros;
    }

    /** Draws from one Gamma distribution. */
    static final class Gamma {
        private final double scale;
        private final double d;
        private final double c;
        private final double boost;

        /** @param shape above 0; the mean is {@code shape * scale} */
        Gamma(double shape, double scale) {
            this.scale = scale;
            this.d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
            this.c = 1 / Math.sqrt(9 * d);
            this.boost = shape < 1 ? 1 / shape : 0;
        }

        double next(RandomGenerator random) {
            double value = scale * d * cube(random);
            return boost == 0 ? value : value * Math.exp(-boost * PoissonProcess.exponential(random));
        }

        /** Every round is accepted with more than 95 %, so that the loop ends soon. */
        private double cube(RandomGenerator random) {
            while (true) {
                double x = random.nextGaussian();
                double root = 1 + c * x;
                if (root <= 0) {
                    continue;
                }
                double v = root * root * root;
                double u = 1 - random.nextDouble(); // in (0, 1]
                double x2 = x * x;
                if (u < 1 - 0.0331 * x2 * x2 || Math.log(u) < x2 / 2 + d * (1 - v + Math.log(v))) {
                    return v;
                }
            }
        }
    }
}
