package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Costs counted by hand from the operators' definitions. */
class LayerCostTest {
    @TempDir
    private Path directory;

    @Test
    void convolution() throws Exception {
        LayerCost cost = only(
                new TestGraph()
                        .input("x", -1, 8, 10, 10)
                        .weight("w", 16, 8, 3, 3)
                        .weight("b", 16)
                        .node("Conv", "y", List.of("x", "w", "b"), ints("pads", 1, 1, 1, 1))
                        .output("y", -1, 16, 10, 10),
                2);

        long made = 2 * 16 * 10 * 10;
        assertThat(cost.kind()).isEqualTo(LayerKind.CONVOLUTION);
        assertThat(cost.flops()).isEqualTo(2 * made * 8 * 3 * 3 + made);
        assertThat(cost.readBytes()).isEqualTo(4 * 2 * 8 * 10 * 10);
        assertThat(cost.writtenBytes()).isEqualTo(4 * made);
        assertThat(cost.parameterBytes()).isEqualTo(4 * (16 * 8 * 3 * 3 + 16));
        assertThat(cost.aliveBytes()).isEqualTo(cost.readBytes() + cost.writtenBytes());
        assertThat(cost.complete()).isTrue();
    }

    @Test
    void convolutionInGroupsWithDilation() throws Exception {
        LayerCost grouped = only(
                new TestGraph()
                        .input("x", -1, 8, 10, 10)
                        .weight("w", 16, 2, 3, 3)
                        .node("Conv", "y", List.of("x", "w"), TestGraph.attribute("group", 4), ints("dilations", 2, 2))
                        .output("y", -1, 16, 6, 6),
                1);
        LayerCost depthwise = only(
                new TestGraph()
                        .input("x", -1, 8, 10, 10)
                        .weight("w", 16, 1, 3, 3)
                        .node("Conv", "y", List.of("x", "w"), TestGraph.attribute("group", 8))
                        .output("y", -1, 16, 8, 8),
                1);

        assertThat(grouped.kind()).isEqualTo(LayerKind.GROUPED_CONVOLUTION);
        assertThat(grouped.flops()).isEqualTo(2L * 16 * 6 * 6 * 2 * 9);
        assertThat(depthwise.kind()).isEqualTo(LayerKind.DEPTHWISE_CONVOLUTION);
        assertThat(depthwise.flops()).isEqualTo(2L * 16 * 8 * 8 * 9);
    }

    @Test
    void transposedConvolution() throws Exception {
        LayerCost cost = only(
                new TestGraph()
                        .input("x", -1, 8, 5, 5)
                        .weight("w", 8, 4, 2, 2)
                        .node("ConvTranspose", "y", List.of("x", "w"), ints("strides", 2, 2))
                        .output("y", -1, 4, 10, 10),
                1);

        assertThat(cost.flops()).isEqualTo(2L * 8 * 5 * 5 * 4 * 2 * 2);
    }

    @Test
    void matrixProducts() throws Exception {
        LayerCost gemm = only(
                new TestGraph()
                        .input("x", -1, 6)
                        .weight("w", 3, 6)
                        .weight("b", 3)
                        .node("Gemm", "y", List.of("x", "w", "b"), TestGraph.attribute("transB", 1))
                        .output("y", -1, 3),
                4);
        LayerCost matmul = only(
                new TestGraph()
                        .input("a", -1, 5, 6)
                        .input("b", -1, 6, 7)
                        .node("MatMul", "y", List.of("a", "b"))
                        .output("y", -1, 5, 7),
                2);
        LayerCost einsum = only(
                new TestGraph()
                        .input("a", -1, 5, 6)
                        .input("b", -1, 6, 7)
                        .node("Einsum", "y", List.of("a", "b"), text("equation", "bij,bjk->bik"))
                        .output("y", -1, 5, 7),
                2);

        assertThat(gemm.flops()).isEqualTo(2L * 4 * 3 * 6 + 4 * 3);
        assertThat(matmul.flops()).isEqualTo(2L * 2 * 5 * 7 * 6);
        assertThat(einsum.flops()).isEqualTo(matmul.flops());
        assertThat(matmul.kind()).isEqualTo(LayerKind.MATRIX);
    }

    @Test
    void pooling() throws Exception {
        LayerCost window = only(
                new TestGraph()
                        .input("x", -1, 4, 8, 8)
                        .node("MaxPool", "y", List.of("x"), ints("kernel_shape", 2, 2), ints("strides", 2, 2))
                        .output("y", -1, 4, 4, 4),
                1);
        LayerCost global = only(
                new TestGraph()
                        .input("x", -1, 4, 8, 8)
                        .node("GlobalAveragePool", "y", List.of("x"))
                        .output("y", -1, 4, 1, 1),
                3);

        assertThat(window.flops()).isEqualTo(4 * 4 * 4 * 4);
        assertThat(global.flops()).isEqualTo(3 * 4 * 8 * 8);
    }

    @Test
    void elementsViewsAndCopies() throws Exception {
        List<LayerCost> costs = costs(
                new TestGraph()
                        .input("x", -1, 4, 6)
                        .numbers("flat", 0, 24)
                        .numbers("starts", 0)
                        .numbers("ends", 3)
                        .numbers("axes", 1)
                        .node("Sigmoid", "s", List.of("x"))
                        .node("Add", "a", List.of("s", "x"))
                        .node("Softmax", "p", List.of("a"))
                        .node("ReduceMean", "m", List.of("p"), ints("axes", 2))
                        .node("Mul", "scaled", List.of("p", "m"))
                        .node("Reshape", "r", List.of("scaled", "flat"))
                        .node("Slice", "y", List.of("r", "starts", "ends", "axes"))
                        .output("y", -1, 3),
                1);

        assertThat(costs)
                .extracting(LayerCost::kind)
                .containsExactly(
                        LayerKind.ACTIVATION,
                        LayerKind.ELEMENT_WISE,
                        LayerKind.SOFTMAX,
                        LayerKind.REDUCTION,
                        LayerKind.ELEMENT_WISE,
                        LayerKind.VIEW,
                        LayerKind.COPY);
        assertThat(costs).extracting(LayerCost::flops).containsExactly(24L, 24L, 5 * 24L, 24L, 24L, 0L, 0L);
        assertThat(costs).extracting(LayerCost::readBytes).containsExactly(96L, 192L, 96L, 96L, 96L + 16, 0L, 12L);
        assertThat(costs).extracting(LayerCost::writtenBytes).containsExactly(96L, 96L, 96L, 16L, 96L, 0L, 12L);
    }

    @Test
    void whatIsFoldedIntoTheBatchGrowsWithIt() throws Exception {
        TestGraph folded = new TestGraph()
                .input("x", -1, 6)
                .numbers("pairs", -1, 2)
                .numbers("back", -1, 6)
                .node("Reshape", "f", List.of("x", "pairs"))
                .node("Relu", "r", List.of("f"))
                .node("Reshape", "y", List.of("r", "back"))
                .output("y", -1, 6);

        assertThat(costs(folded, 5).get(1).writtenBytes()).isEqualTo(4 * 5 * 6);
    }

    @Test
    void unknownOperatorsCountAsElementWiseAndGraphsInsideAsUnknown() throws Exception {
        var branch = new TestGraph().node("Abs", "inner", List.of("x")).output("inner", -1, 2);
        List<LayerCost> costs = costs(
                new TestGraph()
                        .input("x", 1, 2)
                        .node("ReduceSum", "total", List.of("x"), TestGraph.attribute("keepdims", 0))
                        .node("Greater", "positive", List.of("total", "total"))
                        .node(
                                "If",
                                "y",
                                List.of("positive"),
                                TestGraph.attribute("then_branch", branch.inner()),
                                TestGraph.attribute("else_branch", branch.inner()))
                        .node("HardSwish", "z", List.of("y"))
                        .output("z", 1, 2),
                1);

        assertThat(costs.get(2).kind()).isEqualTo(LayerKind.CONTROL);
        assertThat(costs.get(2).complete()).isFalse();
        assertThat(costs.get(3).flops()).isEqualTo(2);
        assertThat(LayerKind.of("Frobnicate")).isEqualTo(LayerKind.ELEMENT_WISE);
    }

    @Test
    void refusesABatchThatTheModelCannotRun() throws Exception {
        ModelGraph graph = ModelGraph.read(new TestGraph()
                .input("x", 1, 2)
                .node("Relu", "y", List.of("x"))
                .output("y", 1, 2)
                .write(directory));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayerCost.of(graph, 2))
                .withMessageContaining("(2)");
    }

    @Test
    void neverOverflows() {
        assertThat(Saturating.product(1L << 40, 1L << 40, 0)).isZero();
        assertThat(Saturating.product(1L << 40, 1L << 40)).isEqualTo(Long.MAX_VALUE);
        assertThat(Saturating.sum(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
    }

    private LayerCost only(TestGraph graph, int batch) throws Exception {
        List<LayerCost> costs = costs(graph, batch);
        assertThat(costs).hasSize(1);
        return costs.getFirst();
    }

    private List<LayerCost> costs(TestGraph graph, int batch) throws Exception {
        return LayerCost.of(ModelGraph.read(graph.write(directory)), batch);
    }

    private static AttributeProto ints(String name, long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    private static AttributeProto text(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }
}
