package io.ppipe.simulate;

import java.util.random.RandomGenerator;

/*
 * Thinning (P. A. W. Lewis, G. S. Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", Naval Research
 * Logistics 26(3), 1979): arrivals at the highest rate, each kept with the rate of its time as a share of the highest. One
 * in 1 + swing is kept on average; those below the lowest rate are kept without asking for the sine.
 */

/** Poisson arrivals whose rate rises and falls as a sine; it begins at the mean rate, rising. */
final class DiurnalProcess implements ArrivalProcess {
    private final RandomGenerator random;
    private final double swing;
    private final double radiansPerMicro;
    private final double gapMicros;
    private final double endMicros;
    private double micros;

    DiurnalProcess(ArrivalSpec.Diurnal spec, double ratePerSecond, double endMicros, RandomGenerator random) {
        this.random = random;
        this.swing = spec.swing();
        this.radiansPerMicro = 2 * Math.PI / (spec.periodSeconds() * 1e6);
        this.gapMicros = 1e6 / (ratePerSecond * (1 + swing));
        this.endMicros = endMicros;
    }

    @Override
    public double nextMicros() {
        while (micros < endMicros) {
            micros += PoissonProcess.exponential(random) * gapMicros;
            double rate = random.nextDouble() * (1 + swing);
            if (rate < 1 - swing || rate < 1 + swing * Math.sin(micros * radiansPerMicro)) {
                return micros;
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
