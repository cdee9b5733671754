package io.ppipe.simulate;

import java.util.random.RandomGenerator;

/*
 * A two-state Markov-modulated Poisson process (W. Fischer, K. Meier-Hellstern, "The Markov-modulated Poisson process
 * (MMPP) cookbook", Performance Evaluation 18, 1993): now and then, for an exponentially distributed time, requests come
 * at a higher rate.
 *
 * Of its four parameters one is the mean rate; period and share say how long the states last, and cv2 says how far the
 * two rates p and q, as multiples of the mean rate, are apart. With s = share:
 *     mean rate:            s p + (1 - s) q = 1
 *     gaps, long periods:   cv2 = 2 (s / p + (1 - s) / q) - 1
 * The second follows from the gaps within a state being exponential, when the few gaps across a change of state do not
 * matter. With h = (cv2 + 1) / 2 the two make h s p^2 - (h + 2 s - 1) p + s = 0, whose larger root is p in [1, 1/s).
 *
 * With c = 1 / (s (1 - s) period rate), gaps across changes counted, cv2' = 2 (s q + (1 - s) p + c) / (p q + c) - 1.
 */

/**
 * Poisson arrivals whose rate changes at random between quiet times and bursts.
 */
final class MmppProcess implements ArrivalProcess {
    private final RandomGenerator random;
    private final double endMicros;
    private final double[] gapMicros;
    private final double[] stayMicros;
    private int state;
    private double micros;
    private double changeMicros;

    MmppProcess(ArrivalSpec.Mmpp spec, double ratePerSecond, double endMicros, RandomGenerator random) {
        this.random = random;
        this.endMicros = endMicros;
        double meanGapMicros = 1e6 / ratePerSecond;
        this.gapMicros = new double[] {meanGapMicros / spec.quietRate(), meanGapMicros / spec.burstRate()};
        this.stayMicros =
                new double[] {(1 - spec.share()) * spec.periodSeconds() * 1e6, spec.share() * spec.periodSeconds() * 1e6
                };
        this.state = random.nextDouble() < spec.share() ? 1 : 0;
        this.changeMicros = stay();
    }

    private double stay() {
        return PoissonProcess.exponential(random) * stayMicros[state];
    }

    @Override
    public double nextMicros() {
        while (micros < endMicros) {
            double next = micros + PoissonProcess.exponential(random) * gapMicros[state];
            if (next < changeMicros) {
                micros = next;
                return next;
            }
            micros = changeMicros; // what comes after the change knows nothing of the time before
            state = 1 - state;
            changeMicros += stay();
        }
        return Double.POSITIVE_INFINITY;
    }
}
