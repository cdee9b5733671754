package io.ppipe.profile;

import io.ppipe.model.Executor;
import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.Provenance;
import java.util.ArrayList;
import java.util.List;

/**
 * Latencies of a GPU class that isn't there, computed from CPU times by the factors of its {@link Executor.Emulated}.
 *
 * <p>A block at batch 1 on a whole GPU takes Σ over its layers of (CPU time × factor of the layer's kind) + layers × fixed
 * time. The layers' CPU times are scaled so that they sum to the CPU time of the block as it is served: their own times
 * come from a run with ONNX Runtime's profiler, and are used as proportions only. On one of m shares the compute part takes
 * m times as long (ideal slices, no interference) and the fixed part as long as ever: launching does not get slower on
 * a slice. A batch of n takes (gain + (1 − gain) · n) times a batch of 1.
 */
final class EmulatedTimes {
    private final Executor.Emulated factors;

    EmulatedTimes(Executor.Emulated factors) {
        this.factors = factors;
    }

    /**
     * Returns a latency table.
     *
     * @param sharesPerGpu m: how many equal vGPUs a GPU is split into
     * @param blocks the blocks' layers with their CPU times
     */
    LatencyTable table(
            GpuClass gpuClass,
            int sharesPerGpu,
            List<MeasuredBlock> blocks,
            List<Integer> batchSizes,
            Provenance provenance) {
        var rows = new ArrayList<List<Long>>();
        for (MeasuredBlock block : blocks) {
            double micros = computeMicros(block) * sharesPerGpu + fixedMicros(block);
            rows.add(batchSizes.stream()
                    .map(n -> Math.max(1, Math.round(micros * batchFactor(n))))
                    .toList());
        }
        return new LatencyTable(gpuClass.name(), sharesPerGpu, batchSizes, rows, provenance);
    }

    /** Returns the time of one layer on a whole GPU at batch 1. */
    double layerMicros(OperatorKind kind, double cpuMicros) {
        return cpuMicros * factor(kind) + factors.fixedMicrosPerLayer();
    }

    private double computeMicros(MeasuredBlock block) {
        double micros = 0;
        for (int i = 0; i < block.layers().size(); i++) {
            micros += block.layerCpuMicros(i) * factor(block.layers().get(i).kind());
        }
        return micros;
    }

    private double fixedMicros(MeasuredBlock block) {
        return block.layers().size() * factors.fixedMicrosPerLayer();
    }

    private double batchFactor(int batchSize) {
        return factors.batchGain() + (1 - factors.batchGain()) * batchSize;
    }

    private double factor(OperatorKind kind) {
        return switch (kind) {
            case CONVOLUTION -> factors.convolution();
            case ELEMENT_WISE -> factors.elementWise();
            case ACTIVATION -> factors.activation();
        };
    }
}
