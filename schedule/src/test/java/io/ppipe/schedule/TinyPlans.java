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
 * us for each request beyond the first; the cut's bytes take 50 us per request.
 */
final class TinyPlans {
    static final long SLO_MICROS = 20_000;

    private TinyPlans() {}

    static Scenario scenario() {
        var cluster = new Cluster("tiny", List.of(gpuClass("fast"), gpuClass("slow")), 1);
        var profile = new ModelProfile(
                "m",
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                List.of(new Block("a", "a", 1, 0, 0), new Block("b", "b", 1, 0, 0)),
                List.of(new Cut(List.of(), 1000)),
                List.of(table("fast", 1000), table("slow", 3000)),
                "");
        return new Scenario(
                cluster,
                List.of(new ScenarioModel("m", new Slo(SLO_MICROS, 0.99), new Demand.Weight(1), profile)),
                "fingerprint");
    }

    private static GpuClass gpuClass(String name) {
        return new GpuClass(
                name, 4, 1, 1L << 30, List.of(1), Sharing.MPS, 1000 * 8 / 50e-6, Price.UNKNOWN, new Executor.Cpu(1));
    }

    private static LatencyTable table(String name, long micros) {
        var row = List.of(micros, micros + 100, micros + 200, micros + 300);
        return new LatencyTable(
                name,
                1,
                List.of(1, 2, 3, 4),
                List.of(row, row),
                new Provenance(Provenance.Kind.IMPORTED, "test", "test", ""));
    }

    /** One pipeline with block 0 on slow and block 1 on fast. */
    static Plan twoStages(int batchSize, int slowGpus, int fastGpus) {
        return plan(List.of(new Pipeline(
                batchSize,
                1,
                List.of(new Stage(0, 1, "slow", 1, slowGpus, 3000), new Stage(1, 2, "fast", 1, fastGpus, 1000)))));
    }

    /** The whole model on one GPU: pipeline 0 on slow, pipeline 1 on fast. */
    static Plan wholeOnEach(int batchSize) {
        return plan(List.of(
                new Pipeline(batchSize, 1, List.of(new Stage(0, 2, "slow", 1, 1, 6000))),
                new Pipeline(batchSize, 1, List.of(new Stage(0, 2, "fast", 1, 1, 2000)))));
    }

    private static Plan plan(List<Pipeline> pipelines) {
        var vgpus = new ArrayList<Vgpu>();
        int slow = 0;
        int fast = 0;
        for (int p = 0; p < pipelines.size(); p++) {
            for (int s = 0; s < pipelines.get(p).stages().size(); s++) {
                Stage stage = pipelines.get(p).stages().get(s);
                for (int i = 0; i < stage.vgpuCount(); i++) {
                    int gpu = stage.gpuClass().equals("slow") ? slow++ : fast++;
                    vgpus.add(new Vgpu(stage.gpuClass(), gpu, 0, 1, 0, p, s));
                }
            }
        }
        return new Plan(
                "test",
                "tiny",
                1,
                "fingerprint",
                new PlanRules(2, Goal.THROUGHPUT, false),
                List.of(new ModelPlan("m", SLO_MICROS, 1, new ModelRules(0, 0, 1), 1, pipelines, "")),
                vgpus,
                new Certificate(1, 1, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
    }
}
