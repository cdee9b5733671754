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

/**
 * A random scenario with a random plan that fits it; neither good nor balanced, which is the point. GPUs are shared by pools,
 * several stand in one server, and links are anything from no matter to the bottleneck.
 */
record RandomPlan(Scenario scenario, Plan plan) {
    private static final List<Integer> BATCHES = List.of(1, 2, 4, 8);
    private static final List<Integer> SHARES = List.of(1, 2, 3, 4);
    /** Divisible by all shares. */
    private static final int PARTS_PER_GPU = 12;

    private static final int GPUS_PER_CLASS = 64;
    private static final int[] CUT_BYTES = {10_000, 200_000, 2_000_000};

    /** How large plans get. */
    record Bounds(int stages, int pipelines, int batchSize) {
        static final Bounds USUAL = new Bounds(3, 3, 8);
        static final Bounds SINGLE = new Bounds(1, 2, 1);
    }

    static RandomPlan of(long seed) {
        return of(seed, Bounds.USUAL);
    }

    static RandomPlan of(long seed, Bounds bounds) {
        var random = new SplittableRandom(seed);
        var classes = new ArrayList<GpuClass>();
        int classCount = random.nextInt(1, 4);
        for (int c = 0; c < classCount; c++) {
            classes.add(new GpuClass(
                    "class" + c,
                    GPUS_PER_CLASS,
                    random.nextInt(1, 5),
                    1L << 30,
                    SHARES,
                    Sharing.MPS,
                    1e9 * random.nextInt(1, 11),
                    Price.UNKNOWN,
                    new Executor.Cpu(1)));
        }
        var models = new ArrayList<ScenarioModel>();
        int modelCount = random.nextInt(1, 4);
        for (int m = 0; m < modelCount; m++) {
            ModelProfile profile = profile("m" + m, random.nextInt(1, 6), classes, random);
            models.add(new ScenarioModel(
                    "m" + m, new Slo(random.nextLong(2_000, 60_000), 0.99), new Demand.Weight(1), profile));
        }
        var scenario = new Scenario(new Cluster("random", classes, 1), models, "f");
        return new RandomPlan(scenario, plan(scenario, bounds, random));
    }

    /** Returns another plan for the same scenario. */
    Plan otherPlan(long seed) {
        return plan(scenario, Bounds.USUAL, new SplittableRandom(seed));
    }

    private static Plan plan(Scenario scenario, Bounds bounds, SplittableRandom random) {
        Cluster cluster = scenario.cluster();
        var plans = new ArrayList<ModelPlan>();
        var vgpus = new ArrayList<Vgpu>();
        int[][] partsUsed = new int[cluster.classes().size()][GPUS_PER_CLASS];
        int[][] slotsUsed = new int[cluster.classes().size()][GPUS_PER_CLASS];
        for (int m = 0; m < scenario.models().size(); m++) {
            ScenarioModel model = scenario.models().get(m);
            var pipelines = new ArrayList<Pipeline>();
            int pipelineCount = random.nextInt(1, bounds.pipelines() + 1);
            for (int p = 0; p < pipelineCount; p++) {
                Pipeline pipeline = pipeline(model.profile(), cluster.classes(), bounds, random);
                pipelines.add(pipeline);
                for (int s = 0; s < pipeline.stages().size(); s++) {
                    Stage stage = pipeline.stages().get(s);
                    int classIndex = cluster.classIndex(stage.gpuClass());
                    int parts = PARTS_PER_GPU / stage.sharesPerGpu();
                    for (int v = 0; v < stage.vgpuCount(); v++) {
                        int gpu = 0;
                        while (partsUsed[classIndex][gpu] + parts > PARTS_PER_GPU) {
                            gpu++;
                        }
                        partsUsed[classIndex][gpu] += parts;
                        int slot = slotsUsed[classIndex][gpu]++;
                        vgpus.add(new Vgpu(stage.gpuClass(), gpu, slot, stage.sharesPerGpu(), m, p, s));
                    }
                }
            }
            double throughput = pipelines.stream()
                    .mapToDouble(Pipeline::throughputPerSecond)
                    .sum();
            plans.add(new ModelPlan(
                    model.name(),
                    model.slo().latencyMicros(),
                    1,
                    new ModelRules(0, 0, throughput),
                    throughput,
                    pipelines,
                    ""));
        }
        return new Plan(
                "random",
                "random",
                1,
                "f",
                new PlanRules(3, Goal.THROUGHPUT, false),
                plans,
                vgpus,
                new Certificate(1, 1, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
    }

    private static ModelProfile profile(String name, int blocks, List<GpuClass> classes, SplittableRandom random) {
        var blockList = new ArrayList<Block>();
        var cuts = new ArrayList<Cut>();
        int bytes = CUT_BYTES[random.nextInt(CUT_BYTES.length)];
        for (int b = 0; b < blocks; b++) {
            blockList.add(new Block("b" + b, "b" + b, 1, 0, 0));
            if (b > 0) {
                cuts.add(new Cut(List.of(), random.nextInt(bytes)));
            }
        }
        boolean monotone = random.nextBoolean();
        var tables = new ArrayList<LatencyTable>();
        for (GpuClass gpuClass : classes) {
            for (int shares : SHARES) {
                var rows = new ArrayList<List<Long>>();
                for (int b = 0; b < blocks; b++) {
                    var row = new ArrayList<Long>();
                    long micros = random.nextLong(100, 3_000) * shares;
                    for (int i = 0; i < BATCHES.size(); i++) {
                        row.add(micros);
                        long more = random.nextLong(micros / 2 + 1);
                        micros += monotone ? more : more - micros / 5;
                    }
                    rows.add(row);
                }
                tables.add(new LatencyTable(
                        gpuClass.name(),
                        shares,
                        BATCHES,
                        rows,
                        new Provenance(Provenance.Kind.IMPORTED, "random", "random", "")));
            }
        }
        return new ModelProfile(name, "", BoundaryType.UNCHANGED, List.of(), List.of(), blockList, cuts, tables, "");
    }

    private static Pipeline pipeline(
            ModelProfile profile, List<GpuClass> classes, Bounds bounds, SplittableRandom random) {
        int batch = random.nextInt(1, bounds.batchSize() + 1);
        var stages = new ArrayList<Stage>();
        double throughput = Double.MAX_VALUE;
        int first = 0;
        while (first < profile.blockCount()) {
            int end = stages.size() == bounds.stages() - 1
                    ? profile.blockCount()
                    : random.nextInt(first + 1, profile.blockCount() + 1);
            String gpuClass = classes.get(random.nextInt(classes.size())).name();
            int shares = SHARES.get(random.nextInt(SHARES.size()));
            int vgpus = random.nextInt(1, 5);
            long latency = profile.latencies(gpuClass, shares).orElseThrow().latencyMicros(first, end, batch);
            stages.add(new Stage(first, end, gpuClass, shares, vgpus, latency));
            throughput = Math.min(throughput, vgpus * batch * 1e6 / latency);
            first = end;
        }
        return new Pipeline(batch, throughput, stages);
    }
}
