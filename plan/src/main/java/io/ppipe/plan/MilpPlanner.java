package io.ppipe.plan;

import io.ppipe.model.Certificate;
import io.ppipe.model.GpuClass;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.plan.PoolMilp.Solution;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/*
 * Planning: enumerate templates, let a MILP choose pool sizes, build the plan from the integers alone, check it.
 *
 * Nothing of the solver's floating-point answer gets into a plan but the integers and the proven bound: throughputs are
 * what the chosen pools deliver. The LP relaxation gives a second upper bound, from another solver; the smaller of the two
 * is the certificate's, and a plan above it would be a solver's error, which the check reports.
 *
 * The rate estimate λ, by which collecting a batch is timed, is the throughput of the plan without partitioning, as in
 * the paper. That plan itself needs a λ: it is solved with batch building taking no time, then twice more with the
 * throughput of the solve before. Where a model can't be served whole, its λ is the throughput of pipelines of batch
 * size 1, which need none.
 */

/** Plans by enumerated templates and a MILP. Deterministic unless stopped by time. */
public final class MilpPlanner {
    private static final int RATE_ROUNDS = 2;

    private final Scenario scenario;
    private final PlanSettings settings;
    private final Progress progress;

    private MilpPlanner(Scenario scenario, PlanSettings settings, Progress progress) {
        this.scenario = scenario;
        this.settings = settings;
        this.progress = progress;
    }

    /** Plans for a scenario. */
    public static PlanOutcome plan(Scenario scenario, PlanSettings settings, Progress progress) {
        return new MilpPlanner(scenario, settings, progress).run();
    }

    private PlanOutcome run() {
        for (int k = 0; k < scenario.models().size(); k++) {
            Optional<String> reason = infeasible(k);
            if (reason.isPresent()) {
                return new PlanOutcome.Infeasible(reason.get());
            }
        }
        progress.report("estimating rates", 0, 0);
        List<Double> rates = settings.rateEstimates().orElseGet(this::estimateRates);
        progress.report("planning", 0, 0);
        List<Template> templates = templates(settings.rules().maxStages(), settings.wholeGpusOnly(), rates);
        Optional<Solution> solution =
                new PoolMilp(scenario, templates, false).solve(settings.gap(), settings.limitSeconds());
        if (solution.isEmpty()) {
            return new PlanOutcome.OutOfTime(settings.limitSeconds());
        }
        List<Double> served = throughputs(templates, solution.get());
        for (int k = 0; k < served.size(); k++) {
            if (!(served.get(k) > 0)) {
                return new PlanOutcome.Infeasible(
                        "The cluster has too few GPUs to serve all %d models at once: nothing is left for model %s. Add GPUs or serve fewer models."
                                .formatted(
                                        served.size(), scenario.models().get(k).name()));
            }
        }
        double lpBound = new PoolMilp(scenario, templates, true)
                .solve(0, settings.limitSeconds())
                .map(Solution::bound)
                .orElse(Double.POSITIVE_INFINITY);
        Plan plan = build(templates, solution.get(), lpBound, rates);
        PlanCheck check = PlanCheck.of(scenario, plan);
        if (!check.good()) {
            throw new AssertionError("The planner made a plan that breaks its rules: " + check.violations());
        }
        return new PlanOutcome.Planned(plan);
    }

    private Optional<String> infeasible(int k) {
        if (!Templates.of(
                        scenario,
                        settings.rules().maxStages(),
                        settings.modelRules(Double.POSITIVE_INFINITY),
                        k,
                        settings.wholeGpusOnly())
                .isEmpty()) {
            return Optional.empty();
        }
        ScenarioModel model = scenario.models().get(k);
        double fastest = Templates.fastestMicros(scenario, settings.rules().maxStages(), k);
        double slo = model.slo().latencyMicros();
        double left = slo * (1 - settings.margin());
        String way;
        if (fastest > slo) {
            way = "No margin helps: raise the SLO, or add a faster GPU class.";
        } else if (fastest > left) {
            way = "Maybe a smaller margin than %.0f %%.".formatted(100 * settings.margin());
        } else {
            way = "Its weights do not fit into the memory of GPUs that are fast enough: maybe more stages.";
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "Model %s has no feasible pipeline: its SLO is %.3f ms, of which %.3f ms are left after a margin of"
                        + " %.0f %%, and the fastest possible with at most %d stage(s) is %.3f ms. %s",
                model.name(),
                slo / 1000,
                slo * (1 - settings.margin()) / 1000,
                100 * settings.margin(),
                settings.rules().maxStages(),
                fastest / 1000,
                way));
    }

    private List<Template> templates(int maxStages, boolean wholeGpusOnly, List<Double> rates) {
        var all = new ArrayList<Template>();
        for (int k = 0; k < scenario.models().size(); k++) {
            all.addAll(Templates.of(scenario, maxStages, settings.modelRules(rates.get(k)), k, wholeGpusOnly));
        }
        return all;
    }

    private List<Double> estimateRates() {
        int models = scenario.models().size();
        var unknown = Collections.nCopies(models, Double.POSITIVE_INFINITY);
        boolean servedWhole = true;
        for (int k = 0; k < models; k++) {
            servedWhole &= !Templates.of(scenario, 1, settings.modelRules(Double.POSITIVE_INFINITY), k, true)
                    .isEmpty();
        }
        List<Double> rates = unknown;
        for (int round = 0; round <= RATE_ROUNDS; round++) {
            List<Template> templates = servedWhole
                    ? templates(1, true, rates)
                    : templates(settings.rules().maxStages(), settings.wholeGpusOnly(), unknown).stream()
                            .filter(t -> t.batchSize() == 1)
                            .toList();
            Optional<Solution> solved =
                    new PoolMilp(scenario, templates, false).solve(settings.gap(), settings.limitSeconds());
            if (solved.isEmpty()) {
                break;
            }
            rates = throughputs(templates, solved.get()).stream()
                    .map(rate -> Math.max(rate, Double.MIN_NORMAL)) // a model that gets nothing collects no batches
                    .toList();
        }
        return rates.stream()
                .map(rate -> rate > Double.MIN_NORMAL && rate < Double.POSITIVE_INFINITY ? rate : 1.0)
                .toList();
    }

    private List<Double> throughputs(List<Template> templates, Solution solution) {
        var sums = new double[scenario.models().size()];
        for (int t = 0; t < templates.size(); t++) {
            sums[templates.get(t).model()] += delivered(templates.get(t), solution.vgpuCounts()[t]);
        }
        return Arrays.stream(sums).boxed().toList();
    }

    /** Returns what a template's pools deliver: the slowest stage's vGPUs × rate. */
    private static double delivered(Template template, int[] vgpus) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < vgpus.length; i++) {
            least = Math.min(least, vgpus[i] * template.ratesPerSecond()[i]);
        }
        return least;
    }

    private Plan build(List<Template> templates, Solution solution, double lpBound, List<Double> rates) {
        var models = new ArrayList<ModelPlan>();
        double objective = Double.POSITIVE_INFINITY;
        for (int k = 0; k < scenario.models().size(); k++) {
            ScenarioModel model = scenario.models().get(k);
            List<Pipeline> pipelines = pipelines(templates, solution, k);
            double throughput = pipelines.stream()
                    .mapToDouble(Pipeline::throughputPerSecond)
                    .sum();
            objective = Math.min(objective, throughput / model.weight());
            models.add(new ModelPlan(
                    model.name(),
                    model.slo().latencyMicros(),
                    model.weight(),
                    settings.modelRules(rates.get(k)),
                    throughput,
                    pipelines,
                    model.profile().note()));
        }
        List<Vgpu> vgpus = Placement.of(scenario, models);
        double bound = Math.max(objective, Math.min(solution.bound(), lpBound));
        var certificate = new Certificate(
                objective,
                bound,
                binding(models, vgpus, objective),
                solution.solver() + " (OR-Tools)",
                solution.provenToGap() ? Certificate.Ended.GAP : Certificate.Ended.TIME_LIMIT);
        return new Plan(
                settings.algorithm(),
                scenario.cluster().name(),
                scenario.cluster().timeScale(),
                scenario.profileFingerprint(),
                settings.rules(),
                models,
                vgpus,
                certificate,
                MarginalValues.UNKNOWN);
    }

    private List<Pipeline> pipelines(List<Template> templates, Solution solution, int model) {
        var pipelines = new ArrayList<Pipeline>();
        for (int t = 0; t < templates.size(); t++) {
            Template template = templates.get(t);
            double throughput = delivered(template, solution.vgpuCounts()[t]);
            if (template.model() != model || !(throughput > 0)) {
                continue;
            }
            var stages = new ArrayList<Stage>();
            for (int i = 0; i < template.stageCount(); i++) {
                StageChoice choice = template.stages()[i];
                stages.add(new Stage(
                        choice.firstBlock(),
                        choice.endBlock(),
                        choice.gpuClass().name(),
                        choice.shares(),
                        solution.vgpuCounts()[t][i],
                        choice.latencyMicros(template.batchSize())));
            }
            pipelines.add(new Pipeline(template.batchSize(), throughput, stages));
        }
        return pipelines;
    }

    private List<String> binding(List<ModelPlan> models, List<Vgpu> vgpus, double objective) {
        var binding = new ArrayList<String>();
        for (ModelPlan model : models) {
            if (models.size() > 1 && model.throughputPerSecond() / model.weight() <= objective * (1 + 1e-9)) {
                binding.add("model %s is the worst served".formatted(model.model()));
            }
        }
        for (GpuClass gpuClass : scenario.cluster().classes()) {
            long used = vgpus.stream()
                    .filter(v -> v.gpuClass().equals(gpuClass.name()))
                    .mapToInt(Vgpu::gpu)
                    .distinct()
                    .count();
            if (used == gpuClass.count()) {
                binding.add("all %d GPUs of class %s are used".formatted(used, gpuClass.name()));
            }
        }
        return binding;
    }
}
