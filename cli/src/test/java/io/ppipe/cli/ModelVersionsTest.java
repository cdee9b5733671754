package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.execute.Partition;
import io.ppipe.format.ClusterFile;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.Demand;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Scenario;
import io.ppipe.model.Slo;
import io.ppipe.model.TensorSpec;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.ModelGraph;
import io.ppipe.serve.VersionCutter.Stages;
import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which versions of a planned model are cut, and where. */
class ModelVersionsTest {
    @TempDir
    private Path folder = Path.of(".");

    private Path first = Path.of(".");
    private Path second = Path.of(".");

    @BeforeEach
    void makeTwoVersions() {
        first = folder.resolve("first.onnx");
        second = folder.resolve("second.onnx");
        SampleModel.write(first, 1);
        SampleModel.write(second, 2);
    }

    /** The sample as three blocks. */
    private ModelProfile profile() {
        ModelGraph graph = ModelGraph.read(first);
        var points = graph.cutPoints(BoundaryType.UNCHANGED);
        int a = points.get(points.size() / 3).afterLayer() + 1;
        int b = points.get(2 * points.size() / 3).afterLayer() + 1;
        var cut = CutModel.of(
                graph, BoundaryType.UNCHANGED, List.of(a, b - a, graph.layers().size() - b));
        return profile(graph, cut.blocks(), cut.cuts(), graph.inputs());
    }

    private static ModelProfile profile(ModelGraph graph, List<Block> blocks, List<Cut> cuts, List<TensorSpec> inputs) {
        return new ModelProfile(
                "sample", graph.sha256(), BoundaryType.UNCHANGED, inputs, graph.outputs(), blocks, cuts, List.of(), "");
    }

    private ModelVersions versions(ModelProfile profile) throws IOException {
        Path cluster = folder.resolve("cluster.yaml");
        Files.writeString(cluster, TwoModels.CLUSTER);
        return new ModelVersions(new Scenario(
                ClusterFile.read(cluster),
                List.of(new Scenario.ScenarioModel("sample", new Slo(1000, 0.99), new Demand.Rate(1), profile)),
                ""));
    }

    @Test
    void cutsAVersionWithOtherWeightsWhereThePlanCuts() throws IOException {
        ModelProfile profile = profile();

        try (Stages stages = versions(profile).cut(0, second)) {
            Partition middle = stages.of(0, 1, 2);
            assertThat(middle.inputs())
                    .containsExactlyInAnyOrderElementsOf(profile.cuts().get(0).tensors());
            assertThat(middle.onnx()).exists();
            assertThat(stages.of(0, 2, 3).outputs()).isEqualTo(profile.outputs());
        }
    }

    @Test
    void deletesItsFilesInTheEnd() throws IOException {
        Path file;
        try (Stages stages = versions(profile()).cut(0, second)) {
            file = stages.of(0, 0, 3).onnx();
        }

        assertThat(Files.exists(file)).isFalse();
    }

    @Test
    void refusesAVersionWithOtherInputs() {
        ModelProfile right = profile();
        TensorSpec image = right.inputs().getFirst();
        var other = new TensorSpec(image.name(), image.type(), List.of(-1L, 3L, 32L, 32L));

        assertThatThrownBy(() -> versions(profile(ModelGraph.read(first), right.blocks(), right.cuts(), List.of(other)))
                        .cut(0, second))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("its inputs are [image FP32 [-1, 3, 64, 64]], but the plan is for")
                .hasMessageContaining("[-1, 3, 32, 32]");
    }

    @Test
    void refusesAVersionWithoutThePlansCuts() {
        ModelProfile right = profile();
        Cut first = right.cuts().getFirst();
        TensorSpec crossing = first.tensors().getFirst();
        var renamed = new Cut(
                List.of(new TensorSpec("elsewhere", crossing.type(), crossing.shape())), first.bytesPerRequest());

        assertThatThrownBy(() -> versions(profile(
                                ModelGraph.read(this.first),
                                right.blocks(),
                                List.of(renamed, right.cuts().get(1)),
                                right.inputs()))
                        .cut(0, second))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("it can't be cut where the plan cuts it")
                .hasMessageContaining("elsewhere");
    }
}
