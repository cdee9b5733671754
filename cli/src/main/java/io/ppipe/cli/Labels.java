package io.ppipe.cli;

import io.ppipe.model.Cluster;
import io.ppipe.model.GpuClass;
import io.ppipe.report.Target;

/** Says in every report what is emulated and how time is stretched. */
final class Labels {
    private Labels() {}

    /** Returns the class's name, marked when it is emulated. */
    static String gpuClass(GpuClass gpuClass) {
        return gpuClass.emulated() ? gpuClass.name() + " (emulated)" : gpuClass.name();
    }

    /** Returns a line about emulation, or "" when nothing is emulated. */
    static String emulation(Cluster cluster) {
        if (!cluster.emulated()) {
            return "";
        }
        String scale = "time_scale %.4g (compute, transfers and SLOs take %.4g times as long)."
                .formatted(cluster.timeScale(), cluster.timeScale());
        return cluster.computed()
                ? "Emulated GPUs: latencies are CPU times times the factors in the cluster file; " + scale
                : "Emulated GPUs without compute: vGPUs are busy for the profile's times, answers are zeros; " + scale;
    }

    /** Returns what a block goes from and to; one name where it has one layer. */
    static String layers(String first, String last) {
        return first.equals(last) ? first : first + " … " + last;
    }

    /** Returns an SLO target in per cent, as it was given: 99 %, 99.9 %. */
    static String percentOf(double target) {
        return Numbers.plain(Math.round(1e6 * target) / 1e4) + " %";
    }

    /** Returns an SLO target as a line in a chart of per cent. */
    static Target target(double target) {
        return new Target("target " + percentOf(target), 100 * target);
    }
}
