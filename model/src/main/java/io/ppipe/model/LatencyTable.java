package io.ppipe.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Latency of every block of a model on one share of one GPU class, by batch size.
 *
 * <p>Tables need not be monotone in the batch size (measurements aren't). A batch size between two measured ones takes
 * the time of the next larger measured one: runtimes pad, and a promise must not be too short.
 *
 * @param sharesPerGpu m: the latencies hold on one of m equal vGPUs of a GPU
 * @param batchSizes measured batch sizes, ascending and distinct, at least one
 * @param blockMicros {@code [block][batch size]} in microseconds, each at least 1
 */
public record LatencyTable(
        String gpuClass,
        int sharesPerGpu,
        List<Integer> batchSizes,
        List<List<Long>> blockMicros,
        Provenance provenance) {
    public LatencyTable {
        Checks.named("The GPU class of a latency table", gpuClass);
        Checks.atLeast("Latency table of " + gpuClass + ": shares_per_gpu", sharesPerGpu, 1);
        batchSizes = List.copyOf(batchSizes);
        blockMicros = blockMicros.stream().map(List::copyOf).toList();
        int before = 0;
        for (int batch : batchSizes) {
            if (batch <= before) {
                throw new IllegalArgumentException(
                        "Latency table of %s: batch sizes %s must be at least 1, ascending and distinct."
                                .formatted(gpuClass, batchSizes));
            }
            before = batch;
        }
        if (batchSizes.isEmpty() || blockMicros.isEmpty()) {
            throw new IllegalArgumentException(
                    "Latency table of %s must have at least one batch size and one block.".formatted(gpuClass));
        }
        for (int block = 0; block < blockMicros.size(); block++) {
            List<Long> row = blockMicros.get(block);
            if (row.size() != batchSizes.size()) {
                throw new IllegalArgumentException("Latency table of %s, block %d: %d latencies for %d batch sizes."
                        .formatted(gpuClass, block, row.size(), batchSizes.size()));
            }
            for (long micros : row) {
                Checks.atLeast("Latency of block " + block + " on " + gpuClass + " in us", micros, 1);
            }
        }
    }

    /** Returns the largest batch size that was measured. */
    public int maxBatchSize() {
        return batchSizes.getLast();
    }

    /**
     * Returns the latency of the blocks {@code [firstBlock, endBlock)} in microseconds; at most {@link Long#MAX_VALUE}.
     *
     * @param batchSize requests in the batch, from 1 to {@link #maxBatchSize}
     */
    public long latencyMicros(int firstBlock, int endBlock, int batchSize) {
        int column = column(batchSize);
        long sum = 0;
        for (int block = firstBlock; block < endBlock; block++) {
            sum += Math.min(blockMicros.get(block).get(column), Long.MAX_VALUE - sum);
        }
        return sum;
    }

    private int column(int batchSize) {
        for (int i = 0; i < batchSizes.size(); i++) {
            if (batchSizes.get(i) >= batchSize && batchSize >= 1) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "Batch size (%d) must be between 1 and %d, the largest that was measured on %s."
                        .formatted(batchSize, maxBatchSize(), gpuClass));
    }

    LatencyTable scaled(double timeScale) {
        var rows = new ArrayList<List<Long>>(blockMicros.size());
        for (List<Long> row : blockMicros) {
            rows.add(row.stream()
                    .map(us -> Math.max(1, Math.round(us * timeScale)))
                    .toList());
        }
        return new LatencyTable(gpuClass, sharesPerGpu, batchSizes, rows, provenance);
    }
}
