package io.ppipe.profile.estimate;

import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.LatencyTable;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Provenance;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.Kernel;
import io.ppipe.profile.Kernels;
import io.ppipe.profile.LayerCost;
import io.ppipe.profile.LayerKind;
import io.ppipe.profile.ModelGraph;
import io.ppipe.profile.Prepartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes profiles of models for GPUs that aren't there: from data sheets, without running anything. */
public final class Estimator {
    private static final int NAMED = 3;

    private final Coefficients coefficients;

    public Estimator(Coefficients coefficients) {
        this.coefficients = coefficients;
    }

    /**
     * A GPU, whole or in parts.
     *
     * @param shares each m estimates 1/m of it
     */
    public record Target(GpuSheet gpu, List<Integer> shares) {
        public Target {
            shares = List.copyOf(shares);
        }
    }

    /**
     * For what a model is estimated.
     *
     * @param targets at least one
     * @param batchSizes ascending; a model whose batch is fixed is estimated at 1 only
     * @param blocks how many blocks to make
     */
    public record Wanted(List<Target> targets, List<Integer> batchSizes, int blocks) {
        public Wanted {
            targets = List.copyOf(targets);
            batchSizes = List.copyOf(batchSizes);
        }
    }

    /**
     * Estimates a model.
     *
     * @param model its name in the profile
     * @throws BadInputException when the file can't be read, or a layer's cost isn't known before running
     */
    public ModelProfile profile(String model, Path onnx, BoundaryType boundary, Wanted wanted) {
        ModelGraph graph = ModelGraph.read(onnx);
        List<LayerCost> costs = LayerCost.of(graph, 1);
        refuseControl(graph, costs);
        Prepartition chosen = Prepartition.of(layerMicros(graph, wanted), graph.cutPoints(boundary), wanted.blocks());
        CutModel cut = CutModel.of(graph, boundary, chosen.layersPerBlock());
        List<List<Kernel>> kernels = Kernels.of(graph, chosen.layersPerBlock());
        List<Integer> batchSizes = graph.dynamicBatch() ? wanted.batchSizes() : List.of(1);
        var tables = new ArrayList<LatencyTable>();
        for (Target target : wanted.targets()) {
            for (int shares : target.shares()) {
                tables.add(table(target.gpu(), shares, batchSizes, kernels));
            }
        }
        return new ModelProfile(
                model,
                graph.sha256(),
                boundary,
                graph.inputs(),
                graph.outputs(),
                cut.blocks(),
                cut.cuts(),
                tables,
                Stream.of(graph.note(), chosen.note(), unknown(graph, costs))
                        .filter(text -> !text.isEmpty())
                        .distinct()
                        .collect(Collectors.joining(" ")));
    }

    /**
     * Returns what blocks take on a GPU.
     *
     * @param kernels of each block
     */
    public LatencyTable table(GpuSheet gpu, int shares, List<Integer> batchSizes, List<List<Kernel>> kernels) {
        Roofline roofline = coefficients.roofline(gpu);
        List<List<Long>> micros = kernels.stream()
                .map(block -> batchSizes.stream()
                        .map(batch -> Math.max(1, Math.round(roofline.micros(block, batch, shares))))
                        .toList())
                .toList();
        return new LatencyTable(gpu.name(), shares, batchSizes, micros, provenance(gpu));
    }

    private Provenance provenance(GpuSheet gpu) {
        String coefficientsOf = gpu.isFitted()
                ? "coefficients fitted to it"
                : "not measured: coefficients of %s, the nearest that was".formatted(gpu.fitted());
        return new Provenance(
                Provenance.Kind.ESTIMATED,
                "%s (%s)".formatted(gpu.name(), gpu.source()),
                "roofline, %s, %s".formatted(coefficients.fittedTo(), coefficients.date()),
                "",
                String.format(
                        Locale.ROOT,
                        "%s; nine blocks in ten are expected between %.2f and %.2f of the estimate",
                        coefficientsOf,
                        coefficients.band(gpu).low(),
                        coefficients.band(gpu).high()),
                Optional.of(coefficients.band(gpu)));
    }

    /** Of the whole model, by GPU, on one share at batch 1: for choosing cuts. A kernel counts where it begins. */
    private double[][] layerMicros(ModelGraph graph, Wanted wanted) {
        List<Kernel> kernels = Kernels.of(graph, List.of(graph.layers().size())).getFirst();
        double[][] micros = new double[wanted.targets().size()][graph.layers().size()];
        for (int g = 0; g < micros.length; g++) {
            Roofline roofline = coefficients.roofline(wanted.targets().get(g).gpu());
            for (Kernel kernel : kernels) {
                micros[g][kernel.layer()] += roofline.micros(kernel, 1, 1);
            }
        }
        return micros;
    }

    private static void refuseControl(ModelGraph graph, List<LayerCost> costs) {
        for (int layer = 0; layer < costs.size(); layer++) {
            if (costs.get(layer).kind() == LayerKind.CONTROL) {
                throw new BadInputException(
                        "%s: layer %s (%s) holds graphs of its own: how often they run isn't known before, so no time can be estimated. Measure the model: `ppipe profile` without --estimate."
                                .formatted(
                                        graph.file(),
                                        graph.layers().get(layer).name(),
                                        graph.layers().get(layer).operator()));
            }
        }
    }

    private static String unknown(ModelGraph graph, List<LayerCost> costs) {
        List<String> names = new ArrayList<>();
        for (int layer = 0; layer < costs.size(); layer++) {
            if (!costs.get(layer).complete()) {
                names.add(graph.layers().get(layer).name());
            }
        }
        if (names.isEmpty()) {
            return "";
        }
        return "%d layers whose shapes aren't known before running count as nothing but a launch, which is too little: %s%s."
                .formatted(
                        names.size(),
                        String.join(", ", names.subList(0, Math.min(NAMED, names.size()))),
                        names.size() > NAMED ? ", …" : "");
    }
}
