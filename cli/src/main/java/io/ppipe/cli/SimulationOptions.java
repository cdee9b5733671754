package io.ppipe.cli;

import io.ppipe.evaluate.Conditions;
import io.ppipe.model.BadInputException;
import io.ppipe.schedule.DeferredPart;
import io.ppipe.schedule.PolicyName;
import io.ppipe.schedule.SchedulerSettings;
import io.ppipe.simulate.ArrivalSpec;
import io.ppipe.simulate.WorldSettings;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Under what conditions to simulate, shared by the commands that do. */
final class SimulationOptions {
    @Option(
            names = "--policy",
            paramLabel = "NAME",
            split = ",",
            converter = Words.Policy.class,
            completionCandidates = Words.Policies.class,
            description = "How requests become batches: ${COMPLETION-CANDIDATES} (default: deferred).")
    private List<PolicyName> policies = new ArrayList<>();

    @Option(
            names = "--arrivals",
            paramLabel = "SPEC",
            description = {
                "How requests arrive (default: poisson). One of these, with its defaults:",
                "poisson | gamma:cv2=4 | mmpp:cv2=4,period=2,share=0.2 | diurnal:period=15,swing=0.8 |"
                        + " cameras:fps=30,jitter=0.1 | azure:FILE | recorded:FILE | recorded-scaled:FILE"
            })
    private List<String> arrivals = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--guard",
            paramLabel = "FRACTION",
            defaultValue = "0",
            description = "Part of each request's time kept free before its deadline; the server keeps 0.1 (default:"
                    + " ${DEFAULT-VALUE}).")
    private double guard;

    @Option(
            names = "--without",
            paramLabel = "PART",
            split = ",",
            converter = Words.Part.class,
            completionCandidates = Words.Parts.class,
            description =
                    "Leave out a part of the deferred policy, to see what it brings: ${COMPLETION-CANDIDATES}. May be"
                            + " repeated.")
    private List<DeferredPart> without = new ArrayList<>();

    @Mixin
    private final WorldOptions world = new WorldOptions();

    /** Refuses what is wrong whatever the files say. */
    void check() {
        if (!(guard >= 0 && guard < 1)) {
            throw new BadInputException("--guard (%s) must be in [0, 1); 0.1 keeps a tenth free.".formatted(guard));
        }
        if (!without.isEmpty() && !policies().contains(PolicyName.DEFERRED)) {
            throw new BadInputException("--without %s: only the deferred policy has parts, and --policy is %s."
                    .formatted(
                            Words.of(without.getFirst()), policies().getFirst().text()));
        }
        if (world.changesPlan() && policies().contains(PolicyName.REACTIVE)) {
            throw new BadInputException(
                    "--change-plan: the reactive policy can't change its plan; choose another --policy.");
        }
        world.check();
    }

    /** Refuses more than one policy or kind of arrivals, for one run has one. */
    void checkOne() {
        check();
        if (policies().size() > 1) {
            throw new BadInputException("--policy: one run has one policy; `ppipe evaluate` compares several.");
        }
        if (arrivalTexts().size() > 1) {
            throw new BadInputException("--arrivals: one run has one kind of them; `ppipe evaluate` compares several.");
        }
    }

    /** Returns the policies, each once, in the order in which they were given. */
    List<PolicyName> policies() {
        return policies.isEmpty()
                ? List.of(PolicyName.DEFERRED)
                : policies.stream().distinct().toList();
    }

    /** Returns the arrivals as they were given, each once; commas between two of them divide, those within one don't. */
    List<String> arrivalTexts() {
        if (arrivals.isEmpty()) {
            return List.of("poisson");
        }
        List<String> kinds =
                ArrivalSpec.FORMS.stream().map(form -> form.split(":")[0]).toList();
        var texts = new ArrayList<String>();
        for (String given : arrivals) {
            boolean first = true;
            for (String piece : given.split(",", -1)) {
                if (first || kinds.contains(piece.split(":", 2)[0])) {
                    texts.add(piece);
                } else {
                    texts.add(texts.removeLast() + "," + piece);
                }
                first = false;
            }
        }
        return texts.stream().distinct().toList();
    }

    long seed() {
        return seed;
    }

    double guard() {
        return guard;
    }

    WorldOptions world() {
        return world;
    }

    /** Returns the parts that are left out of a policy. */
    List<DeferredPart> without(PolicyName policy) {
        return policy == PolicyName.DEFERRED ? without.stream().distinct().toList() : List.of();
    }

    /** Returns the conditions of a run. */
    Conditions conditions(PolicyName policy, ArrivalSpec spec, WorldSettings worldSettings) {
        SchedulerSettings scheduler = SchedulerSettings.DEFAULT.withGuard(guard).withoutParts(without(policy));
        return new Conditions(policy, scheduler, spec, worldSettings, seed);
    }
}
