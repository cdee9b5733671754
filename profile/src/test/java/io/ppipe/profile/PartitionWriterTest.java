package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.execute.Partition;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.Cut;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionWriterTest {
    @TempDir
    private Path directory;

    private ModelGraph graph;

    @BeforeEach
    void readModel() throws Exception {
        Path file = new TestGraph()
                .input("x", -1, 4)
                .weight("w1", 4, 4)
                .weight("w2", 4, 4)
                .weight("w3", 4, 4)
                .node("MatMul", "a", List.of("x", "w1"))
                .node("Relu", "b", List.of("a"))
                .node("MatMul", "c", List.of("b", "w2"))
                .node("MatMul", "d", List.of("c", "w3"))
                .node("Add", "y", List.of("d", "a"))
                .output("y", -1, 4)
                .write(directory);
        graph = ModelGraph.read(file);
    }

    @Test
    void takesInWhatItNeedsAndHandsOnWhatItMakes() {
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(2, 1, 2));

        Partition middle = PartitionWriter.write(cut, 1, 2, "net", directory);

        assertThat(middle.model()).isEqualTo("net");
        assertThat(middle.inputs()).extracting(TensorSpec::name).containsExactly("b");
        assertThat(middle.outputs())
                .as("a passes by")
                .extracting(TensorSpec::name)
                .containsExactly("c");
        assertThat(cut.cuts().get(1).tensors()).extracting(TensorSpec::name).containsExactly("a", "c");
    }

    @Test
    void writesTheWeightsAStageNeedsAndNoOthers() throws Exception {
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(2, 1, 2));

        Partition middle = PartitionWriter.write(cut, 1, 2, "net", directory);

        assertThat(parsed(middle).getGraph().getInitializerList())
                .extracting(TensorProto::getName)
                .containsExactly("w2");
        assertThat(cut.blocks()).extracting(Block::weightBytes).containsExactly(64L, 64L, 64L);
    }

    @Test
    void convertsBoundariesInsideTheStages() throws Exception {
        CutModel cut = CutModel.of(graph, BoundaryType.FLOAT16, List.of(2, 1, 2));

        Partition middle = PartitionWriter.write(cut, 1, 2, "net", directory);

        assertThat(middle.inputs()).extracting(TensorSpec::name).containsExactly("b__fp16");
        assertThat(middle.outputs()).extracting(TensorSpec::name).containsExactly("c__fp16");
        assertThat(parsed(middle).getGraph().getNodeList())
                .extracting(NodeProto::getOpType)
                .containsExactly("Cast", "MatMul", "Cast");
        assertThat(PartitionWriter.write(cut, 0, 3, "net", directory).inputs())
                .extracting(TensorSpec::name)
                .containsExactly("x");
    }

    @Test
    void theNameOfAFileSaysWhatIsInIt() {
        Partition unchanged = write(BoundaryType.UNCHANGED, List.of(2, 3));
        Partition otherBlocks = write(BoundaryType.UNCHANGED, List.of(1, 4));
        Partition otherBoundary = write(BoundaryType.FLOAT16, List.of(2, 3));

        assertThat(unchanged.onnx().getFileName().toString())
                .startsWith(graph.sha256().substring(0, 16))
                .contains("blocks-0-1", "unchanged");
        assertThat(List.of(unchanged.onnx(), otherBlocks.onnx(), otherBoundary.onnx()))
                .doesNotHaveDuplicates();
    }

    @Test
    void replacesAFileWithTheSameBytesAndLeavesNothingElse() throws Exception {
        Partition first = write(BoundaryType.UNCHANGED, List.of(2, 3));
        byte[] bytes = Files.readAllBytes(first.onnx());
        Files.writeString(first.onnx(), "broken");

        write(BoundaryType.UNCHANGED, List.of(2, 3));

        assertThat(first.onnx()).hasBinaryContent(bytes);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(graph.file(), first.onnx());
        }
    }

    @Test
    void saysWhereItCannotWrite() {
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(5));

        assertThatThrownBy(() -> PartitionWriter.write(cut, 0, 1, "net", graph.file()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("model.onnx", "can't be written");
    }

    @Test
    void refusesBlocksThatAreNotThere() {
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(2, 3));

        assertThatIllegalArgumentException().isThrownBy(() -> PartitionWriter.write(cut, 1, 1, "net", directory));
        assertThatIllegalArgumentException().isThrownBy(() -> PartitionWriter.write(cut, 0, 3, "net", directory));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CutModel.of(graph, BoundaryType.UNCHANGED, List.of(2, 2)));
        assertThatIllegalArgumentException().isThrownBy(() -> CutModel.of(graph, BoundaryType.UNCHANGED, List.of()));
    }

    @Test
    void cutsAgainAsAProfileSays() {
        CutModel cut = CutModel.of(graph, BoundaryType.FLOAT16, List.of(2, 1, 2));

        CutModel again = CutModel.of(graph, profile(graph.sha256(), cut.blocks(), cut.cuts()));

        assertThat(again.boundary()).isEqualTo(BoundaryType.FLOAT16);
        assertThat(again.blocks()).isEqualTo(cut.blocks());
        assertThat(again.cuts()).isEqualTo(cut.cuts());
        assertThat(again.layers(1)).extracting(Layer::name).containsExactly("c");
    }

    @Test
    void refusesAProfileOfAnotherFile() {
        CutModel cut = CutModel.of(graph, BoundaryType.FLOAT16, List.of(2, 3));

        assertThatThrownBy(() -> CutModel.of(graph, profile("abc", cut.blocks(), cut.cuts())))
                .isInstanceOf(BadInputException.class)
                .hasMessageContainingAll("model.onnx", "net", "Profile it again");
        assertThatThrownBy(() ->
                        CutModel.of(graph, profile(graph.sha256(), cut.blocks().subList(0, 1), List.of())))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("Profile it again");
    }

    private Partition write(BoundaryType boundary, List<Integer> layersPerBlock) {
        return PartitionWriter.write(CutModel.of(graph, boundary, layersPerBlock), 0, 1, "net", directory);
    }

    private ModelProfile profile(String sha256, List<Block> blocks, List<Cut> cuts) {
        return new ModelProfile(
                "net", sha256, BoundaryType.FLOAT16, graph.inputs(), graph.outputs(), blocks, cuts, List.of(), "");
    }

    private static ModelProto parsed(Partition partition) throws Exception {
        return ModelProto.parseFrom(Files.readAllBytes(partition.onnx()));
    }
}
