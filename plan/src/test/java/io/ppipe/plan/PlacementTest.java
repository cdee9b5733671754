package io.ppipe.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Goal;
import io.ppipe.model.GpuClass;
import io.ppipe.model.ModelRules;
import io.ppipe.model.PlanRules;
import io.ppipe.model.Price;
import io.ppipe.model.Scenario;
import io.ppipe.model.Sharing;
import io.ppipe.model.Stage;
import io.ppipe.model.Vgpu;
import io.ppipe.plan.Pools.Sized;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final int SEEDS = 300;

    private static PlanProblem problem(Scenario scenario, boolean surviveServerLoss) {
        var rules = Collections.nCopies(scenario.models().size(), new ModelRules(0, 0, Double.POSITIVE_INFINITY));
        return PlanProblem.of(scenario, new PlanRules(3, Goal.THROUGHPUT, surviveServerLoss), rules, false);
    }

    /** Returns whole models on shares of one class: {@code vgpus[i]} of {@code 1/shares[i]}. */
    private static Pools whole(PlanProblem problem, Integer[] shares, int... vgpus) {
        var sized = new ArrayList<Sized>();
        for (int i = 0; i < vgpus.length; i++) {
            if (vgpus[i] > 0) {
                Stage stage = new Stage(0, 1, "gpu", shares[i], vgpus[i], 1);
                Template template =
                        problem.spaces().getFirst().find(1, List.of(stage)).orElseThrow();
                sized.add(new Sized(template, new int[] {vgpus[i]}));
            }
        }
        return Pools.of(sized, false);
    }

    private static PlanProblem shared(Sharing sharing, int count, Integer... shares) {
        return problem(
                new SmallCase()
                        .gpus("gpu", count, 2, sharing, Price.UNKNOWN, shares)
                        .model("m", 1_000_000, 1)
                        .micros("gpu", 1_000)
                        .scenario(),
                false);
    }

    @Test
    void anyMixOfHalvesThirdsAndQuartersTakesAsFewGpusAsItsSumRoundedUp() {
        Integer[] shares = {1, 2, 3, 4};
        for (int ones = 0; ones <= 1; ones++) {
            for (int halves = 0; halves <= 3; halves++) {
                for (int thirds = 0; thirds <= 5; thirds++) {
                    for (int quarters = ones + halves + thirds == 0 ? 1 : 0; quarters <= 7; quarters++) {
                        int gpus = ones + Math.ceilDiv(6 * halves + 4 * thirds + 3 * quarters, 12);
                        PlanProblem problem = shared(Sharing.MPS, gpus, shares);
                        Pools pools = whole(problem, shares, ones, halves, thirds, quarters);

                        assertThat(Placement.of(problem, pools))
                                .as("%d × 1, %d × 1/2, %d × 1/3, %d × 1/4", ones, halves, thirds, quarters)
                                .hasValueSatisfying(vgpus -> assertNoGpuIsOverfull(problem, vgpus));
                        assertThat(pools.gpus(problem)).containsExactly(gpus);
                    }
                }
            }
        }
    }

    private static void assertNoGpuIsOverfull(PlanProblem problem, List<Vgpu> vgpus) {
        var taken = new TreeMap<String, Double>();
        for (Vgpu vgpu : vgpus) {
            taken.merge(vgpu.gpuClass() + vgpu.gpu(), 1.0 / vgpu.sharesPerGpu(), Double::sum);
            GpuClass gpuClass =
                    problem.scenario().cluster().gpuClass(vgpu.gpuClass()).orElseThrow();
            assertThat(vgpu.gpu()).isBetween(0, gpuClass.count() - 1);
        }
        assertThat(taken.values()).allMatch(part -> part <= 1 + 1e-9);
        assertThat(vgpus.stream().map(v -> v.gpuClass() + " " + v.gpu() + " " + v.slot()))
                .doesNotHaveDuplicates();
    }

    @Test
    void withMigAGpuHoldsVgpusOfOneSize() {
        Integer[] shares = {1, 2, 3};
        for (int halves = 0; halves <= 3; halves++) {
            for (int thirds = 0; thirds <= 4; thirds++) {
                int gpus = 1 + Math.ceilDiv(halves, 2) + Math.ceilDiv(thirds, 3);
                PlanProblem problem = shared(Sharing.MIG, gpus, shares);
                Pools pools = whole(problem, shares, 1, halves, thirds);

                List<Vgpu> vgpus = Placement.of(problem, pools).orElseThrow();

                assertNoGpuIsOverfull(problem, vgpus);
                assertThat(vgpus.stream()
                                .collect(Collectors.groupingBy(Vgpu::gpu))
                                .values())
                        .as("%d × 1/2, %d × 1/3", halves, thirds)
                        .allMatch(on ->
                                on.stream().map(Vgpu::sharesPerGpu).distinct().count() == 1);
            }
        }
    }

    @Test
    void saysWhenVgpusOfOtherSizesNeedOneMoreGpu() {
        Integer[] shares = {2, 3, 5, 7};
        // 1/2 + 1/3 + 2/5 + 5/7 = 1.948, but 1/2 + 1/3 leave room for 1/7 only, and 2/5 + 4/7 for none
        PlanProblem two = shared(Sharing.MPS, 2, shares);
        PlanProblem three = shared(Sharing.MPS, 3, shares);

        Pools pools = whole(two, shares, 1, 1, 2, 5);
        assertThat(pools.gpus(two)).containsExactly(2);
        boolean fits = Placement.of(two, pools).isPresent();
        assertThat(Placement.of(three, whole(three, shares, 1, 1, 2, 5))).isPresent();
        assertThat(fits).isEqualTo(fitsByHand());
    }

    /** In 210ths: two bins of 210 for 105, 70, 42, 42 and five times 30. */
    private static boolean fitsByHand() {
        int[] pieces = {105, 70, 42, 42, 30, 30, 30, 30, 30};
        int sum = Arrays.stream(pieces).sum();
        for (int in = 0; in < 1 << pieces.length; in++) {
            int first = 0;
            for (int i = 0; i < pieces.length; i++) {
                first += (in >> i & 1) * pieces[i];
            }
            if (first <= 210 && sum - first <= 210) {
                return true;
            }
        }
        return false;
    }

    /** A cluster of 2 × up to 12 GPUs in servers of 1 to 4, and two or three models of three blocks. */
    static Scenario servers(SplittableRandom random) {
        var small = new SmallCase();
        for (String name : List.of("fast", "slow")) {
            int perServer = random.nextInt(1, 5);
            int count = perServer * random.nextInt(1, 4);
            small.gpus(
                    name,
                    count,
                    perServer,
                    Sharing.MPS,
                    Price.UNKNOWN,
                    random.nextBoolean() ? new Integer[] {1} : new Integer[] {1, 2});
        }
        int models = random.nextInt(2, 4);
        for (int m = 0; m < models; m++) {
            small.model("m" + m, 1_000_000, 1)
                    .micros("fast", random.nextLong(500, 5_000), random.nextLong(500, 5_000), 1_000)
                    .micros("slow", random.nextLong(500, 9_000), random.nextLong(500, 9_000), 2_000);
        }
        return small.scenario();
    }

    @Test
    void serversOfAClassDifferByNoMoreTrafficThanTheirBusiestGpuHas() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            PlanProblem problem = problem(servers(random), false);
            Pools pools = RandomPools.of(problem, random, 4);
            List<Vgpu> vgpus = Placement.of(problem, pools).orElseThrow();
            assertNoGpuIsOverfull(problem, vgpus);
            for (int g = 0; g < problem.classCount(); g++) {
                GpuClass gpuClass = problem.gpuClass(g);
                var ofGpu = new double[gpuClass.count()];
                vgpus.stream()
                        .filter(v -> v.gpuClass().equals(gpuClass.name()))
                        .forEach(v -> ofGpu[v.gpu()] += traffic(pools, v));
                var ofServer = new double[gpuClass.serverCount()];
                for (int gpu = 0; gpu < ofGpu.length; gpu++) {
                    ofServer[gpu / gpuClass.gpusPerServer()] += ofGpu[gpu];
                }
                double busiest = Arrays.stream(ofGpu).max().orElseThrow();
                double spread = Arrays.stream(ofServer).max().orElseThrow()
                        - Arrays.stream(ofServer).min().orElseThrow();
                assertThat(spread).as("seed %d, class %d", seed, g).isLessThanOrEqualTo(busiest * (1 + 1e-9));
            }
        }
    }

    /** All cuts of these models have the same bytes. */
    private static double traffic(Pools pools, Vgpu vgpu) {
        Sized one = pools.ofModels(k -> k == vgpu.model()).pipelines().get(vgpu.pipeline());
        int cuts = (vgpu.stage() > 0 ? 1 : 0) + (vgpu.stage() + 1 < one.vgpus().length ? 1 : 0);
        return cuts * one.throughput() / one.vgpus()[vgpu.stage()];
    }

    @Test
    void underNPlusOneAModelIsSpreadOverTheServersOfAClass() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            PlanProblem problem = problem(servers(random), true);
            Pools pools = RandomPools.of(problem, random, 4);
            List<Vgpu> vgpus = Placement.of(problem, pools).orElseThrow();
            for (int g = 0; g < problem.classCount(); g++) {
                GpuClass gpuClass = problem.gpuClass(g);
                for (int k = 0; k < problem.modelCount(); k++) {
                    int model = k;
                    var ofServer = new int[gpuClass.serverCount()];
                    vgpus.stream()
                            .filter(v -> v.model() == model && v.gpuClass().equals(gpuClass.name()))
                            .mapToInt(Vgpu::gpu)
                            .distinct()
                            .forEach(gpu -> ofServer[gpu / gpuClass.gpusPerServer()]++);
                    int all = Arrays.stream(ofServer).sum();
                    assertThat(Arrays.stream(ofServer).max().orElseThrow())
                            .as("seed %d, class %d, model %d", seed, g, k)
                            .isLessThanOrEqualTo(Math.ceilDiv(all, ofServer.length) + 1);
                }
            }
        }
    }

    @Test
    void theSamePoolsArePlacedTheSameWay() {
        for (long seed = 1; seed <= 50; seed++) {
            List<Vgpu> once = placed(seed);
            assertThat(placed(seed)).as("seed %d", seed).isEqualTo(once);
        }
    }

    private static List<Vgpu> placed(long seed) {
        var random = new SplittableRandom(seed);
        PlanProblem problem = problem(servers(random), seed % 2 == 0);
        return Placement.of(problem, RandomPools.of(problem, random, 4)).orElseThrow();
    }
}
