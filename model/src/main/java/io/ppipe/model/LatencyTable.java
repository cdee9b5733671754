package io.ppipe.model;

import java.util.HashSet;
import java.util.List;

/**
 * Latency of every block of a model on one share of one GPU class, by batch size; and of runs of blocks, where these were
 * measured as one stage. It alone says how long blocks take together: planner, checker, scheduler and simulator ask it.
 *
 * <p>Tables need not be monotone in the batch size (measurements aren't). A batch size between two measured ones takes
 * the time of the next larger measured one: runtimes pad, and a promise must not be too short.
 *
 * @param sharesPerGpu m: the latencies hold on one of m equal vGPUs of a GPU
 * @param batchSizes measured batch sizes, ascending and distinct, at least one
 * @param blockMicros {@code [block][batch size]} in microseconds, each at least 1
 * @param runs latencies of consecutive blocks measured together, each run at most once; they replace the sum of their blocks
 */
public record LatencyTable(
        String gpuClass,
        int sharesPerGpu,
        List<Integer> batchSizes,
        List<List<Long>> blockMicros,
        Provenance provenance,
        List<Run> runs) {
    /**
     * Consecutive blocks {@code [firstBlock, endBlock)} that were measured as one stage. What crosses no cut is fused and
     * not copied, so they usually take less time than one by one; measured, they may as well take more.
     *
     * @param endBlock the block after the last one; a run has at least two blocks
     * @param micros by batch size, as in the table, in microseconds, each at least 1
     */
    public record Run(int firstBlock, int endBlock, List<Long> micros) {
        public Run {
            Checks.atLeast("First block of a run", firstBlock, 0);
            if (endBlock < firstBlock + 2) {
                throw new IllegalArgumentException(
                        "Run of blocks [%d, %d) must have at least two blocks; one block has a row of its own."
                                .formatted(firstBlock, endBlock));
            }
            micros = List.copyOf(micros);
            for (long latency : micros) {
                Checks.atLeast("Latency of blocks [%d, %d) in us".formatted(firstBlock, endBlock), latency, 1);
            }
        }

        private Run scaled(double timeScale) {
            return new Run(firstBlock, endBlock, scaledRow(micros, timeScale));
        }
    }

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
        runs = List.copyOf(runs);
        checkRuns(gpuClass, runs, blockMicros.size(), batchSizes.size());
    }

    /** Makes a table of single blocks. */
    public LatencyTable(
            String gpuClass,
            int sharesPerGpu,
            List<Integer> batchSizes,
            List<List<Long>> blockMicros,
            Provenance provenance) {
        this(gpuClass, sharesPerGpu, batchSizes, blockMicros, provenance, List.of());
    }

    private static void checkRuns(String gpuClass, List<Run> runs, int blocks, int batchSizes) {
        var seen = new HashSet<List<Integer>>();
        for (Run run : runs) {
            String what =
                    "Latency table of %s, run of blocks [%d, %d)".formatted(gpuClass, run.firstBlock(), run.endBlock());
            if (run.endBlock() > blocks) {
                throw new IllegalArgumentException("%s: the table has %d blocks.".formatted(what, blocks));
            }
            if (run.micros().size() != batchSizes) {
                throw new IllegalArgumentException("%s: %d latencies for %d batch sizes."
                        .formatted(what, run.micros().size(), batchSizes));
            }
            if (!seen.add(List.of(run.firstBlock(), run.endBlock()))) {
                throw new IllegalArgumentException("%s is there twice.".formatted(what));
            }
        }
    }

    /** Returns the largest batch size that was measured. */
    public int maxBatchSize() {
        return batchSizes.getLast();
    }

    /**
     * Returns the latency of the blocks {@code [firstBlock, endBlock)} as one stage, in microseconds: what was measured of
     * just this run, else the sum of its blocks.
     *
     * @param batchSize requests in the batch, from 1 to {@link #maxBatchSize}
     */
    public long latencyMicros(int firstBlock, int endBlock, int batchSize) {
        int column = column(batchSize);
        for (Run run : runs) {
            if (run.firstBlock() == firstBlock && run.endBlock() == endBlock) {
                return run.micros().get(column);
            }
        }
        return sumMicros(firstBlock, endBlock, batchSize);
    }

    /**
     * Returns what the blocks {@code [firstBlock, endBlock)} take one by one, in microseconds, whatever was measured of
     * them together; at most {@link Long#MAX_VALUE}.
     */
    public long sumMicros(int firstBlock, int endBlock, int batchSize) {
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

    /** Returns the table with estimated latencies at the upper end of their error band; any other as it is. */
    LatencyTable pessimistic() {
        return provenance
                .band()
                .map(band -> scaled(band.high()).from(provenance.atUpperEnd(band)))
                .orElse(this);
    }

    private LatencyTable from(Provenance other) {
        return new LatencyTable(gpuClass, sharesPerGpu, batchSizes, blockMicros, other, runs);
    }

    LatencyTable scaled(double timeScale) {
        return new LatencyTable(
                gpuClass,
                sharesPerGpu,
                batchSizes,
                blockMicros.stream().map(row -> scaledRow(row, timeScale)).toList(),
                provenance,
                runs.stream().map(run -> run.scaled(timeScale)).toList());
    }

    private static List<Long> scaledRow(List<Long> row, double timeScale) {
        return row.stream().map(us -> Math.max(1, Math.round(us * timeScale))).toList();
    }

    /**
     * Names the runs only where there are some. Fingerprints of profiles are made of this text, and those of profiles
     * without runs shall stay what they were before there were any.
     */
    @Override
    public String toString() {
        return "LatencyTable[gpuClass=%s, sharesPerGpu=%d, batchSizes=%s, blockMicros=%s, provenance=%s%s]"
                .formatted(
                        gpuClass,
                        sharesPerGpu,
                        batchSizes,
                        blockMicros,
                        provenance,
                        runs.isEmpty() ? "" : ", runs=" + runs);
    }
}
