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
 *      promising change; again, until no more steps are left.
 *   4. The best few are run with all models together, for longer, with arrivals that they were not chosen by: the best of a
 *      lot was in part lucky.
 *
 * Whole-model pools are templates like any other, but a search that is cut short may miss the best plan of them; so plans
 * without partitioning are tuned first, and its finalists compete with the others'.
 */

/** Chooses margins by simulating candidate plans. Deterministic as long as no planning is stopped by its time limit. */
public final class Tuner {
    private static final double[] MARGINS = {0, 0.03, 0.06, 0.09, 0.12, 0.16, 0.2, 0.24, 0.28, 0.33, 0.4};

    private static final int FARTHEST = 3;
    /** How much closer to the bound the last candidates are planned. */
    private static final double POLISH = 2;

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
        List<Double> first = settings.first();
        int total = first.size() + settings.steps();
        for (int i = 0; i < first.size() && !stop.requested(); i++) {
            progress.report("tuning " + settings.base().algorithm(), i, total);
            attempt(Allowances.uniform(models, first.get(i), factor), settings.planGap());
        }
        if (seen.isEmpty() && !stop.requested()) { // no margin is what leaves most
            attempt(Allowances.uniform(models, 0, factor), settings.planGap());
        }
        for (int step = 0; step < settings.steps() && !seen.isEmpty() && !stop.requested(); step++) {
            progress.report("tuning " + settings.base().algorithm(), first.size() + step, total);
            Optional<Allowances> next = mostPromising(top(seen, 1).getFirst().allowances());
            if (next.isEmpty()) {
                break;
            }
            attempt(next.get(), settings.planGap());
        }
        polish();
    }

    /** Plans the best candidates once more, with what is known of their load factors by now, and closer to the bound. */
    private void polish() {
        for (Candidate candidate : top(seen, settings.finalists() / 2)) {
            if (!stop.requested()) {
                attempt(candidate.allowances(), settings.planGap() / POLISH);
            }
        }
    }

    /** Plans and simulates a candidate. */
    private void attempt(Allowances allowances, double gap) {
        double[] factors = LoadFactors.expected(seen, allowances);
        tried.add(key(allowances, factors));
        PlanSettings wanted = settings(allowances).stoppingAt(gap, settings.planLimitSeconds());
        switch (MilpPlanner.plan(reweighted(factors), wanted, Progress.NONE, stop)) {
            case PlanOutcome.Planned(Plan plan, var _) -> {
                repeatable &= plan.certificate().ended() == Certificate.Ended.GAP
                        || plan.certificate().ended() == Certificate.Ended.EXHAUSTED;
                seen.add(simulated(allowances, plan));
            }
            case PlanOutcome.Infeasible(String why) -> reason = why;
            case PlanOutcome.OutOfTime _ -> repeatable = false;
        }
    }

    private Candidate simulated(Allowances allowances, Plan plan) {
        double[] expected = LoadFactors.expected(seen, allowances);
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

    private Optional<Allowances> mostPromising(Allowances best) {
        Allowances promising = null;
        double most = 0;
        for (Allowances neighbour : neighbours(best)) {
            double[] factors = LoadFactors.expected(seen, neighbour);
            if (!tried.contains(key(neighbour, factors))) {
                OptionalDouble bound = MilpPlanner.throughputBound(reweighted(factors), settings(neighbour));
                if (bound.isPresent() && bound.getAsDouble() > most) {
                    most = bound.getAsDouble();
                    promising = neighbour;
                }
            }
        }
        return Optional.ofNullable(promising);
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
