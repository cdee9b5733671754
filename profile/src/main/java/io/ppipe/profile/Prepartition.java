package io.ppipe.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/*
 * The paper solves this as a MILP, which may take an hour. It needs none: blocks follow each other, so a set of cuts is a
 * path from the first layer to the last, and what a block costs depends on its two ends only. With best[p] the cheapest
 * way to fill the layers before position p with k blocks,
 *
 *     best'[q] = min over p < q, where the block [p, q) is within bounds on every class, of best[p] + bytes(q)
 *
 * for k = 1 … N is exact. As times add up, a block that is too long stays so when it begins earlier: the inner loop stops
 * there, which leaves O(N · cuts · cuts per block).
 *
 * Source: PPipe (USENIX ATC '25), pre-partitioning; its ladder of bounds. Where we differ: among equally cheap choices we
 * take the one with the most even blocks (least sum of squared shares of time, over blocks and classes), as real models
 * have many cuts of equal size; and where even the widest bounds leave nothing, we try one block less, with the whole
 * ladder. One block always fits.
 */

/**
 * A model's layers in blocks.
 *
 * @param layersPerBlock how many layers each block has, in order; at least one block
 * @param boundaryBytes bytes per request over all cuts
 * @param bounds the bounds that every block keeps; empty when the model has too few cuts for a choice
 * @param note why there are fewer blocks than asked for, or ""
 */
public record Prepartition(List<Integer> layersPerBlock, long boundaryBytes, Optional<Bounds> bounds, String note) {
    /** Tried in this order. */
    private static final List<Bounds> LADDER = List.of(
            new Bounds(0.7, 1.3),
            new Bounds(0.5, 1.5),
            new Bounds(0.5, 2.0),
            new Bounds(0.5, 2.5),
            new Bounds(0.5, 3.0),
            new Bounds(0.5, 3.5),
            new Bounds(0.5, 4.0),
            new Bounds(0.4, 4.0));

    public Prepartition {
        layersPerBlock = List.copyOf(layersPerBlock);
    }

    /** Every block takes between lower/N and upper/N of the model's time, on every class; N = number of blocks. */
    public record Bounds(double lower, double upper) {}

    /**
     * Chooses the cuts.
     *
     * @param layerMicros {@code [class][layer]} in any unit of time, none negative; at least one class and one layer
     * @param cuts the positions to choose from, ascending
     * @param blocks N, how many blocks to make; at least 1. With fewer than N − 1 cuts, every cut is used
     */
    public static Prepartition of(double[][] layerMicros, List<CutPoint> cuts, int blocks) {
        if (blocks < 1 || layerMicros.length == 0 || layerMicros[0].length == 0) {
            throw new IllegalArgumentException("%d blocks of %d classes: both must be at least 1, and so the layers."
                    .formatted(blocks, layerMicros.length));
        }
        int possible = cuts.size() + 1;
        if (possible < blocks) {
            boolean[] everyCut = new boolean[cuts.size()];
            Arrays.fill(everyCut, true);
            String note =
                    "%d blocks instead of %d: the model has %d valid cuts.".formatted(possible, blocks, cuts.size());
            return chosen(layerMicros[0].length, cuts, everyCut, Optional.empty(), note);
        }
        for (int count = blocks; count >= 1; count--) {
            for (Bounds bounds : LADDER) {
                Optional<boolean[]> cutAt = new Search(layerMicros, cuts, count, bounds).run();
                if (cutAt.isPresent()) {
                    String note = count == blocks
                            ? ""
                            : "%d blocks instead of %d: with more, no choice of cuts keeps every block within %s and %s of an even share."
                                    .formatted(
                                            count,
                                            blocks,
                                            LADDER.getLast().lower(),
                                            LADDER.getLast().upper());
                    return chosen(layerMicros[0].length, cuts, cutAt.get(), Optional.of(bounds), note);
                }
            }
        }
        throw new AssertionError("One block is within any bounds.");
    }

    private static Prepartition chosen(
            int layers, List<CutPoint> cuts, boolean[] cutAt, Optional<Bounds> bounds, String note) {
        var layersPerBlock = new ArrayList<Integer>();
        long bytes = 0;
        int first = 0;
        for (int i = 0; i < cuts.size(); i++) {
            if (cutAt[i]) {
                int end = cuts.get(i).afterLayer() + 1;
                layersPerBlock.add(end - first);
                bytes += cuts.get(i).bytesPerRequest();
                first = end;
            }
        }
        layersPerBlock.add(layers - first);
        return new Prepartition(layersPerBlock, bytes, bounds, note);
    }

    /** The dynamic programme for one number of blocks and one pair of bounds. */
    private static final class Search {
        private final List<CutPoint> cuts;
        private final int blocks;
        private final double[] least;
        private final double[] most;

        /** Time before each position [class][position]: the start, behind every cut, the end. */
        private final double[][] before;

        Search(double[][] layerMicros, List<CutPoint> cuts, int blocks, Bounds bounds) {
            this.cuts = cuts;
            this.blocks = blocks;
            before = new double[layerMicros.length][cuts.size() + 2];
            least = new double[layerMicros.length];
            most = new double[layerMicros.length];
            for (int c = 0; c < layerMicros.length; c++) {
                double total = 0;
                int position = 0;
                for (int layer = 0; layer < layerMicros[c].length; layer++) {
                    if (position < cuts.size() && cuts.get(position).afterLayer() + 1 == layer) {
                        before[c][++position] = total;
                    }
                    total += layerMicros[c][layer];
                }
                before[c][cuts.size() + 1] = total;
                least[c] = total * bounds.lower() / blocks;
                most[c] = total * bounds.upper() / blocks;
            }
        }

        /** Returns for every cut whether it is taken; nothing when no choice is within bounds. */
        Optional<boolean[]> run() {
            int end = cuts.size() + 1;
            int[][] from = new int[blocks + 1][end + 1];
            long[] bytes = new long[end + 1];
            double[] unevenness = new double[end + 1];
            Arrays.fill(bytes, Long.MAX_VALUE);
            bytes[0] = 0;
            for (int k = 1; k <= blocks; k++) {
                long[] nextBytes = new long[end + 1];
                double[] nextUnevenness = new double[end + 1];
                Arrays.fill(nextBytes, Long.MAX_VALUE);
                for (int q = k; q <= end; q++) {
                    long crossing = q == end ? 0 : cuts.get(q - 1).bytesPerRequest();
                    for (int p = q - 1; p >= k - 1 && !tooLong(p, q); p--) {
                        if (bytes[p] == Long.MAX_VALUE || tooShort(p, q)) {
                            continue;
                        }
                        long sum = bytes[p] + crossing;
                        double uneven = unevenness[p] + unevenness(p, q);
                        if (sum < nextBytes[q] || (sum == nextBytes[q] && uneven < nextUnevenness[q])) {
                            nextBytes[q] = sum;
                            nextUnevenness[q] = uneven;
                            from[k][q] = p;
                        }
                    }
                }
                bytes = nextBytes;
                unevenness = nextUnevenness;
            }
            return bytes[end] == Long.MAX_VALUE ? Optional.empty() : Optional.of(taken(from));
        }

        private boolean[] taken(int[][] from) {
            boolean[] taken = new boolean[cuts.size()];
            int position = cuts.size() + 1;
            for (int k = blocks; k > 1; k--) {
                position = from[k][position];
                taken[position - 1] = true;
            }
            return taken;
        }

        private boolean tooLong(int p, int q) {
            for (int c = 0; c < before.length; c++) {
                if (before[c][q] - before[c][p] > most[c]) {
                    return true;
                }
            }
            return false;
        }

        private boolean tooShort(int p, int q) {
            for (int c = 0; c < before.length; c++) {
                if (before[c][q] - before[c][p] < least[c]) {
                    return true;
                }
            }
            return false;
        }

        private double unevenness(int p, int q) {
            double sum = 0;
            for (double[] time : before) {
                double total = time[time.length - 1];
                double share = total == 0 ? 0 : (time[q] - time[p]) / total;
                sum += share * share;
            }
            return sum;
        }
    }
}
