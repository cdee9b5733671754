package io.ppipe.cli;

import io.ppipe.model.BadInputException;
import io.ppipe.model.Cluster;
import io.ppipe.model.Demand;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelDemand;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Workload;
import io.ppipe.plan.ModelAllowance;
import io.ppipe.plan.PlanSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What may be said about how to plan, shared by {@code ppipe plan} and {@code ppipe plan explain}. */
final class PlanOptions {
    private static final String MARGIN = "--margin";
    private static final String FACTOR = "--batch-building-factor";

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            defaultValue = Planning.PPIPE,
            description =
                    "ppipe (pooled pipelines), np (no partitioning), or the paper's baseline without pools: dart-r,"
                            + " dart-r-free (default: ${DEFAULT-VALUE}).")
    private String algorithm = Planning.PPIPE;

    @Option(
            names = "--goal",
            paramLabel = "GOAL",
            defaultValue = "throughput",
            converter = GoalConverter.class,
            completionCandidates = GoalWords.class,
            description = {
                "throughput: the most for the worst-served model. cost: the demand at the least price per hour; needs"
                        + " demand_rps of every model and a price of every GPU class (default: ${DEFAULT-VALUE})."
            })
    private Goal goal = Goal.THROUGHPUT;

    @Option(names = "--n-plus-one", description = "Promise only what is left, unchanged, when any one server is lost.")
    private boolean surviveServerLoss;

    @Option(
            names = MARGIN,
            paramLabel = "[MODEL=]FRACTION",
            converter = ByModel.Converter.class,
            description =
                    "Part of the SLO kept for queueing (default: 0.4, as in the paper). MODEL=FRACTION holds for one"
                            + " model and may be repeated.")
    private List<ByModel> margins = new ArrayList<>();

    @Option(
            names = FACTOR,
            paramLabel = "[MODEL=]F",
            converter = ByModel.Converter.class,
            description = "Time to collect a batch of n is taken as F·(n−1)/rate (default: 1.3). MODEL=F holds for one"
                    + " model and may be repeated.")
    private List<ByModel> factors = new ArrayList<>();

    @Option(
            names = "--max-stages",
            paramLabel = "N",
            defaultValue = "2",
            description = "Most stages of a pipeline (default: ${DEFAULT-VALUE}).")
    private int maxStages;

    @Option(
            names = "--gap",
            paramLabel = "FRACTION",
            defaultValue = "0.001",
            description = "Stop when the plan is proven to be this near to the best (default: ${DEFAULT-VALUE}).")
    private double gap;

    @Option(
            names = "--time-limit",
            paramLabel = "S",
            defaultValue = "30",
            description = "Stop after this time with the best plan so far (default: ${DEFAULT-VALUE}).")
    private double limitSeconds;

    /** The words of {@code --goal}, for completion. */
    static final class GoalWords extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        GoalWords() {
            super(List.of("throughput", "cost"));
        }
    }

    /** Reads {@code --goal}. */
    static final class GoalConverter implements ITypeConverter<Goal> {
        @Override
        public Goal convert(String text) {
            if (!new GoalWords().contains(text)) {
                throw new TypeConversionException("'%s' is not one of %s".formatted(text, new GoalWords()));
            }
            return Goal.valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** Refuses what is wrong whatever the files say. */
    void check() {
        ByModel.check(MARGIN, margins, margin -> new ModelRules(margin, 0, 1));
        ByModel.check(FACTOR, factors, factor -> new ModelRules(0, factor, 1));
        general();
    }

    /**
     * Refuses what {@code --tune} looks for itself, or doesn't know.
     *
     * @param given tells whether an option was written
     */
    void checkTunable(Predicate<String> given) {
        if (goal != Goal.THROUGHPUT) {
            throw new BadInputException("--tune: --goal cost can't be tuned; only --goal throughput can.");
        }
        if (!List.of(Planning.PPIPE, Planning.NP).contains(algorithm)) {
            throw new BadInputException("--tune: --algorithm %s can't be tuned; %s and %s can."
                    .formatted(algorithm, Planning.PPIPE, Planning.NP));
        }
        if (surviveServerLoss) {
            throw new BadInputException("--tune: --n-plus-one can't be tuned; leave one of them out.");
        }
        if (!margins.isEmpty()) {
            throw new BadInputException("--tune looks for the margins itself; leave --margin out.");
        }
        if (factors.stream().anyMatch(factor -> !factor.model().isEmpty())) {
            throw new BadInputException(
                    "--tune looks for each model's %s itself; give one for all models, or none.".formatted(FACTOR));
        }
        for (String option : List.of("--gap", "--time-limit", "--warm-start")) {
            if (given.test(option)) {
                throw new BadInputException(
                        "--tune plans every candidate within limits of its own; leave %s out.".formatted(option));
            }
        }
    }

    private PlanSettings general() {
        try {
            return Planning.settings(
                            algorithm,
                            new PlanRules(maxStages, goal, surviveServerLoss),
                            ByModel.forAll(margins, Planning.MARGIN),
                            ByModel.forAll(factors, Planning.BATCH_BUILDING_FACTOR))
                    .stoppingAt(gap, limitSeconds);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(e);
        }
    }

    /**
     * Returns the settings for a workload on a cluster.
     *
     * @throws BadInputException when a model is named that the workload lacks, or the goal needs what the files don't say
     */
    PlanSettings settings(ScenarioFiles files, Cluster cluster, Workload workload) {
        if (goal == Goal.COST) {
            requireDemandAndPrices(files, cluster, workload);
        }
        List<String> models = workload.models().stream().map(ModelDemand::name).toList();
        String where = files.workloadPath().toString();
        List<Double> marginOfEach = ByModel.ofEach(MARGIN, margins, Planning.MARGIN, models, where);
        List<Double> factorOfEach = ByModel.ofEach(FACTOR, factors, Planning.BATCH_BUILDING_FACTOR, models, where);
        var allowances = new ArrayList<ModelAllowance>();
        for (int k = 0; k < models.size(); k++) {
            allowances.add(new ModelAllowance(marginOfEach.get(k), factorOfEach.get(k)));
        }
        return general().withAllowances(allowances);
    }

    private static void requireDemandAndPrices(ScenarioFiles files, Cluster cluster, Workload workload) {
        for (ModelDemand model : workload.models()) {
            if (!(model.demand() instanceof Demand.Rate)) {
                throw new BadInputException(
                        "%s: --goal cost needs the demand of every model, and model %s has none. Write how many requests/s it gets, e.g. 'demand_rps: 30', in place of its weight."
                                .formatted(files.workloadPath(), model.name()));
            }
        }
        for (GpuClass gpuClass : cluster.classes()) {
            if (gpuClass.price().perHour() == 0) {
                throw new BadInputException(
                        "%s: --goal cost needs the price of every GPU class, and class %s has none. Write e.g. 'price_per_hour: 0.5', or 'server_price_per_hour' where servers are paid whole."
                                .formatted(files.clusterPath(), gpuClass.name()));
            }
        }
    }
}
