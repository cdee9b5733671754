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
 * for k = 1 … N is exact. As times add up, the blocks that end at q and are within bounds begin in one run of positions,
 * and that run moves on with q: its ends are found once per pair of bounds, by two pointers, and what is left is O(N · cuts ·
 * length of a run), with one comparison of bytes in the innermost loop.
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
    /** The paper's bounds, tried in this order. */
    public static final List<Bounds> LADDER = List.of(
            new Bounds(0.7, 1.3),
            new Bounds(0.5, 1.5),
            new Bounds(0.5, 2.0),
            new Bounds(0.5, 2.5),
            new Bounds(0.5, 3.0),
            new Bounds(0.5, 3.5),
            new Bounds(0.5, 4.0),
            new Bounds(0.4, 4.0));

    private static final String INSTEAD_OF = " blocks instead of ";

    public Prepartition {
        layersPerBlock = List.copyOf(layersPerBlock);
    }

    /** Every block takes between lower/N and upper/N of the model's time, on every class; N = number of blocks. */
    public record Bounds(double lower, double upper) {
        public Bounds {
            if (!(lower >= 0 && lower <= 1 && upper >= 1)) {
                throw new IllegalArgumentException(
                        "Bounds (%s, %s) must have an even share, 1, between them.".formatted(lower, upper));
            }
        }
    }

    /**
     * Chooses the cuts.
     *
     * @param layerMicros {@code [class][layer]} in any unit of time, none negative; at least one class and one layer
     * @param cuts the positions to choose from, ascending
     * @param blocks N, how many blocks to make; at least 1. With fewer than N − 1 cuts, every cut is used
     */
    public static Prepartition of(double[][] layerMicros, List<CutPoint> cuts, int blocks) {
        return of(layerMicros, cuts, blocks, LADDER);
    }

    /**
     * Chooses the cuts of a chain that may be cut behind every layer, where only times and sizes are known.
     *
     * @param layerMicros as above
     * @param bytesAfterLayer bytes per request that cross a cut behind each layer; the last one's is not looked at
     * @param blocks as above
     * @param ladder bounds to try in this order; the first that any choice keeps are taken
     */
    public static Prepartition of(double[][] layerMicros, long[] bytesAfterLayer, int blocks, List<Bounds> ladder) {
        var cuts = new ArrayList<CutPoint>(bytesAfterLayer.length);
        for (int layer = 0; layer + 1 < bytesAfterLayer.length; layer++) {
            cuts.add(new CutPoint(layer, List.of(), bytesAfterLayer[layer]));
        }
        return of(layerMicros, cuts, blocks, ladder);
    }

    private static Prepartition of(double[][] layerMicros, List<CutPoint> cuts, int blocks, List<Bounds> ladder) {
        if (blocks < 1 || layerMicros.length == 0 || layerMicros[0].length == 0) {
            throw new IllegalArgumentException("%d blocks of %d classes: both must be at least 1, and so the layers."
                    .formatted(blocks, layerMicros.length));
        }
        int possible = cuts.size() + 1;
        if (possible < blocks) {
            boolean[] everyCut = new boolean[cuts.size()];
            Arrays.fill(everyCut, true);
            String note = fewer(possible, blocks) + "the model has %d valid cuts.".formatted(cuts.size());
            return chosen(layerMicros[0].length, cuts, everyCut, Optional.empty(), note);
        }
        for (int count = blocks; count >= 1; count--) {
            for (Bounds bounds : ladder) {
                Optional<boolean[]> cutAt = new Search(layerMicros, cuts, count, bounds).run();
                if (cutAt.isPresent()) {
                    String note = count == blocks
                            ? ""
                            : fewer(count, blocks)
                                    + "with more, no choice of cuts keeps every block within %s and %s of an even share."
                                            .formatted(
                                                    ladder.getLast().lower(),
                                                    ladder.getLast().upper());
                    return chosen(layerMicros[0].length, cuts, cutAt.get(), Optional.of(bounds), note);
                }
            }
        }
        throw new AssertionError("One block is within any bounds.");
    }

    /**
     * Returns whether these blocks were made where {@code asked} were asked for: that many, or fewer and the note says so.
     *
     * @param note of a profile, which may say more than why there are fewer blocks
     */
    static boolean made(int blocks, String note, int asked) {
        return blocks == asked ? !note.contains(INSTEAD_OF) : note.contains(fewer(blocks, asked));
    }

    /** How a note begins that says why there are fewer blocks than asked for. */
    private static String fewer(int blocks, int asked) {
        return "%d%s%d: ".formatted(blocks, INSTEAD_OF, asked);
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
        private final int blocks;

        /** Bytes of every cut: cut i stands at position i + 1. */
        private final long[] bytesAt;

        private final double[] least;
        private final double[] most;

        /** Time before each position [class][position]: the start, behind every cut, the end. */
        private final double[][] before;

        Search(double[][] layerMicros, List<CutPoint> cuts, int blocks, Bounds bounds) {
            this.blocks = blocks;
            bytesAt = cuts.stream().mapToLong(CutPoint::bytesPerRequest).toArray();
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
            int end = bytesAt.length + 1;
            int[] earliest = new int[end + 1];
            int[] latest = new int[end + 1];
            beginnings(earliest, latest);
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
                    long least = Long.MAX_VALUE;
                    for (int p = earliest[q]; p <= latest[q]; p++) {
                        if (bytes[p] > least || bytes[p] == Long.MAX_VALUE) {
                            continue;
                        }
                        double uneven = unevenness[p] + unevenness(p, q);
                        if (bytes[p] < least || uneven < nextUnevenness[q]) {
                            least = bytes[p];
                            nextUnevenness[q] = uneven;
                            from[k][q] = p;
                        }
                    }
                    if (least < Long.MAX_VALUE) {
                        nextBytes[q] = least + (q == end ? 0 : bytesAt[q - 1]);
                    }
                }
                bytes = nextBytes;
                unevenness = nextUnevenness;
            }
            return bytes[end] == Long.MAX_VALUE ? Optional.empty() : Optional.of(taken(from));
        }

        /** Finds where the blocks that end at each position may begin: from earliest to latest, none if that is less. */
        private void beginnings(int[] earliest, int[] latest) {
            int first = 0;
            int last = -1;
            for (int q = 1; q < earliest.length; q++) {
                while (first < q && tooLong(first, q)) {
                    first++;
                }
                while (last + 1 < q && !tooShort(last + 1, q)) {
                    last++;
                }
                earliest[q] = first;
                latest[q] = last;
            }
        }

        private boolean[] taken(int[][] from) {
            boolean[] taken = new boolean[bytesAt.length];
            int position = bytesAt.length + 1;
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
