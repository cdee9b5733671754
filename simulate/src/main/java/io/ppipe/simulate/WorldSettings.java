package io.ppipe.simulate;

import java.util.Comparator;
import java.util.List;

/**
 * How the simulated cluster differs from what the profile says. Everything is off in {@link #EXACT}. Factors are drawn from
 * one random stream, in the order in which stages and transfers start.
 *
 * @param serviceSigma standard deviation of the logarithm of a stage's time; its mean stays the profile's
 * @param networkTail probability that a transfer is held up; it then takes longer by a Pareto-distributed factor (shape 1.5,
 *     at least 1, at most 100), so that the mean delay is about three transfers and the tail is heavy
 * @param stragglers probability that a stage takes {@link #STRAGGLER_FACTOR} times as long
 * @param profileError every stage of the plan has a factor of its own, uniform in [1 − error, 1 + error), by which the
 *     profile is wrong about it
 * @param slowLinks so many servers, the first of the cluster, have links that are slower
 * @param slowLinkFactor by this factor
 * @param faults in any order
 */
public record WorldSettings(
        double serviceSigma,
        double networkTail,
        double stragglers,
        double profileError,
        int slowLinks,
        double slowLinkFactor,
        List<Fault> faults) {
    /** How much longer a straggling stage takes. */
    public static final double STRAGGLER_FACTOR = 3;

    /** Everything takes exactly as long as the profile says, and nothing breaks. */
    public static final WorldSettings EXACT = new WorldSettings(0, 0, 0, 0, 0, 1, List.of());

    public WorldSettings {
        if (!(serviceSigma >= 0 && serviceSigma <= 1)) {
            throw new IllegalArgumentException("Service noise (%s) must be in [0, 1].".formatted(serviceSigma));
        }
        if (!(networkTail >= 0 && networkTail <= 1)) {
            throw new IllegalArgumentException("Network tail (%s) must be in [0, 1].".formatted(networkTail));
        }
        if (!(stragglers >= 0 && stragglers <= 1)) {
            throw new IllegalArgumentException("Stragglers (%s) must be in [0, 1].".formatted(stragglers));
        }
        if (!(profileError >= 0 && profileError < 1)) {
            throw new IllegalArgumentException("Profile error (%s) must be in [0, 1).".formatted(profileError));
        }
        if (slowLinks < 0 || !(slowLinkFactor >= 1)) {
            throw new IllegalArgumentException(
                    "Slow links (%d, %s times slower) must be at least 0, and slower by at least 1."
                            .formatted(slowLinks, slowLinkFactor));
        }
        faults = faults.stream()
                .sorted(Comparator.comparingLong(Fault::atMicros))
                .toList();
    }

    /** Returns these with other faults. */
    public WorldSettings withFaults(List<Fault> newFaults) {
        return new WorldSettings(
                serviceSigma, networkTail, stragglers, profileError, slowLinks, slowLinkFactor, newFaults);
    }

    /** Returns whether stages and transfers take exactly the time that the profile says. */
    public boolean exact() {
        return serviceSigma == 0 && networkTail == 0 && stragglers == 0 && profileError == 0 && slowLinks == 0;
    }
}
