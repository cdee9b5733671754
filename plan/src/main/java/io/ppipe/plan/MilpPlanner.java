package io.ppipe.plan;

import io.ppipe.model.Cluster;
import io.ppipe.model.Goal;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Plan;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Sharing;
import java.util.List;
import java.util.OptionalDouble;

/*
 * Planning (docs/planning.md): price templates by the LP relaxation, search pool sizes, give what is left over to pools,
 * place vGPUs, check.
 *
 * Nothing of a solver's floating-point answer gets into a plan but integers and a bound: throughputs are what the chosen
 * pools deliver. The bound of the LP is proven by weak duality with code of our own (Prices); the MILP's is a solver's word,
 * and a plan above it shows that the word was wrong: then the LP's is kept.
 */

/** Plans by templates, prices and a MILP. Deterministic unless stopped by time or by somebody. */
public final class MilpPlanner {
    private static final double ROUNDING = 1e-9;

    private final Scenario scenario;
    private final PlanSettings settings;
    private final Progress progress;
    private final StopSignal stop;
    private final Deadline deadline;
    private final long startNanos = System.nanoTime();

    private MilpPlanner(Scenario scenario, PlanSettings settings, Progress progress, StopSignal stop) {
        this.scenario = scenario;
        this.settings = settings;
        this.progress = progress;
        this.stop = stop;
        this.deadline = Deadline.in(settings.limitSeconds());
    }

    /** Plans for a scenario. */
    public static PlanOutcome plan(Scenario scenario, PlanSettings settings, Progress progress) {
        return plan(scenario, settings, progress, StopSignal.never());
    }

    /**
     * Plans for a scenario, until somebody asks to stop. The baselines are planned here too, so that a comparison needs one
     * call.
     */
    public static PlanOutcome plan(Scenario scenario, PlanSettings settings, Progress progress, StopSignal stop) {
        return switch (settings.algorithm()) {
            case PlanSettings.DART_R -> DartR.plan(scenario, settings, progress, stop);
            case PlanSettings.DART_R_FREE -> new DartRFree(scenario, settings, progress, stop).run();
            default -> new MilpPlanner(scenario, settings, progress, stop).run();
        };
    }

    /**
     * Returns the LP bound: no plan under these settings has a higher min over models of throughput ÷ weight. Takes
     * milliseconds; nothing where a model can't be served at all.
     *
     * @param settings for a throughput goal, with the rules of each model given
     */
    public static OptionalDouble throughputBound(Scenario scenario, PlanSettings settings) {
        List<ModelRules> rules = settings.modelRules().orElseThrow();
        for (int k = 0; k < rules.size(); k++) {
            int stages = settings.rules().maxStages();
            if (new TemplateSpace(scenario, k, rules.get(k), stages, settings.wholeGpusOnly()).isEmpty()) {
                return OptionalDouble.empty();
            }
        }
        return OptionalDouble.of(Bounds.of(PlanProblem.of(scenario, settings.rules(), rules, settings.wholeGpusOnly()))
                .bound());
    }

    private PlanOutcome run() {
        for (int k = 0; k < scenario.models().size(); k++) {
            ModelRules rules = settings.rulesOf(k, Double.POSITIVE_INFINITY);
            var space = new TemplateSpace(scenario, k, rules, settings.rules().maxStages(), settings.wholeGpusOnly());
            if (space.isEmpty()) {
                return new PlanOutcome.Infeasible(
                        ModelExplanation.of(scenario, settings, rules, k).reason());
            }
        }
        progress.report("estimating rates", 0, 0);
        List<ModelRules> modelRules =
                settings.modelRules().orElseGet(() -> new RateEstimates(scenario, settings, deadline, stop).estimate());
        PlanProblem problem = PlanProblem.of(scenario, settings.rules(), modelRules, settings.wholeGpusOnly());
        return plan(problem);
    }

    private PlanOutcome plan(PlanProblem problem) {
        progress.report("bounding", 0, 0);
        if (problem.rules().goal() == Goal.COST) {
            double served = Bounds.demandServed(problem);
            if (served < 1) {
                return new PlanOutcome.Infeasible(Explanation.tooMuchDemand(served));
            }
        }
        Prices prices = Bounds.of(problem);
        PlanProblem counted = problem;
        Searched searched = search(problem, prices);
        if (!searched.pools().isEmpty()
                && Placement.of(problem, searched.pools()).isEmpty()) {
            counted = withOneSizePerGpu(problem);
            searched = search(counted, prices);
        }
        if (searched.pools().isEmpty()) {
            return nothingFound(problem);
        }
        MarginalValues marginalValues =
                settings.marginalValues() ? Marginals.of(problem, prices) : MarginalValues.UNKNOWN;
        Plan plan = new PlanBuilder(counted, settings.algorithm(), searched.pools())
                .build(
                        bound(problem, searched, prices),
                        Solver.version(),
                        searched.found().ended(),
                        marginalValues);
        return PlanOutcome.Planned.checked(scenario, plan, searched.templates(), startNanos);
    }

    /**
     * What a search gave, after what was left over has been used.
     *
     * @param templates how many templates were candidates
     */
    private record Searched(Pools pools, PoolSearch.Found found, int templates) {}

    private Searched search(PlanProblem problem, Prices prices) {
        Pools start =
                settings.warmStart().map(plan -> WarmStart.pools(problem, plan)).orElse(Pools.NONE);
        if (problem.rules().surviveServerLoss()) {
            var search = new ServerLoss(problem, prices, settings.gap(), deadline, stop, progress).from(start);
            PoolSearch.Found found = search.run();
            return new Searched(found.pools(), found, search.templates());
        }
        var search = new PoolSearch(problem, prices, settings.gap(), deadline, stop, progress).from(start);
        PoolSearch.Found found = settings.sizesOnly() ? search.sizes() : search.run();
        Pools used = new Headroom(problem, search.candidates()).use(found.pools());
        return new Searched(used, found, search.candidates().count());
    }

    private PlanOutcome nothingFound(PlanProblem problem) {
        return stop.requested() || deadline.passed()
                ? new PlanOutcome.OutOfTime(settings.limitSeconds())
                : new PlanOutcome.Infeasible(
                        settings.sizesOnly()
                                ? "The pipelines of the earlier plan that are still feasible don't serve all models."
                                : tooFewGpus(problem));
    }

    private static double bound(PlanProblem problem, Searched searched, Prices prices) {
        double objective = searched.pools().objective(problem);
        boolean throughputGoal = problem.rules().goal() == Goal.THROUGHPUT;
        double proven = searched.found().bound();
        double over = (throughputGoal ? objective - proven : proven - objective) / proven;
        if (over <= 0) {
            return proven;
        }
        return over <= ROUNDING ? objective : prices.bound();
    }

    /**
     * Returns the same problem with one size of vGPUs on each GPU. With sizes other than 1 to 1/4, vGPUs of several sizes may
     * not fit on as few GPUs as their sum says; of one size they do.
     */
    private static PlanProblem withOneSizePerGpu(PlanProblem problem) {
        Scenario scenario = problem.scenario();
        var classes = scenario.cluster().classes().stream()
                .map(g -> g.withSharing(Sharing.MIG))
                .toList();
        var cluster = new Cluster(
                scenario.cluster().name(), classes, scenario.cluster().timeScale());
        var strict = new Scenario(cluster, scenario.models(), scenario.profileFingerprint());
        return PlanProblem.of(strict, problem.rules(), problem.modelRules(), problem.wholeGpusOnly());
    }

    static String tooFewGpus(PlanProblem problem) {
        return "The cluster has too few GPUs to serve all %d models at once%s. Add GPUs or serve fewer models."
                .formatted(problem.modelCount(), problem.rules().surviveServerLoss() ? " and to lose a server" : "");
    }
}
