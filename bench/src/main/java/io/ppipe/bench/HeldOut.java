package io.ppipe.bench;

import io.ppipe.bench.RooflineFit.Fitted;
import io.ppipe.model.LatencyTable;
import io.ppipe.profile.estimate.GpuSheet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model beside estimates that were fitted to all others.
 *
 * @param fitted to the others
 */
record HeldOut(BlockKernels model, Fitted fitted) {
    /** A class of fast GPUs and one of slow ones, as the paper pairs them. */
    record Pair(GpuSheet fast, GpuSheet slow) {
        String text() {
            return fast.name() + "/" + slow.name();
        }
    }

    /**
     * A model, or the blocks of it that can be estimated, in one configuration.
     *
     * @param estimated microseconds, by block
     * @param measured the same
     */
    record Cell(String gpu, int shares, int batch, List<Double> estimated, List<Double> measured) {
        /** Returns the error of the sum, as a fraction of what was measured; below 0 where the estimate is too low. */
        double wholeError() {
            return sum(estimated) / sum(measured) - 1;
        }

        List<Double> blockErrors() {
            return ratios().stream().map(ratio -> 1 / ratio - 1).toList();
        }

        /** Returns measured ÷ estimated of each block. */
        List<Double> ratios() {
            var ratios = new ArrayList<Double>();
            for (int i = 0; i < estimated.size(); i++) {
                ratios.add(measured.get(i) / estimated.get(i));
            }
            return ratios;
        }

        private static double sum(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    static List<HeldOut> of(List<GpuSheet> gpus, List<BlockKernels> models) {
        return models.parallelStream()
                .map(model -> new HeldOut(
                        model,
                        RooflineFit.of(
                                gpus,
                                models.stream()
                                        .filter(other -> !other.model().equals(model.model()))
                                        .toList())))
                .toList();
    }

    /** Returns one cell for each published batch size of a GPU's share. */
    List<Cell> cells(GpuSheet gpu, int shares) {
        return cells(gpu, shares, gpu.name(), model.known());
    }

    /** Returns the same of all blocks, those included in which something runs that the estimate doesn't know. */
    List<Cell> ofAllBlocks(GpuSheet gpu) {
        return cells(
                gpu,
                1,
                gpu.name(),
                IntStream.range(0, model.kernels().size()).boxed().toList());
    }

    /** Returns the same with the rates of another GPU. */
    List<Cell> withRatesOf(GpuSheet other, GpuSheet gpu) {
        return cells(gpu, 1, other.name(), model.known());
    }

    private List<Cell> cells(GpuSheet gpu, int shares, String ratesOf, List<Integer> blocks) {
        var cells = new ArrayList<Cell>();
        var table = model.published().latencies(gpu.name(), shares);
        if (table.isPresent()) {
            LatencyTable measured = table.get();
            var roofline = fitted.roofline(gpu, ratesOf);
            for (int batch : measured.batchSizes()) {
                cells.add(new Cell(
                        gpu.name(),
                        shares,
                        batch,
                        blocks.stream()
                                .map(b -> roofline.micros(model.kernels().get(b), batch, shares))
                                .toList(),
                        blocks.stream()
                                .map(b -> (double) measured.latencyMicros(b, b + 1, batch))
                                .toList()));
            }
        }
        return cells;
    }

    /** Returns, for each batch size, the rank correlation across blocks of slow ÷ fast, estimated with measured. */
    List<Double> correlations(Pair pair) {
        var correlations = new ArrayList<Double>();
        List<Cell> fast = cells(pair.fast(), 1);
        List<Cell> slow = cells(pair.slow(), 1);
        for (int i = 0; i < Math.min(fast.size(), slow.size()); i++) {
            correlations.add(Ranks.correlation(
                    ratios(slow.get(i).estimated(), fast.get(i).estimated()),
                    ratios(slow.get(i).measured(), fast.get(i).measured())));
        }
        return correlations;
    }

    private static List<Double> ratios(List<Double> slow, List<Double> fast) {
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < slow.size(); i++) {
            ratios.add(slow.get(i) / fast.get(i));
        }
        return ratios;
    }
}
