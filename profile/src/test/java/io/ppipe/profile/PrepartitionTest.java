package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrepartitionTest {
    private static final List<Prepartition.Bounds> LADDER = List.of(
            new Prepartition.Bounds(0.7, 1.3),
            new Prepartition.Bounds(0.5, 1.5),
            new Prepartition.Bounds(0.5, 2.0),
            new Prepartition.Bounds(0.5, 2.5),
            new Prepartition.Bounds(0.5, 3.0),
            new Prepartition.Bounds(0.5, 3.5),
            new Prepartition.Bounds(0.5, 4.0),
            new Prepartition.Bounds(0.4, 4.0));

    @Test
    void cutsWhereLeastCrossesAmongEvenBlocks() {
        double[][] even = {{10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}};
        List<CutPoint> cuts = cuts(9, 9, 9, 9, 5, 9, 1, 9, 9, 9, 9);

        Prepartition chosen = Prepartition.of(even, cuts, 2);

        assertThat(chosen.layersPerBlock()).containsExactly(7, 5);
        assertThat(chosen.boundaryBytes()).isEqualTo(1);
        assertThat(chosen.bounds()).contains(new Prepartition.Bounds(0.7, 1.3));
        assertThat(chosen.note()).isEmpty();
    }

    @Test
    void takesTheMostEvenBlocksAmongEquallyCheapOnes() {
        double[][] even = {{10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}};

        assertThat(Prepartition.of(even, cuts(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 3)
                        .layersPerBlock())
                .containsExactly(4, 4, 4);
    }

    @Test
    void blocksTellForWhichNumberTheyWereMade() {
        double[][] even = {{10, 10, 10}};
        String whole = Prepartition.of(even, cuts(1, 1), 3).note();
        String fewer = "Something else. " + Prepartition.of(even, cuts(1, 1), 8).note();

        assertThat(Prepartition.made(3, whole, 3)).isTrue();
        assertThat(Prepartition.made(3, "Something else.", 3)).isTrue();
        assertThat(Prepartition.made(3, "Something else.", 2)).isFalse();
        assertThat(Prepartition.made(3, fewer, 8)).isTrue();
        assertThat(Prepartition.made(3, fewer, 80)).isFalse();
        assertThat(Prepartition.made(3, fewer, 3)).isFalse(); // the note would be wrong
    }

    @Test
    void keepsTheBoundsOnEveryClass() {
        double[][] opposed = {{30, 30, 30, 10, 10, 10}, {10, 10, 10, 30, 30, 30}};

        Prepartition chosen = Prepartition.of(opposed, cuts(1, 1, 1, 1, 1), 2);

        assertThat(chosen.layersPerBlock()).containsExactly(3, 3);
        assertThat(chosen.bounds()).contains(new Prepartition.Bounds(0.5, 1.5));
    }

    @Test
    void usesEveryCutWhereThereAreFewerThanBlocks() {
        Prepartition chosen =
                Prepartition.of(new double[][] {{1, 1000, 1, 1}}, cuts(1, 2, 3).subList(0, 2), 10);

        assertThat(chosen.layersPerBlock()).containsExactly(1, 1, 2);
        assertThat(chosen.boundaryBytes()).isEqualTo(3);
        assertThat(chosen.bounds()).isEmpty();
        assertThat(chosen.note()).contains("3 blocks instead of 10");
    }

    @Test
    void makesFewerBlocksWhereOneLayerTakesNearlyAllTime() {
        double[][] uneven = {{30, 70, 0.1, 0.1, 0.1, 0.1}};

        Prepartition chosen = Prepartition.of(uneven, cuts(1, 1, 1, 1, 1), 5);

        assertThat(chosen.layersPerBlock()).hasSize(2).first().isEqualTo(1);
        assertThat(chosen.note()).contains("2 blocks instead of 5");
    }

    @Test
    void keepsAModelWithoutCutsWhole() {
        assertThat(Prepartition.of(new double[][] {{1, 2}}, List.of(), 10).layersPerBlock())
                .containsExactly(2);
    }

    @Test
    void goesToTheNextBoundsWhereTheFirstLeaveNothing() {
        double[][] threeUnevenLayers = {{20, 30, 50}};

        // An even share is a third: 0.6, 0.9 and 1.5 of it.
        assertThat(Prepartition.of(threeUnevenLayers, cuts(1, 1), 3).bounds())
                .contains(new Prepartition.Bounds(0.5, 1.5));
        assertThat(Prepartition.of(new double[][] {{60, 30, 10}}, cuts(1, 1), 3).note())
                .contains("2 blocks instead of 3");
    }

    @Test
    void keepsToTheBoundsThatItIsGiven() {
        double[][] even = {{10, 10, 10, 10}};
        long[] bytesAfterLayer = {1, 5, 5, 0};

        assertThat(Prepartition.of(even, bytesAfterLayer, 2, List.of(new Prepartition.Bounds(0.9, 1.1)))
                        .layersPerBlock())
                .containsExactly(2, 2);
        assertThat(Prepartition.of(even, bytesAfterLayer, 2, List.of(new Prepartition.Bounds(0.5, 1.5)))
                        .layersPerBlock())
                .containsExactly(1, 3);
    }

    @Test
    void prefersACutThatNothingCrosses() {
        double[][] even = {{10, 10, 10, 10, 10, 10, 10, 10}};

        Prepartition chosen = Prepartition.of(even, cuts(7, 7, 0, 7, 7, 7, 7), 2);

        assertThat(chosen.layersPerBlock()).containsExactly(3, 5);
        assertThat(chosen.boundaryBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void findsWhatTryingEveryChoiceFinds(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            int layers = 2 + random.nextInt(13);
            int classes = 1 + random.nextInt(4);
            int blocks = 1 + random.nextInt(5);
            double[][] micros = new double[classes][layers];
            for (double[] row : micros) {
                for (int i = 0; i < layers; i++) {
                    row[i] = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? 10 : 60);
                }
            }
            var cuts = new ArrayList<CutPoint>();
            for (int i = 0; i < layers - 1; i++) {
                if (random.nextInt(4) > 0) {
                    cuts.add(new CutPoint(i, List.of(), random.nextInt(6)));
                }
            }
            if (cuts.size() + 1 < blocks) {
                continue;
            }
            var exhaustive = new Exhaustive(micros, cuts);
            Prepartition expected = exhaustive.best(blocks);
            Prepartition actual = Prepartition.of(micros, cuts, blocks);
            String what = "seed %d round %d".formatted(seed, round);
            assertThat(actual.boundaryBytes()).as(what).isEqualTo(expected.boundaryBytes());
            assertThat(actual.bounds()).as(what).isEqualTo(expected.bounds());
            assertThat(actual.layersPerBlock()).as(what).hasSameSizeAs(expected.layersPerBlock());
            assertThat(exhaustive.unevenness(actual.layersPerBlock()))
                    .as(what)
                    .isCloseTo(exhaustive.unevenness(expected.layersPerBlock()), within(1e-9));
        }
    }

    @Test
    void isQuickOnALargeGraph() {
        int layers = 2500;
        var random = new Random(1);
        double[][] micros = IntStream.range(0, 2)
                .mapToObj(c -> random.doubles(layers, 1, 100).toArray())
                .toArray(double[][]::new);
        long[] bytes = random.longs(layers - 1, 1, 1_000_000).toArray();
        Prepartition.of(micros, cuts(bytes), 10);
        long start = System.nanoTime();

        Prepartition chosen = Prepartition.of(micros, cuts(bytes), 10);

        System.out.printf("Pre-partition of %d layers: %.1f ms%n", layers, (System.nanoTime() - start) / 1e6);
        assertThat(chosen.layersPerBlock()).hasSize(10);
        assertThat(chosen.layersPerBlock().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(layers);
    }

    private static List<CutPoint> cuts(long... bytes) {
        return IntStream.range(0, bytes.length)
                .mapToObj(i -> new CutPoint(i, List.of(), bytes[i]))
                .toList();
    }

    /** Tries every choice of cuts. */
    private static final class Exhaustive {
        private final double[][] micros;
        private final List<CutPoint> cuts;

        Exhaustive(double[][] micros, List<CutPoint> cuts) {
            this.micros = micros;
            this.cuts = cuts;
        }

        Prepartition best(int blocks) {
            for (int count = blocks; count >= 1; count--) {
                for (Prepartition.Bounds bounds : LADDER) {
                    Optional<Prepartition> best = best(count, bounds);
                    if (best.isPresent()) {
                        return best.get();
                    }
                }
            }
            throw new AssertionError("One block always fits.");
        }

        private Optional<Prepartition> best(int blocks, Prepartition.Bounds bounds) {
            Optional<Prepartition> best = Optional.empty();
            for (int chosen = 0; chosen < 1 << cuts.size(); chosen++) {
                if (Integer.bitCount(chosen) != blocks - 1) {
                    continue;
                }
                Prepartition candidate = candidate(chosen, bounds);
                if (within(candidate.layersPerBlock(), bounds)
                        && best.map(b -> better(candidate, b)).orElse(true)) {
                    best = Optional.of(candidate);
                }
            }
            return best;
        }

        private Prepartition candidate(int chosen, Prepartition.Bounds bounds) {
            var layersPerBlock = new ArrayList<Integer>();
            long bytes = 0;
            int first = 0;
            for (int i = 0; i < cuts.size(); i++) {
                if ((chosen >> i & 1) == 1) {
                    layersPerBlock.add(cuts.get(i).afterLayer() + 1 - first);
                    first = cuts.get(i).afterLayer() + 1;
                    bytes += cuts.get(i).bytesPerRequest();
                }
            }
            layersPerBlock.add(micros[0].length - first);
            return new Prepartition(layersPerBlock, bytes, Optional.of(bounds), "");
        }

        private boolean within(List<Integer> layersPerBlock, Prepartition.Bounds bounds) {
            for (double[] row : micros) {
                double total = sum(row, 0, row.length);
                int first = 0;
                for (int layers : layersPerBlock) {
                    double time = sum(row, first, first + layers) * layersPerBlock.size();
                    if (time < total * bounds.lower() - 1e-9 || time > total * bounds.upper() + 1e-9) {
                        return false;
                    }
                    first += layers;
                }
            }
            return true;
        }

        private boolean better(Prepartition a, Prepartition b) {
            return a.boundaryBytes() < b.boundaryBytes()
                    || (a.boundaryBytes() == b.boundaryBytes()
                            && unevenness(a.layersPerBlock()) < unevenness(b.layersPerBlock()));
        }

        double unevenness(List<Integer> layersPerBlock) {
            double sum = 0;
            for (double[] row : micros) {
                double total = sum(row, 0, row.length);
                int first = 0;
                for (int layers : layersPerBlock) {
                    double share = total == 0 ? 0 : sum(row, first, first + layers) / total;
                    sum += share * share;
                    first += layers;
                }
            }
            return sum;
        }

        private static double sum(double[] row, int first, int end) {
            double sum = 0;
            for (int i = first; i < end; i++) {
                sum += row[i];
            }
            return sum;
        }
    }
}
