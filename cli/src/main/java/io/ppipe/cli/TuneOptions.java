package io.ppipe.cli;

import io.ppipe.evaluate.Conditions;
import io.ppipe.evaluate.TunerSettings;
import io.ppipe.model.BadInputException;
import io.ppipe.plan.PlanSettings;
import io.ppipe.schedule.PolicyName;
import io.ppipe.simulate.ArrivalSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and how {@code ppipe plan} looks for margins by simulating candidates. */
final class TuneOptions {
    @Option(
            names = "--tune",
            description = {
                "Look for the margins of all models by simulating candidate plans: the one that attains most at its SLO"
                        + " targets is chosen. Takes a minute or so; for the throughput goal."
            })
    private boolean thorough;

    @Option(names = "--tune-quick", description = "The same with fewer candidates, in a quarter of the time.")
    private boolean quick;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            converter = Words.Policy.class,
            completionCandidates = Words.Policies.class,
            description = "With --tune: dispatch policy to simulate: ${COMPLETION-CANDIDATES} (default: deferred).")
    private @Nullable PolicyName policy;

    @Option(
            names = "--arrivals",
            paramLabel = "SPEC",
            description = "With --tune: arrivals to simulate, as `ppipe simulate` takes them (default: poisson).")
    private @Nullable String arrivals;

    @Option(names = "--seed", paramLabel = "N", description = "With --tune: seed of the arrivals (default: 1).")
    private @Nullable Long seed;

    boolean wanted() {
        return thorough || quick;
    }

    /** Refuses what is wrong whatever the files say. */
    void check() {
        if (thorough && quick) {
            throw new BadInputException("--tune and --tune-quick exclude each other; leave one out.");
        }
        if (!wanted()) {
            var given = new ArrayList<String>();
            add(given, "--policy", policy);
            add(given, "--arrivals", arrivals);
            add(given, "--seed", seed);
            if (!given.isEmpty()) {
                throw new BadInputException(
                        "%s: only --tune and --tune-quick simulate; add one of them, or leave it out."
                                .formatted(given.getFirst()));
            }
        }
    }

    private static void add(List<String> given, String option, @Nullable Object value) {
        if (value != null) {
            given.add(option);
        }
    }

    /** @param models names of the workload's models, in its order */
    TunerSettings settings(PlanSettings base, List<String> models) {
        ArrivalSpec spec = arrivals == null
                ? Conditions.DEFAULT.arrivals()
                : new ArrivalFiles(models).scalable("--arrivals", arrivals);
        Conditions conditions = Conditions.DEFAULT
                .with(policy == null ? Conditions.DEFAULT.policy() : policy)
                .with(spec)
                .withSeed(seed == null ? Conditions.DEFAULT.seed() : seed);
        return quick ? TunerSettings.quick(base, conditions) : TunerSettings.full(base, conditions);
    }
}
