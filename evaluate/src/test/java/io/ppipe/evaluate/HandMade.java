package io.ppipe.evaluate;

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
import java.util.stream.IntStream;

/** Scenarios and plans small enough to know what they serve. */
final class HandMade {
    /** Of a request on a vGPU of {@link #queues}. */
    static final long SERVICE_MICROS = 10_000;

    static final double TARGET = 0.99;

    private HandMade() {}

    /** One GPU for each model, batch size 1: every model is an M/D/1 queue and shares nothing with the others. */
    static Scenario queues(long... sloMicros) {
        var classes = new ArrayList<GpuClass>();
        var models = new ArrayList<ScenarioModel>();
        for (int i = 0; i < sloMicros.length; i++) {
            classes.add(gpuClass("c" + i, 1));
            List<LatencyTable> tables = IntStream.range(0, sloMicros.length)
                    .mapToObj(c -> table("c" + c, List.of(List.of(SERVICE_MICROS))))
                    .toList();
            models.add(model("m" + i, sloMicros[i], 1, tables));
        }
        return new Scenario(new Cluster("queues", classes, 1), models, "f");
    }

    /** Model i on the GPU of class i. */
    static Plan plan(Scenario queues) {
        double perSecond = 1e6 / SERVICE_MICROS;
        var models = new ArrayList<ModelPlan>();
        var vgpus = new ArrayList<Vgpu>();
        for (int i = 0; i < queues.models().size(); i++) {
            ScenarioModel model = queues.models().get(i);
            var stage = new Stage(0, 1, "c" + i, 1, 1, SERVICE_MICROS);
            models.add(new ModelPlan(
                    model.name(),
                    model.slo().latencyMicros(),
                    model.weight(),
                    new ModelRules(0, 0, perSecond),
                    perSecond,
                    List.of(new Pipeline(1, perSecond, List.of(stage))),
                    ""));
            vgpus.add(new Vgpu("c" + i, 0, 0, 1, i, 0, 0));
        }
        return new Plan(
                "hand-made",
                queues.cluster().name(),
                1,
                queues.profileFingerprint(),
                new PlanRules(1, Goal.THROUGHPUT, false),
                models,
                vgpus,
                new Certificate(perSecond, perSecond, List.of(), "none", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
    }

    /**
     * Two models of three blocks, weights 3 and 1, on 3 fast GPUs and 6 slow ones. All of a model takes 6 ms on a fast GPU
     * and 24 ms on a slow one, a third of it in each block.
     */
    static Scenario fastAndSlow(long sloMicros) {
        List<GpuClass> classes = List.of(gpuClass("fast", 3), gpuClass("slow", 6));
        List<LatencyTable> tables = List.of(
                table("fast", List.of(row(2_000), row(2_000), row(2_000))),
                table("slow", List.of(row(8_000), row(8_000), row(8_000))));
        return new Scenario(
                new Cluster("fast-and-slow", classes, 1),
                List.of(model("a", sloMicros, 3, tables), model("b", sloMicros, 1, tables)),
                "f");
    }

    /** A second request in a batch costs two thirds of the first. */
    private static List<Long> row(long micros) {
        return List.of(micros, micros * 5 / 3, micros * 7 / 3);
    }

    private static GpuClass gpuClass(String name, int count) {
        return new GpuClass(
                name, count, 1, 1L << 34, List.of(1), Sharing.MPS, 10e9, Price.UNKNOWN, new Executor.Cpu(1));
    }

    private static ScenarioModel model(String name, long sloMicros, double weight, List<LatencyTable> tables) {
        int blocks = tables.getFirst().blockMicros().size();
        var profile = new ModelProfile(
                name,
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                IntStream.range(0, blocks)
                        .mapToObj(b -> new Block("b" + b, "b" + b, 1, 0, 0))
                        .toList(),
                IntStream.range(1, blocks)
                        .mapToObj(_ -> new Cut(List.of(), 50_000))
                        .toList(),
                tables,
                "");
        return new ScenarioModel(name, new Slo(sloMicros, TARGET), new Demand.Weight(weight), profile);
    }

    private static LatencyTable table(String gpuClass, List<List<Long>> rows) {
        List<Integer> batches =
                IntStream.rangeClosed(1, rows.getFirst().size()).boxed().toList();
        return new LatencyTable(
                gpuClass, 1, batches, rows, new Provenance(Provenance.Kind.IMPORTED, "test", "test", ""));
    }
}
