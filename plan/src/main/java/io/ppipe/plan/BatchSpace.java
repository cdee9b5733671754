package io.ppipe.plan;

import io.ppipe.model.GpuClass;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Stage;
import io.ppipe.plan.Template.StageChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/*
 * The pipelines of one model at one batch size that meet its SLO, in order of what they cost (docs/planning.md; PPipe,
 * ATC '25, §4).
 *
 * With a price on a GPU of each class, a template costs Σ_i price ÷ (m_i · r_i) for each request/s it carries. A search
 * front to back visits the templates that cost at most a limit. It gives a beginning up when no way to go on is both cheap
 * and fast enough. For that it knows, for every number of stages left, block and class before, a lower bound on
 *
 *     cost + κ · latency
 *
 * of the blocks that are left, for a few κ, by a dynamic programme from the last block to the first. With b µs left until
 * the SLO, the rest then costs at least (that bound − κ · b): a Lagrangian bound, which for some κ sees that what is cheap
 * is too slow and what is fast too dear. So nothing is enumerated that the prices rule out, however many classes, shares
 * and batch sizes there are.
 */
final class BatchSpace {
    /** Weights of the latency against the cost, where spending all of the time and all of the cost weigh the same. */
    private static final double[] LATENCY_WEIGHTS = {0, 0.1, 0.3, 1, 3, 10};

    private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

    /** Takes templates as they are found. */
    interface Visitor {
        /**
         * @param cost of a request/s at the prices of the search
         * @return the limit from here on; at most the one before
         */
        double visit(Template template, double cost);
    }

    private final int model;
    private final int batchSize;
    private final int maxStages;
    private final int blocks;
    private final double budgetMicros;
    private final List<Hardware> hardware = new ArrayList<>();
    /** {@code [b]}: bits per request that cross the cut before block b. */
    private final double[] bits;
    /** {@code [class][class]}: the slower one's NIC, in bit/s. */
    private final double[][] bandwidth;

    /** A class and a share of it, with what the model takes there. */
    private static final class Hardware {
        final StageChoice kind;
        final int classIndex;
        final double ownBandwidth;
        /** Stages that may share one NIC. */
        final double nicSharers;
        /** {@code [first]}: the longest stage that fits into the memory ends here. */
        final int[] maxEnd;
        /** {@code [first][end]} up to {@code maxEnd}: latency of a stage; a longer one may take less time. */
        final double[][] micros;
        /** {@code [first][end]}: least latency of the stages that end there or later. */
        final double[][] leastMicros;

        Hardware(int classIndex, GpuClass gpuClass, LatencyTable table, ModelProfile profile, int batchSize) {
            this.kind = new StageChoice(0, profile.blockCount(), classIndex, gpuClass, table);
            this.classIndex = classIndex;
            this.ownBandwidth = gpuClass.nicBitsPerSecond();
            this.nicSharers = (double) table.sharesPerGpu() * gpuClass.gpusPerServer();
            this.maxEnd = new int[profile.blockCount()];
            this.micros = new double[profile.blockCount()][profile.blockCount() + 1];
            this.leastMicros = new double[profile.blockCount()][profile.blockCount() + 1];
            long memory = gpuClass.memoryBytes() / table.sharesPerGpu();
            for (int first = 0; first < profile.blockCount(); first++) {
                int end = first;
                while (end < profile.blockCount() && profile.memoryBytes(first, end + 1, batchSize) <= memory) {
                    end++;
                    micros[first][end] = table.latencyMicros(first, end, batchSize);
                }
                maxEnd[first] = end;
                double least = NO_LIMIT;
                for (; end > first; end--) {
                    least = Math.min(least, micros[first][end]);
                    leastMicros[first][end] = least;
                }
            }
        }
    }

    /**
     * @param budgetMicros what stages and transfers together may take
     * @param wholeGpusOnly whether GPUs are not shared
     */
    BatchSpace(
            List<GpuClass> classes,
            int model,
            ModelProfile profile,
            int batchSize,
            int maxStages,
            double budgetMicros,
            boolean wholeGpusOnly) {
        this.model = model;
        this.batchSize = batchSize;
        this.maxStages = Math.min(maxStages, profile.blockCount());
        this.blocks = profile.blockCount();
        this.budgetMicros = budgetMicros;
        for (int g = 0; g < classes.size(); g++) {
            for (int shares : classes.get(g).shares()) {
                LatencyTable table =
                        profile.latencies(classes.get(g).name(), shares).orElseThrow();
                if (batchSize <= table.maxBatchSize() && (shares == 1 || !wholeGpusOnly)) {
                    hardware.add(new Hardware(g, classes.get(g), table, profile, batchSize));
                }
            }
        }
        bits = new double[blocks];
        for (int b = 1; b < blocks; b++) {
            bits[b] = 8.0 * profile.cuts().get(b - 1).bytesPerRequest();
        }
        bandwidth = new double[classes.size()][classes.size()];
        for (int a = 0; a < classes.size(); a++) {
            for (int b = 0; b < classes.size(); b++) {
                bandwidth[a][b] = Math.min(
                        classes.get(a).nicBitsPerSecond(), classes.get(b).nicBitsPerSecond());
            }
        }
    }

    /** Returns how many templates there would be, were they all fast enough. */
    double size() {
        double size = 0;
        double cuts = 1;
        for (int stages = 1; stages <= maxStages; stages++) {
            size += cuts * Math.pow(hardware.size(), stages);
            cuts = cuts * (blocks - stages) / stages;
        }
        return size;
    }

    /**
     * Shows {@code visitor} the templates that cost at most {@code limit}; not in order of cost.
     *
     * @param gpuPrices of a GPU of each class
     * @return the limit at the end
     */
    double visit(double[] gpuPrices, double limit, Visitor visitor) {
        if (budgetMicros <= 0) {
            return limit;
        }
        var search = new Search(gpuPrices, limit, visitor);
        search.extend(0, 0, 0, 0);
        return search.limit;
    }

    int batchSize() {
        return batchSize;
    }

    /** Returns the template with given stages, if it is feasible here. */
    Optional<Template> find(List<Stage> stages) {
        if (stages.size() > maxStages || stages.getLast().endBlock() != blocks) {
            return Optional.empty();
        }
        var search = new Search(new double[bandwidth.length], NO_LIMIT, (_, _) -> NO_LIMIT);
        double micros = 0;
        int first = 0;
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            int h = hardware(stage);
            int end = stage.endBlock();
            if (h < 0 || stage.firstBlock() != first || end > hardware.get(h).maxEnd[first]) {
                return Optional.empty();
            }
            search.chosen[i] = h;
            search.ends[i] = end;
            micros += hardware.get(h).micros[first][end];
            if (i > 0) {
                micros += transferMicros(
                        first, hardware.get(search.chosen[i - 1]).classIndex, hardware.get(h).classIndex);
                search.rates[i - 1] = search.rateOf(i - 1, hardware.get(h).classIndex);
            }
            first = end;
        }
        search.rates[stages.size() - 1] = search.lastRate(stages.size() - 1);
        return micros <= budgetMicros ? Optional.of(search.template(stages.size())) : Optional.empty();
    }

    private int hardware(Stage stage) {
        for (int h = 0; h < hardware.size(); h++) {
            StageChoice kind = hardware.get(h).kind;
            if (kind.gpuClass().name().equals(stage.gpuClass()) && kind.shares() == stage.sharesPerGpu()) {
                return h;
            }
        }
        return -1;
    }

    private double transferMicros(int cut, int from, int to) {
        return batchSize * bits[cut] * 1e6 / bandwidth[from][to];
    }

    /** Returns what a vGPU's part of its server's NIC can carry, in requests/s. */
    private double nicRate(int cut, double bitsPerSecond, Hardware of) {
        return bitsPerSecond / (bits[cut] * of.nicSharers);
    }

    /** One search from the first block to the last. */
    private final class Search {
        private final Visitor visitor;
        private final double[] vgpuPrices;
        private final double[] latencyWeights;
        /** {@code [weight][stages left][first block][class before]}. */
        private final double[][][][] leastToGo;

        private final double[][][] leastMicrosToGo;
        private final int[] chosen = new int[maxStages];
        private final int[] ends = new int[maxStages];
        private final double[] rates = new double[maxStages];
        private double limit;

        Search(double[] gpuPrices, double limit, Visitor visitor) {
            this.visitor = visitor;
            this.limit = limit;
            this.vgpuPrices = hardware.stream()
                    .mapToDouble(h -> gpuPrices[h.classIndex] / h.kind.shares())
                    .toArray();
            this.latencyWeights = limit < NO_LIMIT
                    ? Arrays.stream(LATENCY_WEIGHTS)
                            .map(w -> w * limit / budgetMicros)
                            .toArray()
                    : new double[] {0};
            this.leastToGo = new double[latencyWeights.length][][][];
            for (int w = 0; w < latencyWeights.length; w++) {
                leastToGo[w] = leastToGo(latencyWeights[w], 1);
            }
            this.leastMicrosToGo = leastToGo(1, 0);
        }

        private double[][][] leastToGo(double latencyWeight, double costWeight) {
            var least = new double[maxStages + 1][blocks][bandwidth.length];
            for (double[] row : least[0]) {
                Arrays.fill(row, NO_LIMIT);
            }
            for (int left = 1; left <= maxStages; left++) {
                for (int first = blocks - 1; first >= 1; first--) {
                    for (int before = 0; before < bandwidth.length; before++) {
                        double best = NO_LIMIT;
                        for (int h = 0; h < hardware.size(); h++) {
                            best = Math.min(
                                    best, leastWith(h, first, before, latencyWeight, costWeight, least[left - 1]));
                        }
                        least[left][first][before] = best;
                    }
                }
            }
            return least;
        }

        private double leastWith(
                int h, int first, int before, double latencyWeight, double costWeight, double[][] rest) {
            Hardware on = hardware.get(h);
            double transfer = latencyWeight * transferMicros(first, before, on.classIndex);
            double in = nicRate(first, bandwidth[before][on.classIndex], on);
            double best = NO_LIMIT;
            for (int end = first + 1; end <= on.maxEnd[first]; end++) {
                double after = end == blocks ? 0 : rest[end][on.classIndex];
                double micros = on.micros[first][end];
                double rate = Math.min(in, batchSize * 1e6 / micros);
                if (end < blocks) { // at best the receiver's NIC is no slower
                    rate = Math.min(rate, nicRate(end, on.ownBandwidth, on));
                }
                best = Math.min(best, transfer + latencyWeight * micros + costWeight * vgpuPrices[h] / rate + after);
            }
            return best;
        }

        /** Adds a stage that begins with block {@code first}; the cost is that of the stages before the last one. */
        void extend(int stage, int first, double spentMicros, double spentCost) {
            for (int h = 0; h < hardware.size(); h++) {
                Hardware on = hardware.get(h);
                double micros = spentMicros;
                double cost = spentCost;
                double in = NO_LIMIT;
                if (stage > 0) {
                    int before = hardware.get(chosen[stage - 1]).classIndex;
                    micros += transferMicros(first, before, on.classIndex);
                    rates[stage - 1] = rateOf(stage - 1, on.classIndex);
                    cost += vgpuPrices[chosen[stage - 1]] / rates[stage - 1];
                    in = nicRate(first, bandwidth[before][on.classIndex], on);
                    if (cost > limit) {
                        continue;
                    }
                }
                chosen[stage] = h;
                extendOn(on, stage, first, micros, cost, in);
            }
        }

        /** Returns the rate of a stage once the class of the next one is known. */
        private double rateOf(int stage, int nextClass) {
            Hardware on = hardware.get(chosen[stage]);
            return Math.min(lastRate(stage), nicRate(ends[stage], bandwidth[on.classIndex][nextClass], on));
        }

        /** Returns the rate of a stage that sends to no other. */
        private double lastRate(int stage) {
            Hardware on = hardware.get(chosen[stage]);
            int first = stage == 0 ? 0 : ends[stage - 1];
            double rate = batchSize * 1e6 / on.micros[first][ends[stage]];
            if (stage == 0) {
                return rate;
            }
            int before = hardware.get(chosen[stage - 1]).classIndex;
            return Math.min(rate, nicRate(first, bandwidth[before][on.classIndex], on));
        }

        private void extendOn(Hardware on, int stage, int first, double micros, double cost, double in) {
            int left = maxStages - stage - 1;
            for (int end = left == 0 ? blocks : first + 1; end <= on.maxEnd[first]; end++) {
                if (micros + on.leastMicros[first][end] > budgetMicros) {
                    break; // and so does every longer stage
                }
                double stageMicros = on.micros[first][end];
                double total = micros + stageMicros;
                if (total > budgetMicros) {
                    continue;
                }
                ends[stage] = end;
                double rate = Math.min(in, batchSize * 1e6 / stageMicros);
                if (end == blocks) {
                    double all = cost + vgpuPrices[chosen[stage]] / rate;
                    if (all <= limit) {
                        rates[stage] = rate;
                        limit = visitor.visit(template(stage + 1), all);
                    }
                } else {
                    double atLeast =
                            cost + vgpuPrices[chosen[stage]] / Math.min(rate, nicRate(end, on.ownBandwidth, on));
                    if (!hopeless(left, end, on.classIndex, total, atLeast)) {
                        extend(stage + 1, end, total, cost);
                    }
                }
            }
        }

        private boolean hopeless(int left, int first, int before, double spentMicros, double spentCost) {
            double leftMicros = budgetMicros - spentMicros;
            if (leastMicrosToGo[left][first][before] > leftMicros) {
                return true;
            }
            for (int w = 0; w < latencyWeights.length; w++) {
                if (spentCost + leastToGo[w][left][first][before] - latencyWeights[w] * leftMicros > limit) {
                    return true;
                }
            }
            return false;
        }

        private Template template(int stages) {
            var choices = new StageChoice[stages];
            for (int i = 0; i < stages; i++) {
                StageChoice kind = hardware.get(chosen[i]).kind;
                choices[i] = new StageChoice(
                        i == 0 ? 0 : ends[i - 1], ends[i], kind.classIndex(), kind.gpuClass(), kind.table());
            }
            return new Template(model, batchSize, choices, Arrays.copyOf(rates, stages));
        }
    }
}
