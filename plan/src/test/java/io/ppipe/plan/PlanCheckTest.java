package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Certificate;
import io.ppipe.model.Cluster;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanCheck;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Progress;
import io.ppipe.model.Scenario;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A plan in which anything has been changed is refused, whatever it is. */
class PlanCheckTest {
    private static final PlanSettings PPIPE = PlanSettings.ppipe(new PlanRules(2, Goal.THROUGHPUT, false), 0.2, 1.3);

    /** Collecting a second request takes for ever. */
    private static final ModelRules NO_RATE = new ModelRules(0.2, 1.3, Double.MIN_NORMAL);

    private static Plan copy(Plan p, List<ModelPlan> models, List<Vgpu> vgpus, Certificate certificate) {
        return new Plan(
                p.algorithm(),
                p.clusterName(),
                p.timeScale(),
                p.profileFingerprint(),
                p.rules(),
                models,
                vgpus,
                certificate,
                p.marginalValues());
    }

    private static Plan withModel(Plan plan, UnaryOperator<ModelPlan> change) {
        var models = new ArrayList<>(plan.models());
        models.set(0, change.apply(models.getFirst()));
        return copy(plan, models, plan.vgpus(), plan.certificate());
    }

    private static Plan withPipeline(Plan plan, UnaryOperator<Pipeline> change) {
        return withModel(plan, m -> {
            var pipelines = new ArrayList<>(m.pipelines());
            pipelines.set(0, change.apply(pipelines.getFirst()));
            return new ModelPlan(
                    m.model(), m.sloMicros(), m.weight(), m.rules(), m.throughputPerSecond(), pipelines, m.note());
        });
    }

    private static Plan withStage(Plan plan, UnaryOperator<Stage> change) {
        return withPipeline(plan, p -> {
            var stages = new ArrayList<>(p.stages());
            stages.set(0, change.apply(stages.getFirst()));
            return new Pipeline(p.batchSize(), p.throughputPerSecond(), stages);
        });
    }

    private static Plan withVgpu(Plan plan, UnaryOperator<Vgpu> change) {
        var vgpus = new ArrayList<>(plan.vgpus());
        vgpus.set(0, change.apply(vgpus.getFirst()));
        return copy(plan, plan.models(), vgpus, plan.certificate());
    }

    private static Plan withRules(Plan plan, ModelRules rules) {
        return withModel(
                plan,
                m -> new ModelPlan(
                        m.model(), m.sloMicros(), m.weight(), rules, m.throughputPerSecond(), m.pipelines(), m.note()));
    }

    /** The latencies stay those of its own batch size, so that it is wrong already unless that was two. */
    private static Pipeline atBatchTwo(Pipeline pipeline) {
        return new Pipeline(2, pipeline.throughputPerSecond(), pipeline.stages());
    }

    private static Plan withPlanRules(Plan p, PlanRules rules) {
        return new Plan(
                p.algorithm(),
                p.clusterName(),
                p.timeScale(),
                p.profileFingerprint(),
                rules,
                p.models(),
                p.vgpus(),
                p.certificate(),
                p.marginalValues());
    }

    private static Plan withMarginalValues(Plan p, MarginalValues values) {
        return new Plan(
                p.algorithm(),
                p.clusterName(),
                p.timeScale(),
                p.profileFingerprint(),
                p.rules(),
                p.models(),
                p.vgpus(),
                p.certificate(),
                values);
    }

    private static Map<String, Plan> mutations(Plan plan) {
        var all = new LinkedHashMap<String, Plan>();
        all.put(
                "model's name",
                withModel(
                        plan,
                        m -> new ModelPlan(
                                "x",
                                m.sloMicros(),
                                m.weight(),
                                m.rules(),
                                m.throughputPerSecond(),
                                m.pipelines(),
                                "")));
        all.put(
                "SLO",
                withModel(
                        plan,
                        m -> new ModelPlan(
                                m.model(),
                                m.sloMicros() + 1,
                                m.weight(),
                                m.rules(),
                                m.throughputPerSecond(),
                                m.pipelines(),
                                "")));
        all.put(
                "weight",
                withModel(
                        plan,
                        m -> new ModelPlan(
                                m.model(),
                                m.sloMicros(),
                                m.weight() * 1.01,
                                m.rules(),
                                m.throughputPerSecond(),
                                m.pipelines(),
                                "")));
        all.put(
                "model's throughput",
                withModel(
                        plan,
                        m -> new ModelPlan(
                                m.model(),
                                m.sloMicros(),
                                m.weight(),
                                m.rules(),
                                m.throughputPerSecond() * 1.01,
                                m.pipelines(),
                                "")));
        all.put(
                "NaN throughput",
                withModel(
                        plan,
                        m -> new ModelPlan(
                                m.model(), m.sloMicros(), m.weight(), m.rules(), Double.NaN, m.pipelines(), "")));
        all.put(
                "no pipelines",
                withModel(
                        plan,
                        m -> new ModelPlan(
                                m.model(),
                                m.sloMicros(),
                                m.weight(),
                                m.rules(),
                                m.throughputPerSecond(),
                                List.of(),
                                "")));
        all.put(
                "pipeline's throughput",
                withPipeline(plan, p -> new Pipeline(p.batchSize(), p.throughputPerSecond() * 1.01, p.stages())));
        all.put(
                "batch size",
                withPipeline(plan, p -> new Pipeline(p.batchSize() + 7, p.throughputPerSecond(), p.stages())));
        all.put(
                "first block",
                withStage(
                        plan,
                        s -> new Stage(
                                s.firstBlock() + 1,
                                s.endBlock() + 1,
                                s.gpuClass(),
                                s.sharesPerGpu(),
                                s.vgpuCount(),
                                s.latencyMicros())));
        all.put(
                "latency",
                withStage(
                        plan,
                        s -> new Stage(
                                s.firstBlock(),
                                s.endBlock(),
                                s.gpuClass(),
                                s.sharesPerGpu(),
                                s.vgpuCount(),
                                s.latencyMicros() + 1)));
        all.put(
                "class",
                withStage(
                        plan,
                        s -> new Stage(
                                s.firstBlock(),
                                s.endBlock(),
                                "none",
                                s.sharesPerGpu(),
                                s.vgpuCount(),
                                s.latencyMicros())));
        all.put(
                "share",
                withStage(
                        plan,
                        s -> new Stage(
                                s.firstBlock(), s.endBlock(), s.gpuClass(), 9, s.vgpuCount(), s.latencyMicros())));
        all.put(
                "pool size",
                withStage(
                        plan,
                        s -> new Stage(
                                s.firstBlock(),
                                s.endBlock(),
                                s.gpuClass(),
                                s.sharesPerGpu(),
                                s.vgpuCount() + 1,
                                s.latencyMicros())));
        all.put(
                "GPU",
                withVgpu(
                        plan,
                        v -> new Vgpu(
                                v.gpuClass(), 99, v.slot(), v.sharesPerGpu(), v.model(), v.pipeline(), v.stage())));
        all.put(
                "slot",
                withVgpu(
                        plan,
                        v -> new Vgpu(v.gpuClass(), v.gpu(), 9, v.sharesPerGpu(), v.model(), v.pipeline(), v.stage())));
        all.put(
                "vGPU's stage",
                withVgpu(
                        plan,
                        v -> new Vgpu(v.gpuClass(), v.gpu(), v.slot(), v.sharesPerGpu(), v.model(), v.pipeline(), 5)));
        var twice = new ArrayList<>(plan.vgpus());
        twice.add(plan.vgpus().getFirst());
        all.put("a vGPU twice", copy(plan, plan.models(), twice, plan.certificate()));
        all.put(
                "a vGPU less",
                copy(plan, plan.models(), plan.vgpus().subList(1, plan.vgpus().size()), plan.certificate()));
        all.put("margin", withRules(plan, new ModelRules(0.999_99, 0, 1)));
        all.put("time to collect a batch", withRules(withPipeline(plan, PlanCheckTest::atBatchTwo), NO_RATE));
        all.put("goal", withPlanRules(plan, new PlanRules(2, Goal.COST, false)));
        if (plan.models().getFirst().pipelines().getFirst().stages().size() > 1) {
            all.put("number of stages", withPlanRules(plan, new PlanRules(1, Goal.THROUGHPUT, false)));
        }
        all.put(
                "marginal values of classes that are not there",
                withMarginalValues(plan, new MarginalValues(List.of(1.0, 1.0, 1.0), List.of())));
        all.put(
                "marginal values of models that are not there",
                withMarginalValues(plan, new MarginalValues(List.of(), List.of(1.0, 1.0, 1.0))));
        Certificate c = plan.certificate();
        all.put(
                "NaN objective",
                copy(
                        plan,
                        plan.models(),
                        plan.vgpus(),
                        new Certificate(Double.NaN, c.bound(), c.binding(), c.solver(), c.ended())));
        all.put(
                "NaN bound",
                copy(
                        plan,
                        plan.models(),
                        plan.vgpus(),
                        new Certificate(c.objective(), Double.NaN, c.binding(), c.solver(), c.ended())));
        all.put(
                "objective",
                copy(
                        plan,
                        plan.models(),
                        plan.vgpus(),
                        new Certificate(c.objective() * 1.01, c.bound() * 2, c.binding(), c.solver(), c.ended())));
        all.put(
                "bound below the objective",
                copy(
                        plan,
                        plan.models(),
                        plan.vgpus(),
                        new Certificate(c.objective(), c.objective() * 0.9, c.binding(), c.solver(), c.ended())));
        return all;
    }

    @Test
    void everyMutationIsRefused() {
        int checked = 0;
        for (long seed = 1; seed <= 20; seed++) {
            Scenario scenario = RandomScenario.of(seed);
            if (MilpPlanner.plan(scenario, PPIPE, Progress.NONE) instanceof PlanOutcome.Planned(Plan plan)) {
                assertThat(PlanCheck.of(scenario, plan).violations()).isEmpty();
                for (var mutation : mutations(plan).entrySet()) {
                    assertThat(PlanCheck.of(scenario, mutation.getValue()).violations())
                            .as("seed %d: %s", seed, mutation.getKey())
                            .isNotEmpty();
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThan(100);
    }

    @Test
    void aStageThatDoesNotFitIntoMemoryIsNotPlanned() {
        Scenario scenario = RandomScenario.of(3);
        var classes = scenario.cluster().classes().stream()
                .map(g -> new GpuClass(
                        g.name(),
                        g.count(),
                        g.gpusPerServer(),
                        500, // a block has 1000 bytes of weights
                        g.shares(),
                        g.sharing(),
                        g.nicBitsPerSecond(),
                        g.price(),
                        g.executor()))
                .toList();
        var small = new Scenario(new Cluster("random", classes, 1), scenario.models(), "f");

        PlanOutcome outcome = MilpPlanner.plan(small, PPIPE, Progress.NONE);

        assertThat(((PlanOutcome.Infeasible) outcome).reason()).contains("memory");
    }
}
