package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.ModelRules;
import io.ppipe.plan.ModelExplanation.Fastest;
import io.ppipe.plan.ModelExplanation.StageOn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The pipeline of one model with the least latency, whatever its SLO: a shortest path through (stages, blocks done, kind of
 * vGPU), for every batch size. Measured tables need not be monotone, so batch size 1 need not be the fastest.
 */
final class FastestPipeline {
    private final ModelProfile profile;
    private final int maxStages;
    private final List<Kind> kinds = new ArrayList<>();

    private record Kind(GpuClass gpuClass, LatencyTable table) {
        long memoryBytes() {
            return gpuClass.memoryBytes() / table.sharesPerGpu();
        }
    }

    FastestPipeline(List<GpuClass> classes, ModelProfile profile, int maxStages, boolean wholeGpusOnly) {
        this.profile = profile;
        this.maxStages = Math.min(maxStages, profile.blockCount());
        for (GpuClass gpuClass : classes) {
            for (int shares : gpuClass.shares()) {
                if (shares == 1 || !wholeGpusOnly) {
                    kinds.add(new Kind(
                            gpuClass, profile.latencies(gpuClass.name(), shares).orElseThrow()));
                }
            }
        }
    }

    /**
     * Returns the fastest pipeline, stages, transfers and batch building together.
     *
     * @param memory whether stages have to fit into the memory of their vGPUs
     * @return empty only when nothing fits
     */
    Optional<Fastest> find(ModelRules rules, boolean memory) {
        var batchSizes = new TreeSet<Integer>();
        kinds.forEach(kind -> batchSizes.addAll(kind.table().batchSizes()));
        Optional<Fastest> best = Optional.empty();
        for (int n : batchSizes) {
            Optional<Fastest> found = new Paths(n, memory).shortest(rules.batchBuildingMicros(n));
            if (found.isPresent()
                    && (best.isEmpty()
                            || found.get().latencyMicros() < best.get().latencyMicros())) {
                best = found;
            }
        }
        return best;
    }

    private final class Paths {
        private final int batchSize;
        private final boolean memory;
        /** {@code [s][b][k]}: least time to have run the blocks before b in s stages, the last of them on kind k. */
        private final double[][][] micros;

        private final int[][][] firstBlock;
        private final int[][][] kindBefore;

        Paths(int batchSize, boolean memory) {
            this.batchSize = batchSize;
            this.memory = memory;
            int blocks = profile.blockCount();
            micros = new double[maxStages + 1][blocks + 1][kinds.size()];
            firstBlock = new int[maxStages + 1][blocks + 1][kinds.size()];
            kindBefore = new int[maxStages + 1][blocks + 1][kinds.size()];
            for (double[][] ofStages : micros) {
                for (double[] ofBlocks : ofStages) {
                    Arrays.fill(ofBlocks, Double.POSITIVE_INFINITY);
                }
            }
            for (int k = 0; k < kinds.size(); k++) {
                for (int end = 1; end <= blocks; end++) {
                    micros[1][end][k] = stageMicros(k, 0, end);
                }
            }
            for (int s = 2; s <= maxStages; s++) {
                for (int k = 0; k < kinds.size(); k++) {
                    for (int first = s - 1; first < blocks; first++) {
                        extend(s, k, first);
                    }
                }
            }
        }

        /** Adds a stage that begins with block {@code first}, with every end, behind the best way to get there. */
        private void extend(int s, int k, int first) {
            int before = 0;
            double arrival = Double.POSITIVE_INFINITY;
            for (int sender = 0; sender < kinds.size(); sender++) {
                double arrives = micros[s - 1][first][sender] + transferMicros(first, sender, k);
                if (arrives < arrival) {
                    arrival = arrives;
                    before = sender;
                }
            }
            for (int end = first + 1; end <= profile.blockCount(); end++) {
                double all = arrival + stageMicros(k, first, end);
                if (all < micros[s][end][k]) {
                    micros[s][end][k] = all;
                    firstBlock[s][end][k] = first;
                    kindBefore[s][end][k] = before;
                }
            }
        }

        private double stageMicros(int k, int first, int end) {
            Kind kind = kinds.get(k);
            boolean fits = !memory || profile.memoryBytes(first, end, batchSize) <= kind.memoryBytes();
            return fits && batchSize <= kind.table().maxBatchSize()
                    ? kind.table().latencyMicros(first, end, batchSize)
                    : Double.POSITIVE_INFINITY;
        }

        private double transferMicros(int cut, int from, int to) {
            double bandwidth = Math.min(
                    kinds.get(from).gpuClass().nicBitsPerSecond(),
                    kinds.get(to).gpuClass().nicBitsPerSecond());
            return 8.0 * batchSize * profile.cuts().get(cut - 1).bytesPerRequest() * 1e6 / bandwidth;
        }

        Optional<Fastest> shortest(double batchBuildingMicros) {
            int blocks = profile.blockCount();
            int stages = 0;
            int kind = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int s = 1; s <= maxStages; s++) {
                for (int k = 0; k < kinds.size(); k++) {
                    if (micros[s][blocks][k] < least) {
                        least = micros[s][blocks][k];
                        stages = s;
                        kind = k;
                    }
                }
            }
            return least < Double.POSITIVE_INFINITY
                    ? Optional.of(new Fastest(least + batchBuildingMicros, batchSize, stages(stages, kind)))
                    : Optional.empty();
        }

        private List<StageOn> stages(int count, int lastKind) {
            var reversed = new ArrayList<StageOn>();
            int end = profile.blockCount();
            int k = lastKind;
            for (int s = count; s >= 1; s--) {
                int first = firstBlock[s][end][k];
                LatencyTable table = kinds.get(k).table();
                reversed.add(new StageOn(
                        first,
                        end,
                        table.gpuClass(),
                        table.sharesPerGpu(),
                        table.latencyMicros(first, end, batchSize)));
                k = kindBefore[s][end][k];
                end = first;
            }
            Collections.reverse(reversed);
            return reversed;
        }
    }
}
