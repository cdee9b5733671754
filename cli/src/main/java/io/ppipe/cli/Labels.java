package io.ppipe.cli;

import io.ppipe.model.Cluster;
import io.ppipe.model.ErrorBand;
import io.ppipe.model.GpuClass;
import io.ppipe.model.Scenario;
import io.ppipe.report.Target;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says in every report what is emulated or estimated, and how time is stretched. */
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

    /** Returns a line about estimated latencies, or "" when none are. */
    static String estimation(Scenario scenario) {
        var bands = new TreeMap<String, ErrorBand>();
        scenario.models()
                .forEach(model -> model.profile()
                        .latencies()
                        .forEach(table ->
                                table.provenance().band().ifPresent(band -> bands.put(table.gpuClass(), band))));
        return bands.isEmpty()
                ? ""
                : bands.entrySet().stream()
                        .map(entry -> String.format(
                                Locale.ROOT,
                                "%s between %.2f and %.2f times as long",
                                entry.getKey(),
                                entry.getValue().low(),
                                entry.getValue().high()))
                        .collect(Collectors.joining(
                                ", ",
                                "Estimated GPUs: latencies are computed from data sheets, not measured; nine blocks in"
                                        + " ten are expected to take on ",
                                "."));
    }

    /** Returns all lines that must be said. */
    static List<String> lines(Scenario scenario) {
        return Stream.of(emulation(scenario.cluster()), estimation(scenario))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** Prints all that must be said. */
    static void print(PrintWriter out, Scenario scenario) {
        lines(scenario).forEach(out::println);
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
