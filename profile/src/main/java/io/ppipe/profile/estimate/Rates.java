package io.ppipe.profile.estimate;

import io.ppipe.profile.KernelKind;
import java.util.EnumMap;
import java.util.Map;

/**
 * What kernels reach of one GPU's data sheet.
 *
 * @param efficiency part of the peak that kernels of a kind reach when they fill the GPU, above 0: of every kind that
 *     computes. More than 1 where an algorithm needs fewer operations than the definition (Winograd)
 * @param memory part of the bandwidth, above 0
 * @param launchMicros what every kernel takes besides, in microseconds; at least 0
 */
public record Rates(Map<KernelKind, Double> efficiency, double memory, double launchMicros) {
    public Rates {
        efficiency = new EnumMap<>(efficiency);
        for (KernelKind kind : KernelKind.values()) {
            double value = efficiency.getOrDefault(kind, 0.0);
            if (kind.computes() && !(value > 0)) {
                throw new IllegalArgumentException("Efficiency of %s (%s) must be above 0.".formatted(kind, value));
            }
        }
        if (!(memory > 0 && launchMicros >= 0)) {
            throw new IllegalArgumentException(
                    "Part of the bandwidth (%s) must be above 0, and the launch (%s us) at least 0."
                            .formatted(memory, launchMicros));
        }
    }

    /** Returns the part of the peak that a kind of kernel reaches; only kinds that compute have one. */
    public double of(KernelKind kind) {
        Double value = efficiency.get(kind);
        if (value == null) {
            throw new IllegalArgumentException("%s kernels have no efficiency: they don't compute.".formatted(kind));
        }
        return value;
    }
}
