package io.ppipe.cli;

import io.ppipe.execute.Partition;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Cut;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Scenario;
import io.ppipe.model.TensorSpec;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.CutPoint;
import io.ppipe.profile.ModelGraph;
import io.ppipe.serve.VersionCutter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Cuts other versions of the planned models at the profile's cuts: where the same tensors cross. How long their blocks take
 * isn't checked, so a version that computes more than the profiled one is late.
 */
final class ModelVersions implements VersionCutter {
    private final Scenario scenario;

    ModelVersions(Scenario scenario) {
        this.scenario = scenario;
    }

    @Override
    public Stages cut(int model, Path onnx) {
        ModelProfile profile = scenario.models().get(model).profile();
        ModelGraph graph = ModelGraph.read(onnx);
        same(onnx, "inputs", graph.inputs(), profile.inputs());
        same(onnx, "outputs", graph.outputs(), profile.outputs());
        CutModel cut = CutModel.of(graph, profile.boundary(), layersPerBlock(onnx, graph, profile));
        return new VersionStages(cut, profile.model());
    }

    private static void same(Path onnx, String what, List<TensorSpec> has, List<TensorSpec> planned) {
        if (!new HashSet<>(has).equals(new HashSet<>(planned))) {
            throw new BadInputException(
                    "%s: its %s are %s, but the plan is for %s. Profile and plan it as a model of its own."
                            .formatted(onnx, what, shown(has), shown(planned)));
        }
    }

    private static List<Integer> layersPerBlock(Path onnx, ModelGraph graph, ModelProfile profile) {
        var layers = new ArrayList<Integer>();
        int first = 0;
        List<CutPoint> points = graph.cutPoints(profile.boundary());
        for (Cut cut : profile.cuts()) {
            int end = layerAfter(points, cut, first);
            if (end <= first || end >= graph.layers().size()) {
                throw new BadInputException(
                        "%s: it can't be cut where the plan cuts it: nowhere do just these tensors cross, in the plan's order: %s. Profile and plan it as a model of its own."
                                .formatted(onnx, shown(cut.tensors())));
            }
            layers.add(end - first);
            first = end;
        }
        layers.add(graph.layers().size() - first);
        return layers;
    }

    /** Returns the layer behind the first cut behind {@code first} where the same tensors cross, or −1. */
    private static int layerAfter(List<CutPoint> points, Cut cut, int first) {
        var wanted = new HashSet<>(cut.tensors());
        return points.stream()
                .filter(point -> point.afterLayer() >= first)
                .filter(point -> new HashSet<>(point.tensors()).equals(wanted))
                .mapToInt(point -> point.afterLayer() + 1)
                .findFirst()
                .orElse(-1);
    }

    private static String shown(List<TensorSpec> tensors) {
        return tensors.stream()
                .map(tensor -> "%s %s %s".formatted(tensor.name(), tensor.type(), tensor.shape()))
                .toList()
                .toString();
    }

    private static final class VersionStages implements Stages {
        private final CutModel cut;
        private final String name;
        private final StageFolder folder = new StageFolder();

        VersionStages(CutModel cut, String name) {
            this.cut = cut;
            this.name = name;
        }

        @Override
        public Partition of(int model, int firstBlock, int endBlock) {
            return folder.of(cut, name, firstBlock, endBlock);
        }

        @Override
        public void close() {
            folder.close();
        }
    }
}
