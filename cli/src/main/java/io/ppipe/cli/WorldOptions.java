package io.ppipe.cli;

import io.ppipe.format.Fingerprint;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.simulate.Fault;
import io.ppipe.simulate.WorldSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the simulated cluster differs from what the profile says, and what happens to it. */
final class WorldOptions {
    private static final double SLOW_LINK_FACTOR = 4;

    @Option(
            names = "--service-noise",
            paramLabel = "SIGMA",
            defaultValue = "0",
            description =
                    "Stages take a log-normally distributed time, the profile's in the mean; SIGMA is the standard"
                            + " deviation of its logarithm, such as 0.05 (default: none).")
    private double serviceNoise;

    @Option(
            names = "--network-tail",
            paramLabel = "P",
            defaultValue = "0",
            description = "Probability that a transfer is held up, about three times its own time (default: 0).")
    private double networkTail;

    @Option(
            names = "--stragglers",
            paramLabel = "P",
            defaultValue = "0",
            description = "Probability that a stage takes three times as long (default: 0).")
    private double stragglers;

    @Option(
            names = "--profile-error",
            paramLabel = "E",
            defaultValue = "0",
            description = "The profile is wrong about every stage by a factor within 1 ± E (default: 0).")
    private double profileError;

    @Option(
            names = "--slow-links",
            paramLabel = "N",
            defaultValue = "0",
            description = "So many servers, the first ones, have slower links (default: 0).")
    private int slowLinks;

    @Option(names = "--slow-link-factor", paramLabel = "F", description = "By this factor (default: 4).")
    private @Nullable Double slowLinkFactor;

    @Option(
            names = "--lose",
            paramLabel = Loss.GRAMMAR,
            converter = Loss.Converter.class,
            description =
                    "Lose a vGPU of the plan or a server of the cluster, such as vgpu:3@2s..5s or server:1@500ms; it"
                            + " comes back at the second time. May be repeated.")
    private List<Loss> losses = new ArrayList<>();

    @Option(
            names = "--change-plan",
            paramLabel = "FILE@TIME",
            converter = PlanChangeText.Converter.class,
            description = "Go on with another plan, such as other.json@5s. May be repeated.")
    private List<PlanChangeText> changes = new ArrayList<>();

    /** Refuses what is wrong whatever the files say. */
    void check() {
        if (slowLinkFactor != null && slowLinks == 0) {
            throw new BadInputException(
                    "--slow-link-factor slows nothing without --slow-links; say of how many servers.");
        }
        withoutFaults();
    }

    private WorldSettings withoutFaults() {
        try {
            double factor = slowLinkFactor != null ? slowLinkFactor : slowLinks > 0 ? SLOW_LINK_FACTOR : 1;
            return new WorldSettings(serviceNoise, networkTail, stragglers, profileError, slowLinks, factor, List.of());
        } catch (IllegalArgumentException e) {
            throw new BadInputException(e);
        }
    }

    boolean changesPlan() {
        return !changes.isEmpty();
    }

    /**
     * Returns the world for a plan.
     *
     * @throws BadInputException when a plan can't be read, or something is lost that the plan or the cluster doesn't have
     */
    WorldSettings settings(ScenarioFiles files, Scenario scenario, Plan plan) {
        int servers = scenario.cluster().serverCount();
        if (slowLinks > servers) {
            throw new BadInputException("--slow-links (%d): the cluster has %d servers.".formatted(slowLinks, servers));
        }
        var plans = new ArrayList<Fault.PlanChange>();
        for (PlanChangeText change : changes) {
            plans.add(new Fault.PlanChange(change.atMicros(), scenario, files.plan(change.file(), scenario)));
        }
        plans.sort(Comparator.comparingLong(Fault::atMicros));
        var faults = new ArrayList<Fault>(plans);
        for (Loss loss : losses) {
            if (loss.server()) {
                requireIndex(loss, servers, "the cluster has", "servers");
            } else {
                requireOnePlan(loss, plans);
                requireIndex(loss, at(loss.atMicros(), plan, plans).vgpus().size(), "the plan has", "vGPUs");
            }
            faults.addAll(loss.faults());
        }
        return withoutFaults().withFaults(faults);
    }

    private static void requireIndex(Loss loss, int count, String who, String what) {
        if (loss.index() >= count) {
            throw new BadInputException(
                    "--lose %s: %s %d %s, numbered from 0 to %d.".formatted(loss.text(), who, count, what, count - 1));
        }
    }

    private static void requireOnePlan(Loss loss, List<Fault.PlanChange> changes) {
        Optional<Fault.PlanChange> between = changes.stream()
                .filter(change -> loss.atMicros() < change.atMicros()
                        && change.atMicros() <= loss.returnMicros().orElse(0))
                .findFirst();
        if (between.isPresent()) {
            throw new BadInputException(
                    "--lose %s: the plan changes before %s is back, and its vGPUs have other numbers. Maybe lose its server."
                            .formatted(loss.text(), loss.what()));
        }
    }

    private static Plan at(long micros, Plan first, List<Fault.PlanChange> changes) {
        Plan plan = first;
        for (Fault.PlanChange change : changes) {
            plan = change.atMicros() <= micros ? change.plan() : plan;
        }
        return plan;
    }

    /** Returns its numbers, with the keys of reports. */
    Map<String, Double> numbers() {
        WorldSettings world = withoutFaults();
        var row = new LinkedHashMap<String, Double>();
        row.put("service_noise", world.serviceSigma());
        row.put("network_tail", world.networkTail());
        row.put("stragglers", world.stragglers());
        row.put("profile_error", world.profileError());
        row.put("slow_links", (double) world.slowLinks());
        row.put("slow_link_factor", world.slowLinkFactor());
        return row;
    }

    /** Returns what happens during a run, in words by which two runs are the same. */
    List<String> changes(ScenarioFiles files, Scenario scenario) {
        var texts = new ArrayList<String>();
        losses.forEach(loss -> texts.add("lose " + loss.text()));
        for (PlanChangeText change : changes) {
            texts.add("plan %s %s".formatted(change.text(), Fingerprint.of(files.plan(change.file(), scenario))));
        }
        return texts;
    }

    /** Returns all of it, with the keys of reports. */
    Map<String, Object> json() {
        var row = new LinkedHashMap<String, Object>(numbers());
        row.put("losses", losses.stream().map(Loss::text).toList());
        row.put("plan_changes", changes.stream().map(PlanChangeText::text).toList());
        return row;
    }

    /** Returns a line that says in which world a run takes place. */
    String label() {
        var parts = new ArrayList<String>();
        WorldSettings world = withoutFaults();
        add(parts, "service noise", world.serviceSigma());
        add(parts, "network tail", world.networkTail());
        add(parts, "stragglers", world.stragglers());
        add(parts, "profile error", world.profileError());
        if (world.slowLinks() > 0) {
            parts.add("links of %d servers %s times slower"
                    .formatted(world.slowLinks(), Numbers.plain(world.slowLinkFactor())));
        }
        losses.forEach(loss -> parts.add("lost " + loss.text()));
        changes.forEach(change -> parts.add("plan " + change.text()));
        return parts.isEmpty()
                ? "World: exact. Every stage and transfer takes the profile's time, and nothing breaks."
                : "World: " + String.join(", ", parts) + ".";
    }

    private static void add(List<String> parts, String name, double value) {
        if (value != 0) {
            parts.add(name + " " + Numbers.plain(value));
        }
    }
}
