package io.ppipe.evaluate;

import io.ppipe.model.Certificate;
import io.ppipe.model.Demand;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Tuning;
import io.ppipe.plan.MilpPlanner;
import io.ppipe.plan.PlanOutcome;
import io.ppipe.plan.PlanSettings;
import io.ppipe.plan.StopSignal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/*
 * A plan keeps a margin of every SLO for queueing. With too little, requests wait longer than their deadlines allow as soon
 * as arrivals bunch; with too much, slow GPUs can't take part and batches stay small. How much is needed depends on the
 * model's rate, on its pipelines and on the dispatcher, and no formula knows it. The simulator does: it runs the dispatcher
 * that serves.
 *
 *   1. Candidates with one margin for all models, from the paper's 40 % down to nearly nothing. Each is planned, and
 *      simulated to find the highest load that each of its models attains while the others are near theirs.
 *   2. A model that attains only a part φ of what is planned for it needs 1/φ as much planned: from here on every model is
 *      planned with the weight w/φ, φ as expected from what similar candidates have attained.
 *   3. From the best candidate, change one model's margin by a few steps, or its batch-building factor. The LP bound of the
 *      problem with weights w/φ takes milliseconds and predicts what the change would attain. Plan and simulate the most
 *      promising changes, two side by side; again, until no more steps are left.
 *   4. The best are planned closer to the bound, and their pools sized for the load factors that they really have.
 *   5. The best few are run with all models together, for longer, with arrivals that they were not chosen by: the best of a
 *      lot was in part lucky.
 *
 * Whole-model pools are templates like any other, but a search that is cut short may miss the best plan of them; so plans
 * without partitioning are tuned first, and its finalists compete with the others'.
 */

/** Chooses margins by simulating candidate plans. Deterministic as long as no planning is stopped by its time limit. */
public final class Tuner {
    private static final double[] MARGINS = {
        0, 0.015, 0.03, 0.045, 0.06, 0.075, 0.09, 0.105, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.33,
        0.36, 0.4
    };

    private static final int FARTHEST = 5;
    /** Candidates that are planned and simulated side by side, on any number of cores: results don't depend on it. */
    private static final int TOGETHER = 2;
    /** How much closer to the bound the best are planned at the end, and how much longer that may take. */
    private static final int CLOSER = 3;
    /** How often the pools of one candidate are sized anew at most, and to what gap. */
    private static final int BALANCING = 4;

    private static final double BALANCED = 0.001;

    private static final double[] FACTOR_PARTS = {1, 0.5, 0};

    private final Scenario scenario;
    private final TunerSettings settings;
    private final Progress progress;
    private final StopSignal stop;
    private final double[] rates;
    private final List<Candidate> seen = new ArrayList<>();
    private final Set<String> tried = new HashSet<>();
    private boolean repeatable = true;
    private String reason = "";

    private Tuner(Scenario scenario, TunerSettings settings, double[] rates, Progress progress, StopSignal stop) {
        this.scenario = scenario;
        this.settings = settings;
        this.rates = rates;
        this.progress = progress;
        this.stop = stop;
    }

    /**
     * Tunes. When asked to stop, chooses from what has been tried.
     *
     * @param settings for a throughput goal
     */
    public static Tuned tune(Scenario scenario, TunerSettings settings, Progress progress, StopSignal stop) {
        if (settings.base().modelRules().isPresent()) {
            return tune(scenario, settings, rates(settings.base().modelRules().get()), progress, stop);
        }
        return switch (firstPlan(scenario, settings, stop)) {
            case PlanOutcome.Planned(Plan plan, var _) -> {
                List<ModelRules> rules =
                        plan.models().stream().map(ModelPlan::rules).toList();
                yield tune(scenario, settings, rates(rules), progress, stop);
            }
            case PlanOutcome.Infeasible(String why) -> new Tuned.Nothing(why);
            case PlanOutcome.OutOfTime _ -> new Tuned.Nothing(noPlan(stop));
        };
    }

    /** @param rates λ of each model, by which batch building is estimated */
    private static Tuned tune(
            Scenario scenario, TunerSettings settings, double[] rates, Progress progress, StopSignal stop) {
        var finalists = new ArrayList<Candidate>();
        var attempts = new ArrayList<Tuning.Attempt>();
        boolean repeatable = true;
        String reason = "";
        PlanSettings base = settings.base();
        var whole = PlanSettings.np(base.rules(), base.margin(), base.batchBuildingFactor());
        boolean partitioned = base.algorithm().equals(PlanSettings.PPIPE);
        for (PlanSettings algorithm : partitioned ? List.of(whole, base) : List.of(base)) {
            var tuner = new Tuner(scenario, settings.with(algorithm), rates, progress, stop);
            tuner.search();
            finalists.addAll(top(tuner.seen, settings.finalists()));
            tuner.seen.forEach(candidate -> attempts.add(candidate.attempt()));
            repeatable &= tuner.repeatable;
            reason = tuner.reason;
        }
        var heats = new Heats(scenario, settings.conditions(), progress);
        Optional<Heats.Winner> chosen = heats.best(top(finalists, settings.finalists()));
        if (chosen.isEmpty()) {
            return new Tuned.Nothing(
                    !attempts.isEmpty()
                            ? "No candidate attains its SLO targets at any load."
                            : reason.isEmpty() ? noPlan(stop) : reason);
        }
        List<Candidate> wholeModel = finalists.stream()
                .filter(candidate -> candidate.plan().algorithm().equals(PlanSettings.NP))
                .toList();
        Optional<Plan> withoutPartitioning = heats.best(top(wholeModel, (settings.finalists() + 1) / 2))
                .map(winner -> recorded(scenario, settings, winner, attempts));
        return new Tuned.Chosen(recorded(scenario, settings, chosen.get(), attempts), withoutPartitioning, repeatable);
    }

    private static List<Candidate> top(List<Candidate> candidates, int count) {
        return candidates.stream()
                .sorted(Comparator.comparingDouble(Candidate::attained).reversed())
                .limit(count)
                .toList();
    }

    private static Plan recorded(
            Scenario scenario, TunerSettings settings, Heats.Winner winner, List<Tuning.Attempt> attempts) {
        Conditions conditions = settings.conditions();
        var tuning = new Tuning(
                conditions.policy().text(),
                conditions.arrivals().toString(),
                conditions.seed(),
                winner.attained(),
                attempts);
        return Reweighting.of(scenario, winner.candidate().plan(), settings.base())
                .with(tuning);
    }

    private static double[] rates(List<ModelRules> rules) {
        return rules.stream().mapToDouble(ModelRules::rateEstimatePerSecond).toArray();
    }

    private static String noPlan(StopSignal stop) {
        return stop.requested()
                ? "It was stopped before a plan was found."
                : "No plan was found within the time limit.";
    }

    /** Plans with a margin of nothing, with which a plan exists if one does at all; its λ is that of whole models. */
    private static PlanOutcome firstPlan(Scenario scenario, TunerSettings settings, StopSignal stop) {
        PlanSettings base = settings.base();
        PlanSettings free = PlanSettings.ppipe(base.rules(), 0, base.batchBuildingFactor())
                .stoppingAt(0.2, 10 * settings.planLimitSeconds());
        return MilpPlanner.plan(scenario, free, Progress.NONE, stop);
    }

    private void search() {
        int models = scenario.models().size();
        double factor = settings.base().batchBuildingFactor();
        String what = "tuning " + settings.base().algorithm();
        List<Allowances> first = settings.first().stream()
                .map(margin -> Allowances.uniform(models, margin, factor))
                .toList();
        int total = first.size() + settings.steps();
        for (int i = 0; i < first.size() && !stop.requested(); i += TOGETHER) {
            progress.report(what, i, total);
            attempt(first.subList(i, Math.min(first.size(), i + TOGETHER)));
        }
        if (seen.isEmpty() && !stop.requested()) { // no margin is what leaves most
            attempt(List.of(Allowances.uniform(models, 0, factor)));
        }
        for (int i = 0; i < settings.steps() && !seen.isEmpty() && !stop.requested(); i += TOGETHER) {
            progress.report(what, first.size() + i, total);
            List<Allowances> next = mostPromising(top(seen, 1).getFirst().allowances());
            if (next.isEmpty()) {
                break;
            }
            attempt(next);
        }
        if (!stop.requested()) {
            add(top(seen, settings.finalists() / 2).parallelStream()
                    .map(this::closer)
                    .toList());
            add(top(seen, settings.finalists() / 2).parallelStream()
                    .flatMap(candidate -> balanced(candidate).stream())
                    .toList());
        }
    }

    /** Plans and simulates candidates side by side, beginning with the best plan so far. */
    private void attempt(List<Allowances> wanted) {
        Optional<Candidate> best = top(seen, 1).stream().findFirst();
        record Attempt(Allowances allowances, double[] factors) {}
        List<Attempt> attempts = wanted.stream()
                .map(allowances -> new Attempt(allowances, LoadFactors.expected(seen, allowances)))
                .toList();
        attempts.forEach(attempt -> tried.add(key(attempt.allowances(), attempt.factors())));
        add(attempts.parallelStream()
                .map(attempt -> {
                    PlanSettings planning =
                            settings(attempt.allowances()).stoppingAt(settings.planGap(), settings.planLimitSeconds());
                    return candidate(
                            attempt.allowances(),
                            attempt.factors(),
                            best.map(candidate -> planning.startingFrom(candidate.plan()))
                                    .orElse(planning));
                })
                .toList());
    }

    /** Plans a candidate once more, with what is known of load factors by now, and closer to the bound. */
    private Planned closer(Candidate candidate) {
        return candidate(
                candidate.allowances(),
                LoadFactors.expected(seen, candidate.allowances()),
                settings(candidate.allowances())
                        .stoppingAt(settings.planGap() / CLOSER, settings.planLimitSeconds() * CLOSER)
                        .startingFrom(candidate.plan()));
    }

    /**
     * Sizes the pools of a candidate anew, as long as that helps; never where a model attains its target at no load. Its plan
     * was made for load factors that were expected of its models; now they are known, so GPUs can go from models that attain
     * more than others to those that attain less.
     */
    private List<Planned> balanced(Candidate candidate) {
        var all = new ArrayList<Planned>();
        Optional<Candidate> better = Optional.of(candidate).filter(some -> some.attained() > 0);
        for (int i = 0; i < BALANCING && better.isPresent() && !stop.requested(); i++) {
            Candidate now = better.get();
            PlanSettings sizes =
                    settings(now.allowances()).resizing(now.plan()).stoppingAt(BALANCED, settings.planLimitSeconds());
            Planned next = candidate(now.allowances(), now.loadFactors(), sizes);
            all.add(next);
            better = next.candidate().filter(other -> other.attained() > now.attained());
        }
        return all;
    }

    /**
     * What came of planning a candidate.
     *
     * @param reason why there is none
     */
    private record Planned(Optional<Candidate> candidate, boolean repeatable, String reason) {}

    private void add(List<Planned> planned) {
        for (Planned one : planned) {
            one.candidate().ifPresent(seen::add);
            repeatable &= one.repeatable();
            reason = one.reason().isEmpty() ? reason : one.reason();
        }
    }

    /** @param factors what part of its plan each model is expected to attain */
    private Planned candidate(Allowances allowances, double[] factors, PlanSettings planning) {
        return switch (MilpPlanner.plan(reweighted(factors), planning, Progress.NONE, stop)) {
            case PlanOutcome.Planned(Plan plan, var _) ->
                new Planned(
                        Optional.of(simulated(allowances, plan, factors)),
                        plan.certificate().ended() == Certificate.Ended.GAP
                                || plan.certificate().ended() == Certificate.Ended.EXHAUSTED,
                        "");
            case PlanOutcome.Infeasible(String why) -> new Planned(Optional.empty(), true, why);
            case PlanOutcome.OutOfTime _ -> new Planned(Optional.empty(), false, "");
        };
    }

    private Candidate simulated(Allowances allowances, Plan plan, double[] expected) {
        double[] planned = plan.models().stream()
                .mapToDouble(ModelPlan::throughputPerSecond)
                .toArray();
        double[] factors =
                new LoadSearch(scenario, plan, planned, settings.conditions(), settings.precision()).ofEach(expected);
        double attained = Double.POSITIVE_INFINITY;
        for (int model = 0; model < factors.length; model++) {
            attained = Math.min(
                    attained,
                    factors[model]
                            * plan.models().get(model).throughputPerSecond()
                            / scenario.models().get(model).weight());
        }
        return new Candidate(allowances, plan, factors, attained);
    }

    /** Returns the changes of which most is to be expected, most first. */
    private List<Allowances> mostPromising(Allowances best) {
        record Promise(Allowances allowances, double bound) {}
        return neighbours(best).parallelStream()
                .flatMap(neighbour -> {
                    double[] factors = LoadFactors.expected(seen, neighbour);
                    if (tried.contains(key(neighbour, factors))) {
                        return Stream.empty();
                    }
                    OptionalDouble bound = MilpPlanner.throughputBound(reweighted(factors), settings(neighbour));
                    return bound.stream().mapToObj(value -> new Promise(neighbour, value));
                })
                .sorted(Comparator.comparingDouble(Promise::bound).reversed())
                .limit(TOGETHER)
                .map(Promise::allowances)
                .toList();
    }

    /** Returns the same allowances, as their weights may have changed, and those with one change. */
    private List<Allowances> neighbours(Allowances best) {
        var neighbours = new ArrayList<Allowances>();
        neighbours.add(best);
        for (int model = 0; model < best.margins().length; model++) {
            int at = nearest(best.margins()[model]);
            for (int i = Math.max(0, at - FARTHEST); i <= Math.min(MARGINS.length - 1, at + FARTHEST); i++) {
                if (MARGINS[i] != best.margins()[model]) {
                    neighbours.add(best.withMargin(model, MARGINS[i]));
                }
            }
            for (double part : FACTOR_PARTS) {
                double factor = part * settings.base().batchBuildingFactor();
                if (factor != best.factors()[model]) {
                    neighbours.add(best.withFactor(model, factor));
                }
            }
        }
        return neighbours;
    }

    private static int nearest(double margin) {
        int nearest = 0;
        for (int i = 1; i < MARGINS.length; i++) {
            if (Math.abs(MARGINS[i] - margin) < Math.abs(MARGINS[nearest] - margin)) {
                nearest = i;
            }
        }
        return nearest;
    }

    /** What is the same to the planner isn't tried twice: weights count to two per cent. */
    private static String key(Allowances allowances, double[] loadFactors) {
        var key = new StringBuilder(allowances.key());
        for (double factor : loadFactors) {
            key.append(' ').append(Math.round(factor * 50));
        }
        return key.toString();
    }

    private PlanSettings settings(Allowances allowances) {
        return settings.base()
                .withModelRules(IntStream.range(0, rates.length)
                        .mapToObj(model -> new ModelRules(
                                allowances.margins()[model], allowances.factors()[model], rates[model]))
                        .toList());
    }

    private Scenario reweighted(double[] loadFactors) {
        var models = new ArrayList<ScenarioModel>();
        for (int i = 0; i < loadFactors.length; i++) {
            ScenarioModel model = scenario.models().get(i);
            models.add(new ScenarioModel(
                    model.name(), model.slo(), new Demand.Weight(model.weight() / loadFactors[i]), model.profile()));
        }
        return new Scenario(scenario.cluster(), models, scenario.profileFingerprint());
    }
}
