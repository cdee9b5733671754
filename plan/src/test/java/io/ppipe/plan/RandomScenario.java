package io.ppipe.plan;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cluster;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Price;
import io.ppipe.model.Provenance;
import io.ppipe.model.Scenario;
import io.ppipe.model.Scenario.ScenarioModel;
import io.ppipe.model.Sharing;
import io.ppipe.model.Slo;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Small scenarios, for comparing with what brute force finds. */
final class RandomScenario {
    private RandomScenario() {}

    static Scenario of(long seed) {
        var random = new SplittableRandom(seed);
        var classes = List.of(gpuClass("fast", random), gpuClass("slow", random));
        var models = new ArrayList<ScenarioModel>();
        int count = random.nextInt(1, 3);
        for (int m = 0; m < count; m++) {
            ModelProfile profile = profile("m" + m, classes, random);
            long fast = profile.latencies("fast", 1).orElseThrow().latencyMicros(0, profile.blockCount(), 1);
            models.add(new ScenarioModel(
                    "m" + m,
                    new Slo(fast * random.nextInt(2, 8), 0.99),
                    new Demand.Weight(random.nextInt(1, 4)),
                    profile));
        }
        return new Scenario(new Cluster("random", classes, 1), models, "f");
    }

    private static GpuClass gpuClass(String name, SplittableRandom random) {
        List<Integer> shares = random.nextInt(4) > 0 ? List.of(1) : List.of(1, 2);
        return new GpuClass(
                name,
                random.nextInt(1, 3),
                random.nextInt(1, 3),
                1L << 30,
                shares,
                Sharing.MPS,
                1e9 * random.nextInt(1, 11),
                Price.UNKNOWN,
                new Executor.Cpu(1));
    }

    private static ModelProfile profile(String name, List<GpuClass> classes, SplittableRandom random) {
        int blocks = random.nextInt(1, 4);
        var list = new ArrayList<Block>();
        var cuts = new ArrayList<Cut>();
        for (int b = 0; b < blocks; b++) {
            list.add(new Block("b" + b, "b" + b, 1, 1000, 100));
            if (b > 0) {
                cuts.add(new Cut(List.of(), random.nextInt(1, 500_000)));
            }
        }
        var tables = new ArrayList<LatencyTable>();
        for (GpuClass gpuClass : classes) {
            double slowdown = gpuClass.name().equals("fast") ? 1 : 1 + 6 * random.nextDouble();
            for (int shares : gpuClass.shares()) {
                var rows = new ArrayList<List<Long>>();
                for (int b = 0; b < blocks; b++) {
                    long one = Math.round(random.nextLong(500, 4_000) * slowdown * Math.pow(shares, 0.9));
                    rows.add(List.of(one, Math.round(one * (1.3 + 0.6 * random.nextDouble()))));
                }
                tables.add(new LatencyTable(
                        gpuClass.name(),
                        shares,
                        List.of(1, 2),
                        rows,
                        new Provenance(Provenance.Kind.IMPORTED, "random", "random", "")));
            }
        }
        return new ModelProfile(name, "", BoundaryType.UNCHANGED, List.of(), List.of(), list, cuts, tables, "");
    }
}
