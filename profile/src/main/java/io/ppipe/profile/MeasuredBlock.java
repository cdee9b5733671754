package io.ppipe.profile;

import java.util.Arrays;
import java.util.List;

/**
 * A block with what was measured of it on the CPU.
 *
 * @param cpuMicros time of the block as it is served, at batch 1
 * @param layerShares of each layer in that time; they sum to 1
 */
record MeasuredBlock(List<Layer> layers, double cpuMicros, List<Double> layerShares) {
    MeasuredBlock {
        layers = List.copyOf(layers);
        layerShares = List.copyOf(layerShares);
    }

    /**
     * Returns the block with its time divided among its layers in proportion to their own.
     *
     * @param layerMicros the layers' own times; equal shares where all of them are 0
     */
    static MeasuredBlock of(List<Layer> layers, double cpuMicros, double[] layerMicros) {
        double sum = Arrays.stream(layerMicros).sum();
        return new MeasuredBlock(
                layers,
                cpuMicros,
                Arrays.stream(layerMicros)
                        .mapToObj(micros -> sum > 0 ? micros / sum : 1.0 / layers.size())
                        .toList());
    }

    /** Returns the layer's part of the block's time, in microseconds. */
    double layerCpuMicros(int layer) {
        return cpuMicros * layerShares.get(layer);
    }
}
