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
            ModelProfile profile = profile("m" + m, classes, random.nextInt(1, 4), random);
            long fast = profile.latencies("fast", 1).orElseThrow().latencyMicros(0, profile.blockCount(), 1);
            models.add(new ScenarioModel(
                    "m" + m,
                    new Slo(fast * random.nextInt(2, 8), 0.99),
                    new Demand.Weight(random.nextInt(1, 4)),
                    profile));
        }
        return new Scenario(new Cluster("random", classes, 1), models, "f");
    }

    /**
     * Returns a scenario with everything that a profile and a cluster may have, on a handful of GPUs: MPS and MIG, prices by
     * GPU and by server, batch sizes that only some classes have, latencies that fall with the batch size, slow NICs, little
     * memory, demands; and with every other seed, measured runs that take up to twice or down to a fifth of their blocks' sum.
     */
    static Scenario wide(long seed) {
        var random = new SplittableRandom(seed);
        var classes = new ArrayList<GpuClass>();
        int classCount = random.nextInt(1, 3);
        for (int g = 0; g < classCount; g++) {
            classes.add(wideClass(g == 0 ? "fast" : "slow", random));
        }
        var models = new ArrayList<ScenarioModel>();
        int modelCount = random.nextInt(1, 3);
        for (int m = 0; m < modelCount; m++) {
            ModelProfile profile = wideProfile("m" + m, classes, random);
            if (seed % 2 == 0) {
                profile = withRuns(profile, new SplittableRandom(seed + m));
            }
            LatencyTable fast = profile.latencies().getFirst();
            models.add(new ScenarioModel(
                    "m" + m,
                    new Slo(fast.latencyMicros(0, profile.blockCount(), 1) * random.nextInt(2, 10), 0.99),
                    new Demand.Rate(random.nextInt(10, 200)),
                    profile));
        }
        return new Scenario(new Cluster("wide", classes, 1), models, "f");
    }

    private static ModelProfile withRuns(ModelProfile profile, SplittableRandom random) {
        List<LatencyTable> tables = profile.latencies().stream()
                .map(table -> withRuns(table, random))
                .toList();
        return new ModelProfile(
                profile.model(),
                profile.modelSha256(),
                profile.boundary(),
                profile.inputs(),
                profile.outputs(),
                profile.blocks(),
                profile.cuts(),
                tables,
                profile.note());
    }

    private static LatencyTable withRuns(LatencyTable table, SplittableRandom random) {
        var runs = new ArrayList<LatencyTable.Run>();
        int blocks = table.blockMicros().size();
        for (int first = 0; first < blocks; first++) {
            for (int end = first + 2; end <= blocks; end++) {
                if (random.nextInt(3) > 0) {
                    int from = first;
                    int to = end;
                    List<Long> micros = table.batchSizes().stream()
                            .map(n -> Math.round(table.sumMicros(from, to, n) * random.nextDouble(0.2, 2)))
                            .toList();
                    runs.add(new LatencyTable.Run(from, to, micros));
                }
            }
        }
        return new LatencyTable(
                table.gpuClass(),
                table.sharesPerGpu(),
                table.batchSizes(),
                table.blockMicros(),
                table.provenance(),
                runs);
    }

    private static GpuClass wideClass(String name, SplittableRandom random) {
        boolean mig = random.nextInt(3) == 0;
        List<Integer> shares = List.of(List.of(1), List.of(1), List.of(1, 2), List.of(2), List.of(1, 2, 3))
                .get(random.nextInt(mig ? 4 : 5));
        int most = shares.size() == 3 ? 1 : 3;
        var unit = random.nextBoolean() ? Price.Unit.GPU : Price.Unit.SERVER;
        return new GpuClass(
                name,
                random.nextInt(1, most + 1),
                random.nextInt(1, 4),
                random.nextInt(3) == 0 ? random.nextLong(3_000, 6_000) : 1L << 30,
                shares,
                mig ? Sharing.MIG : Sharing.MPS,
                random.nextInt(3) == 0 ? 2e8 * random.nextInt(1, 5) : 1e9 * random.nextInt(1, 11),
                new Price(random.nextInt(1, 10), unit),
                new Executor.Cpu(1));
    }

    private static ModelProfile wideProfile(String name, List<GpuClass> classes, SplittableRandom random) {
        int blocks = random.nextInt(1, 4);
        var list = new ArrayList<Block>();
        var cuts = new ArrayList<Cut>();
        for (int b = 0; b < blocks; b++) {
            list.add(new Block("b" + b, "b" + b, 1, random.nextLong(1_500), random.nextLong(500)));
            if (b > 0) {
                cuts.add(new Cut(List.of(), random.nextInt(4) == 0 ? 0 : random.nextInt(1, 500_000)));
            }
        }
        var tables = new ArrayList<LatencyTable>();
        for (GpuClass gpuClass : classes) {
            double slowdown = gpuClass.name().equals("fast") ? 1 : 1 + 4 * random.nextDouble();
            for (int shares : gpuClass.shares()) {
                List<Integer> batchSizes = List.of(
                                List.of(1), List.of(1, 2), List.of(1, 3), List.of(1, 2, 3), List.of(2))
                        .get(random.nextInt(5));
                var rows = new ArrayList<List<Long>>();
                for (int b = 0; b < blocks; b++) {
                    double one = random.nextLong(500, 4_000) * slowdown * Math.pow(shares, 0.9);
                    rows.add(batchSizes.stream()
                            .map(n -> Math.round(one * Math.pow(n, 0.5 + 0.6 * random.nextDouble() - 0.3)))
                            .toList());
                }
                tables.add(new LatencyTable(
                        gpuClass.name(),
                        shares,
                        batchSizes,
                        rows,
                        new Provenance(Provenance.Kind.IMPORTED, "random", "random", "")));
            }
        }
        return new ModelProfile(name, "", BoundaryType.UNCHANGED, List.of(), List.of(), list, cuts, tables, "");
    }

    /** Returns a scenario with two classes, as many models and GPUs of each class as are said, and ten blocks each. */
    static Scenario large(long seed, int modelCount, int gpuCount) {
        var random = new SplittableRandom(seed);
        var classes = new ArrayList<GpuClass>();
        for (String name : List.of("fast", "slow")) {
            classes.add(new GpuClass(
                    name,
                    gpuCount,
                    2,
                    1L << 30,
                    List.of(1, 2, 3, 4),
                    Sharing.MPS,
                    1e10,
                    Price.UNKNOWN,
                    new Executor.Cpu(1)));
        }
        var models = new ArrayList<ScenarioModel>();
        for (int m = 0; m < modelCount; m++) {
            ModelProfile profile = profile("m" + m, classes, 10, random);
            long fast = profile.latencies("fast", 1).orElseThrow().latencyMicros(0, profile.blockCount(), 1);
            models.add(new ScenarioModel(
                    "m" + m, new Slo(fast * 5, 0.99), new Demand.Weight(random.nextInt(1, 4)), profile));
        }
        return new Scenario(new Cluster("large", classes, 1), models, "f");
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

    private static ModelProfile profile(String name, List<GpuClass> classes, int blocks, SplittableRandom random) {
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
