package io.ppipe.profile;

import java.util.List;
import java.util.Optional;

/**
 * A model's layers in blocks.
 *
 * @param layersPerBlock how many layers each block has, in order; at least one block
 * @param boundaryBytes bytes per request over all cuts
 * @param bounds the bounds that every block keeps; empty when the model has too few cuts for a choice
 * @param note why there are fewer blocks than asked for, or ""
 */
public record Prepartition(List<Integer> layersPerBlock, long boundaryBytes, Optional<Bounds> bounds, String note) {
    public Prepartition {
        layersPerBlock = List.copyOf(layersPerBlock);
    }

    /** Every block takes between lower/N and upper/N of the model's time, on every class; N = number of blocks. */
    public record Bounds(double lower, double upper) {}

    /**
     * Chooses the cuts.
     *
     * @param layerMicros {@code [class][layer]} in any unit of time, none negative
     * @param cuts the positions to choose from, ascending
     * @param blocks N, how many blocks to make; at least 1
     */
    public static Prepartition of(double[][] layerMicros, List<CutPoint> cuts, int blocks) {
        return new Prepartition(List.of(layerMicros[0].length), cuts.size() - blocks, Optional.empty(), "");
    }
}
