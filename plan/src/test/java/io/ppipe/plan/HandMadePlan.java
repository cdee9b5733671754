package io.ppipe.plan;

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
 * A plan made by hand, whose parts a test changes one by one. Its cluster has four GPUs of class {@code mps}, 3 per
 * GPU-hour, and four of class {@code mig}, 5 per server-hour, two per server. Its model has two blocks, which take 1000 us
 * each on a GPU of either class, m times that on 1/m of one, and twice that in a batch of 2: a GPU does 500 requests/s. On a GPU of 1000 bytes, a
 * stage with both blocks needs 200 bytes of weights and 50 of activations per request.
 */
final class HandMadePlan {
    private static final long SLO_MICROS = 30_000;

    private double demand = 500;
    private long activationBytes = 50;
    private PlanRules rules = new PlanRules(2, Goal.THROUGHPUT, false);
    private double margin = 0.2;
    private double objective = 1;
    private double bound = 1;
    private List<LatencyTable.Run> runs = List.of();
    private final List<Pipeline> pipelines = new ArrayList<>();
    private final List<Vgpu> vgpus = new ArrayList<>();

    HandMadePlan demand(double perSecond) {
        demand = perSecond;
        return this;
    }

    HandMadePlan activations(long bytes) {
        activationBytes = bytes;
        return this;
    }

    /** Says what both blocks take together, measured at batch sizes 1 and 2, on every class and share. */
    HandMadePlan measuredWhole(long one, long two) {
        runs = List.of(new LatencyTable.Run(0, 2, List.of(one, two)));
        return this;
    }

    HandMadePlan margin(double fraction) {
        margin = fraction;
        return this;
    }

    HandMadePlan rules(Goal goal, boolean surviveServerLoss) {
        rules = new PlanRules(2, goal, surviveServerLoss);
        return this;
    }

    HandMadePlan certified(double newObjective, double newBound) {
        objective = newObjective;
        bound = newBound;
        return this;
    }

    /** Adds the whole model on 1/m of GPUs of one class; those that follow by {@link #on} are its pool. */
    HandMadePlan whole(String gpuClass, int shares, int batchSize, int vgpuCount, double throughput) {
        long micros = 2000L * shares * batchSize;
        pipelines.add(
                new Pipeline(batchSize, throughput, List.of(new Stage(0, 2, gpuClass, shares, vgpuCount, micros))));
        return this;
    }

    /** Adds a pipeline with a block on a pool of each class. */
    HandMadePlan both(int mpsCount, int migCount, double throughput) {
        pipelines.add(new Pipeline(
                1,
                throughput,
                List.of(new Stage(0, 1, "mps", 1, mpsCount, 1000), new Stage(1, 2, "mig", 1, migCount, 1000))));
        return this;
    }

    /** Puts one vGPU of a stage of the pipeline that was added last on a GPU. */
    HandMadePlan on(int stage, int gpu, int slot) {
        int pipeline = pipelines.size() - 1;
        Stage of = pipelines.get(pipeline).stages().get(stage);
        vgpus.add(new Vgpu(of.gpuClass(), gpu, slot, of.sharesPerGpu(), 0, pipeline, stage));
        return this;
    }

    Scenario scenario() {
        var block = new Block("layer", "layer", 1, 100, activationBytes);
        var classes = List.of(
                gpuClass("mps", Sharing.MPS, new Price(3, Price.Unit.GPU)),
                gpuClass("mig", Sharing.MIG, new Price(5, Price.Unit.SERVER)));
        var tables = new ArrayList<LatencyTable>();
        for (GpuClass gpuClass : classes) {
            for (int shares : gpuClass.shares()) {
                List<Long> row = List.of(1000L * shares, 2000L * shares);
                tables.add(new LatencyTable(
                        gpuClass.name(),
                        shares,
                        List.of(1, 2),
                        List.of(row, row),
                        new Provenance(Provenance.Kind.IMPORTED, "hand", "hand", ""),
                        runs));
            }
        }
        var profile = new ModelProfile(
                "m",
                "",
                BoundaryType.UNCHANGED,
                List.of(),
                List.of(),
                List.of(block, block),
                List.of(new Cut(List.of(), 1000)),
                tables,
                "");
        var model = new ScenarioModel("m", new Slo(SLO_MICROS, 0.99), new Demand.Rate(demand), profile);
        return new Scenario(new Cluster("hand", classes, 1), List.of(model), "f");
    }

    private static GpuClass gpuClass(String name, Sharing sharing, Price price) {
        return new GpuClass(name, 4, 2, 1000, List.of(1, 2, 3), sharing, 1e10, price, new Executor.Cpu(1));
    }

    Plan plan() {
        double throughput =
                pipelines.stream().mapToDouble(Pipeline::throughputPerSecond).sum();
        var model = new ModelPlan("m", SLO_MICROS, demand, new ModelRules(margin, 1.3, 500), throughput, pipelines, "");
        return new Plan(
                "hand",
                "hand",
                1,
                "f",
                rules,
                List.of(model),
                vgpus,
                new Certificate(objective, bound, List.of(), "hand", Certificate.Ended.GAP),
                MarginalValues.UNKNOWN);
    }
}
