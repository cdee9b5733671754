package io.ppipe.bench;

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

/**
 * A made-up plan of any size: three slow GPUs for each fast one, and two pipelines for each model: slow GPUs, then fast ones,
 * at batch 1; and fast ones alone, at batch 4. All GPUs are busy at its throughput.
 */
record SyntheticPlan(Scenario scenario, Plan plan) {
    private static final long SLO_MICROS = 120_000;
    private static final int GPUS_PER_SERVER = 4;
    /** Of the two blocks, at batch 1 to 4. */
    private static final List<List<Long>> SLOW = List.of(row(48_000, 0.9), row(80_000, 0.9));

    private static final List<List<Long>> FAST = List.of(row(4_000, 0.8), row(8_000, 0.8));

    private static List<Long> row(long micros, double gain) {
        return List.of(micros, (long) (2 * micros * gain), (long) (3 * micros * gain), (long) (4 * micros * gain));
    }

    /** @param gpus at least 12 for each model */
    static SyntheticPlan of(int gpus, int models) {
        int perModel = gpus / models;
        int fast = perModel / 4;
        int slow = perModel - fast;
        int fastBehind = Math.max(1, slow / 6);
        int fastAlone = Math.max(1, fast - fastBehind);
        if (fastBehind + fastAlone > fast) {
            throw new IllegalArgumentException("%d GPUs are too few for %d models.".formatted(gpus, models));
        }
        var classes = List.of(gpuClass("fast", fast * models), gpuClass("slow", slow * models));
        var scenarioModels = new ArrayList<ScenarioModel>();
        var modelPlans = new ArrayList<ModelPlan>();
        var vgpus = new ArrayList<Vgpu>();
        double pipelined = Math.min(
                slow * 1e6 / SLOW.getFirst().getFirst(),
                fastBehind * 1e6 / FAST.get(1).getFirst());
        double alone = fastAlone * 4e6 / (FAST.get(0).get(3) + FAST.get(1).get(3));
        for (int m = 0; m < models; m++) {
            String name = "m" + m;
            scenarioModels.add(new ScenarioModel(name, new Slo(SLO_MICROS, 0.99), new Demand.Weight(1), profile(name)));
            var pipelines = List.of(
                    new Pipeline(
                            1,
                            pipelined,
                            List.of(
                                    new Stage(
                                            0,
                                            1,
                                            "slow",
                                            1,
                                            slow,
                                            SLOW.getFirst().getFirst()),
                                    new Stage(
                                            1,
                                            2,
                                            "fast",
                                            1,
                                            fastBehind,
                                            FAST.get(1).getFirst()))),
                    new Pipeline(
                            4,
                            alone,
                            List.of(new Stage(
                                    0,
                                    2,
                                    "fast",
                                    1,
                                    fastAlone,
                                    FAST.get(0).get(3) + FAST.get(1).get(3)))));
            modelPlans.add(new ModelPlan(
                    name, SLO_MICROS, 1, new ModelRules(0, 0, pipelined), pipelined + alone, pipelines, ""));
            for (int i = 0; i < slow; i++) {
                vgpus.add(new Vgpu("slow", m * slow + i, 0, 1, m, 0, 0));
            }
            for (int i = 0; i < fastBehind; i++) {
                vgpus.add(new Vgpu("fast", m * fast + i, 0, 1, m, 0, 1));
            }
            for (int i = 0; i < fastAlone; i++) {
                vgpus.add(new Vgpu("fast", m * fast + fastBehind + i, 0, 1, m, 1, 0));
            }
        }
        double objective = pipelined + alone;
        var plan = new Plan(
                "synthetic",
                "synthetic",
                1,
                "f",
                new PlanRules(2, Goal.THROUGHPUT, false),
                modelPlans,
                vgpus,
                new Certificate(objective, objective, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
        return new SyntheticPlan(new Scenario(new Cluster("synthetic", classes, 1), scenarioModels, "f"), plan);
    }

    /** Returns so much of every model's planned throughput. */
    double[] rates(double load) {
        return plan.models().stream()
                .mapToDouble(model -> load * model.throughputPerSecond())
                .toArray();
    }

    private static GpuClass gpuClass(String name, int count) {
        return new GpuClass(
                name,
                count,
                GPUS_PER_SERVER,
                1L << 34,
                List.of(1),
                Sharing.MPS,
                25e9,
                Price.UNKNOWN,
                new Executor.Cpu(1));
    }

    private static ModelProfile profile(String name) {
        return new ModelProfile(
                name,
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                List.of(new Block("a", "a", 1, 0, 0), new Block("b", "b", 1, 0, 0)),
                List.of(new Cut(List.of(), 500_000)),
                List.of(table("fast", FAST), table("slow", SLOW)),
                "");
    }

    private static LatencyTable table(String name, List<List<Long>> rows) {
        return new LatencyTable(
                name,
                1,
                List.of(1, 2, 3, 4),
                rows,
                new Provenance(Provenance.Kind.IMPORTED, "synthetic", "synthetic", ""));
    }
}
