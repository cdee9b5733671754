package io.ppipe.bench;

import io.ppipe.bench.HeldOut.Cell;
import io.ppipe.bench.HeldOut.Pair;
import io.ppipe.profile.estimate.GpuCatalogue;
import io.ppipe.profile.estimate.GpuSheet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How far estimates are off that were made without the model they are of. */
record EstimateErrors(List<GpuSheet> gpus, List<HeldOut> models) {
    /** The paper's pairs of a fast and a slow class. */
    static final List<Pair> PAIRS = Stream.of("L4", "V100")
            .flatMap(fast ->
                    Stream.of("P4", "T4").map(slow -> new Pair(GpuCatalogue.sheet(fast), GpuCatalogue.sheet(slow))))
            .toList();

    /** Figures of some cells: medians of absolute errors, as fractions. */
    record Summary(double whole, double block, double worst) {
        static Summary of(List<Cell> cells) {
            List<Double> whole =
                    cells.stream().map(cell -> Math.abs(cell.wholeError())).toList();
            return new Summary(
                    Figures.median(whole),
                    Figures.median(cells.stream()
                            .flatMap(cell -> cell.blockErrors().stream())
                            .map(Math::abs)
                            .toList()),
                    Figures.most(whole));
        }
    }

    /** A cell with its model. */
    record Case(String model, Cell cell) {}

    /** Returns every model × GPU × batch size. */
    List<Cell> all() {
        return models.stream().flatMap(model -> ofModel(model).stream()).toList();
    }

    List<Cell> ofModel(HeldOut model) {
        return gpus.stream().flatMap(gpu -> model.cells(gpu, 1).stream()).toList();
    }

    List<Cell> ofGpu(GpuSheet gpu, int shares) {
        return models.stream()
                .flatMap(model -> model.cells(gpu, shares).stream())
                .toList();
    }

    /** Returns the same with all blocks. */
    List<Cell> withForeignBlocks() {
        return models.stream()
                .flatMap(model -> gpus.stream().flatMap(gpu -> model.ofAllBlocks(gpu).stream()))
                .toList();
    }

    List<Double> correlations() {
        return PAIRS.stream().flatMap(pair -> correlations(pair).stream()).toList();
    }

    List<Double> correlations(Pair pair) {
        return models.stream()
                .flatMap(model -> model.correlations(pair).stream())
                .toList();
    }

    /** Returns measured ÷ estimated of every block on GPUs that borrow the rates of another of the same sort. */
    List<Double> transferred() {
        var ratios = new ArrayList<Double>();
        for (GpuSheet gpu : gpus) {
            for (GpuSheet other : gpus) {
                if (!gpu.equals(other)
                        && gpu.tf32TeraFlops().isPresent()
                                == other.tf32TeraFlops().isPresent()) {
                    for (HeldOut model : models) {
                        model.withRatesOf(other, gpu).forEach(cell -> ratios.addAll(cell.ratios()));
                    }
                }
            }
        }
        return ratios;
    }

    /** Returns the cells that are farthest off, one for each model and GPU, worst first. */
    List<Case> worst(int count) {
        var worst = new ArrayList<Case>();
        for (HeldOut model : models) {
            for (GpuSheet gpu : gpus) {
                model.cells(gpu, 1).stream()
                        .max((a, b) -> Double.compare(Math.abs(a.wholeError()), Math.abs(b.wholeError())))
                        .ifPresent(cell -> worst.add(new Case(model.model().model(), cell)));
            }
        }
        worst.sort((a, b) -> Double.compare(
                Math.abs(b.cell().wholeError()), Math.abs(a.cell().wholeError())));
        return worst.subList(0, Math.min(count, worst.size()));
    }
}
