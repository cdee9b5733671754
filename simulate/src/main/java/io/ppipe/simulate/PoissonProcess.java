package io.ppipe.simulate;

import java.util.random.RandomGenerator;

/** Arrivals that know nothing of each other: exponential gaps. */
final class PoissonProcess implements ArrivalProcess {
    private final RandomGenerator random;
    private final double meanGapMicros;
    private double micros;

    PoissonProcess(double ratePerSecond, RandomGenerator random) {
        this.random = random;
        this.meanGapMicros = 1e6 / ratePerSecond;
    }

    @Override
    public double nextMicros() {
        micros += exponential(random) * meanGapMicros;
        return micros;
    }

    /** Returns a value of the exponential distribution with mean 1. */
    static double exponential(RandomGenerator random) {
        return -Math.log(1 - random.nextDouble());
    }
}
