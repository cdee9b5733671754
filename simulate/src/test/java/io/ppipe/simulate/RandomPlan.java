package io.ppipe.simulate;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Certificate;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.MarginalValues;
import io.ppipe.model.ModelPlan;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.model.Pipeline;
import io.ppipe.model.Plan;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Provenance;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A random scenario with a random plan that fits it; neither good nor balanced, which is the point. */
record RandomPlan(Scenario scenario, Plan plan) {
    private static final List<Integer> BATCHES = List.of(1, 2, 4);

    static RandomPlan of(long seed) {
        var random = new SplittableRandom(seed);
        int classCount = random.nextInt(1, 4);
        var classes = new ArrayList<GpuClass>();
        for (int c = 0; c < classCount; c++) {
            classes.add(new GpuClass(
                    "class" + c,
                    64,
                    random.nextInt(1, 5),
                    1L << 30,
                    List.of(1),
                    Sharing.MPS,
                    1e9 * random.nextInt(1, 11),
                    Price.UNKNOWN,
                    new Executor.Cpu(1)));
        }
        var cluster = new Cluster("random", classes, 1);
        var models = new ArrayList<ScenarioModel>();
        var plans = new ArrayList<ModelPlan>();
        var vgpus = new ArrayList<Vgpu>();
        int[] used = new int[classCount];
        int modelCount = random.nextInt(1, 4);
        for (int m = 0; m < modelCount; m++) {
            int blocks = random.nextInt(1, 6);
            ModelProfile profile = profile("m" + m, blocks, classes, random);
            var pipelines = new ArrayList<Pipeline>();
            long slowest = 0;
            int pipelineCount = random.nextInt(1, 3);
            for (int p = 0; p < pipelineCount; p++) {
                Pipeline pipeline = pipeline(profile, classes, random);
                pipelines.add(pipeline);
                long latency = 0;
                for (int s = 0; s < pipeline.stages().size(); s++) {
                    Stage stage = pipeline.stages().get(s);
                    int classIndex = cluster.classIndex(stage.gpuClass());
                    latency += stage.latencyMicros();
                    for (int v = 0; v < stage.vgpuCount(); v++) {
                        vgpus.add(new Vgpu(stage.gpuClass(), used[classIndex]++, 0, 1, m, p, s));
                    }
                }
                slowest = Math.max(slowest, latency);
            }
            var slo = new Slo(slowest * random.nextInt(1, 5) + 1000, 0.99);
            double throughput = 1e6 / slowest * random.nextInt(1, 6);
            models.add(new ScenarioModel("m" + m, slo, new Demand.Weight(1), profile));
            plans.add(new ModelPlan(
                    "m" + m, slo.latencyMicros(), 1, new ModelRules(0, 0, throughput), throughput, pipelines, ""));
        }
        var plan = new Plan(
                "random",
                "random",
                1,
                "f",
                new PlanRules(3, Goal.THROUGHPUT, false),
                plans,
                vgpus,
                new Certificate(1, 1, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
        return new RandomPlan(new Scenario(cluster, models, "f"), plan);
    }

    private static ModelProfile profile(String name, int blocks, List<GpuClass> classes, SplittableRandom random) {
        var blockList = new ArrayList<Block>();
        var cuts = new ArrayList<Cut>();
        for (int b = 0; b < blocks; b++) {
            blockList.add(new Block("b" + b, "b" + b, 1, 0, 0));
            if (b > 0) {
                cuts.add(new Cut(List.of(), random.nextInt(2_000_000)));
            }
        }
        var tables = new ArrayList<LatencyTable>();
        for (GpuClass gpuClass : classes) {
            var rows = new ArrayList<List<Long>>();
            for (int b = 0; b < blocks; b++) {
                long base = random.nextLong(100, 5_000);
                rows.add(List.of(base, base + random.nextLong(base), base + random.nextLong(2 * base)));
            }
            tables.add(new LatencyTable(
                    gpuClass.name(),
                    1,
                    BATCHES,
                    rows,
                    new Provenance(Provenance.Kind.IMPORTED, "random", "random", "")));
        }
        return new ModelProfile(name, "", BoundaryType.UNCHANGED, List.of(), List.of(), blockList, cuts, tables, "");
    }

    private static Pipeline pipeline(ModelProfile profile, List<GpuClass> classes, SplittableRandom random) {
        int batch = BATCHES.get(random.nextInt(BATCHES.size()));
        var stages = new ArrayList<Stage>();
        int first = 0;
        while (first < profile.blockCount()) {
            int end = stages.size() == 2 ? profile.blockCount() : random.nextInt(first + 1, profile.blockCount() + 1);
            GpuClass gpuClass = classes.get(random.nextInt(classes.size()));
            long latency = profile.latencies(gpuClass.name(), 1).orElseThrow().latencyMicros(first, end, batch);
            stages.add(new Stage(first, end, gpuClass.name(), 1, random.nextInt(1, 4), latency));
            first = end;
        }
        return new Pipeline(batch, 1, stages);
    }
}
