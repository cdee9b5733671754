package io.ppipe.schedule;

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
 * A model of two blocks on two classes, one GPU per server: a block takes 1000 us on fast and 3000 us on slow, plus 100
 * us for each request beyond the first; the cut's bytes take 50 us per request. Half a GPU takes twice as long.
 */
final class TinyPlans {
    static final long SLO_MICROS = 20_000;
    static final int GPUS_PER_CLASS = 8;
    /** Of a cut, so that a request takes 50 us. */
    static final int CUT_BYTES = 1000;

    private static final double NIC_BITS_PER_SECOND = CUT_BYTES * 8 / 50e-6;

    private TinyPlans() {}

    static Scenario scenario() {
        return scenario(row(1000), row(3000));
    }

    /**
     * Returns the scenario with other latencies.
     *
     * @param fast of a block, by batch size from 1 on
     */
    static Scenario scenario(List<Long> fast, List<Long> slow) {
        return scenario(1, List.of(CUT_BYTES), List.of(fast, fast), List.of(slow, slow));
    }

    /**
     * Returns a scenario with one block more than cuts.
     *
     * @param fast by block, then by batch size from 1 on
     */
    static Scenario scenario(int gpusPerServer, List<Integer> cutBytes, List<List<Long>> fast, List<List<Long>> slow) {
        var cluster = new Cluster("tiny", List.of(gpuClass("fast", gpusPerServer), gpuClass("slow", gpusPerServer)), 1);
        var blocks = new ArrayList<Block>();
        for (int i = 0; i < fast.size(); i++) {
            blocks.add(new Block("b" + i, "b" + i, 1, 0, 0));
        }
        var profile = new ModelProfile(
                "m",
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                blocks,
                cutBytes.stream().map(bytes -> new Cut(List.of(), bytes)).toList(),
                List.of(table("fast", 1, fast), table("fast", 2, fast), table("slow", 1, slow), table("slow", 2, slow)),
                "");
        return new Scenario(
                cluster,
                List.of(new ScenarioModel("m", new Slo(SLO_MICROS, 0.99), new Demand.Weight(1), profile)),
                "fingerprint");
    }

    private static GpuClass gpuClass(String name, int gpusPerServer) {
        return new GpuClass(
                name,
                GPUS_PER_CLASS,
                gpusPerServer,
                1L << 30,
                List.of(1, 2),
                Sharing.MPS,
                NIC_BITS_PER_SECOND,
                Price.UNKNOWN,
                new Executor.Cpu(1));
    }

    private static List<Long> row(long micros) {
        return List.of(micros, micros + 100, micros + 200, micros + 300);
    }

    private static LatencyTable table(String name, int shares, List<List<Long>> rows) {
        return new LatencyTable(
                name,
                shares,
                List.of(1, 2, 3, 4),
                rows.stream()
                        .map(row -> row.stream().map(micros -> shares * micros).toList())
                        .toList(),
                new Provenance(Provenance.Kind.IMPORTED, "test", "test", ""));
    }

    /** One pipeline with block 0 on slow and block 1 on fast. */
    static Plan twoStages(int batchSize, int slowGpus, int fastGpus) {
        return plan(pipeline(batchSize, stage(0, 1, "slow", slowGpus), stage(1, 2, "fast", fastGpus)));
    }

    /** One pipeline with block 0 on fast and block 1 on slow. */
    static Plan fastThenSlow(int batchSize, int fastGpus, int slowGpus) {
        return plan(pipeline(batchSize, stage(0, 1, "fast", fastGpus), stage(1, 2, "slow", slowGpus)));
    }

    /** The whole model on one GPU: pipeline 0 on slow, pipeline 1 on fast. */
    static Plan wholeOnEach(int batchSize) {
        return plan(pipeline(batchSize, stage(0, 2, "slow", 1)), pipeline(batchSize, stage(0, 2, "fast", 1)));
    }

    /** The whole model on each of some fast GPUs. */
    static Plan wholeOnFast(int batchSize, int gpus) {
        return plan(pipeline(batchSize, stage(0, 2, "fast", gpus)));
    }

    static Pipeline pipeline(int batchSize, Stage... stages) {
        return new Pipeline(batchSize, 1, List.of(stages));
    }

    static Stage stage(int firstBlock, int endBlock, String gpuClass, int vgpus) {
        return stage(firstBlock, endBlock, gpuClass, 1, vgpus);
    }

    static Stage stage(int firstBlock, int endBlock, String gpuClass, int shares, int vgpus) {
        return new Stage(firstBlock, endBlock, gpuClass, shares, vgpus, 1000);
    }

    /** Returns the scenario with its model twice. */
    static Scenario twoModels() {
        return twoModels(scenario());
    }

    /** Returns a scenario with its model twice; the second is called other. */
    static Scenario twoModels(Scenario one) {
        ScenarioModel model = one.models().getFirst();
        var other = new ScenarioModel("other", model.slo(), model.demand(), model.profile());
        return new Scenario(one.cluster(), List.of(model, other), one.profileFingerprint());
    }

    /** Returns a plan for {@link #twoModels}, of two plans for one model each that share no GPU. */
    static Plan besideEachOther(Plan first, Plan second) {
        ModelPlan other = second.models().getFirst();
        var vgpus = new ArrayList<>(first.vgpus());
        for (Vgpu vgpu : second.vgpus()) {
            vgpus.add(new Vgpu(
                    vgpu.gpuClass(), vgpu.gpu(), vgpu.slot(), vgpu.sharesPerGpu(), 1, vgpu.pipeline(), vgpu.stage()));
        }
        return new Plan(
                first.algorithm(),
                first.clusterName(),
                first.timeScale(),
                first.profileFingerprint(),
                first.rules(),
                List.of(
                        first.models().getFirst(),
                        new ModelPlan(
                                "other",
                                other.sloMicros(),
                                other.weight(),
                                other.rules(),
                                other.throughputPerSecond(),
                                other.pipelines(),
                                other.note())),
                vgpus,
                first.certificate(),
                first.marginalValues());
    }

    /** Returns a plan whose vGPUs fill one GPU after the other. */
    static Plan plan(Pipeline... pipelines) {
        return plan(0, pipelines);
    }

    /**
     * Returns a plan whose vGPUs fill one GPU after the other.
     *
     * @param firstGpu of each class
     */
    static Plan plan(int firstGpu, Pipeline... pipelines) {
        var vgpus = new ArrayList<Vgpu>();
        int slowHalves = 2 * firstGpu;
        int fastHalves = 2 * firstGpu;
        for (int p = 0; p < pipelines.length; p++) {
            for (int s = 0; s < pipelines[p].stages().size(); s++) {
                Stage stage = pipelines[p].stages().get(s);
                int halves = 2 / stage.sharesPerGpu();
                for (int i = 0; i < stage.vgpuCount(); i++) {
                    boolean slow = stage.gpuClass().equals("slow");
                    int at = slow ? slowHalves : fastHalves;
                    vgpus.add(new Vgpu(stage.gpuClass(), at / 2, at % 2, stage.sharesPerGpu(), 0, p, s));
                    slowHalves += slow ? halves : 0;
                    fastHalves += slow ? 0 : halves;
                }
            }
        }
        return new Plan(
                "test",
                "tiny",
                1,
                "fingerprint",
                new PlanRules(2, Goal.THROUGHPUT, false),
                List.of(new ModelPlan("m", SLO_MICROS, 1, new ModelRules(0, 0, 1), 1, List.of(pipelines), "")),
                vgpus,
                new Certificate(1, 1, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
    }
}
