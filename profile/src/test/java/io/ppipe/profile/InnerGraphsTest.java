package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.model.BoundaryType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loop and Scan hold a graph; they stay whole, in one layer. */
class InnerGraphsTest {
    private static final int BOOL = TensorProto.DataType.BOOL_VALUE;

    @TempDir
    private Path directory;

    @Test
    void aLoopIsOneLayer() throws Exception {
        var body = new TestGraph()
                .typedInput("step", TestGraph.INT64)
                .typedInput("going", BOOL)
                .input("before", -1, 2)
                .node("MatMul", "turned", List.of("before", "w"))
                .node("Add", "after", List.of("turned", "first"))
                .node("Identity", "go_on", List.of("going"))
                .typedOutput("go_on", BOOL)
                .output("after", -1, 2);
        ModelGraph graph = ModelGraph.read(new TestGraph()
                .input("x", -1, 2)
                .weight("w", 2, 2)
                .number("steps", 3)
                .initialiser(TensorProto.newBuilder()
                        .setName("go")
                        .setDataType(BOOL)
                        .addInt32Data(1)
                        .build())
                .node("Relu", "first", List.of("x"))
                .node("Sigmoid", "second", List.of("first"))
                .node("Loop", "looped", List.of("steps", "go", "second"), TestGraph.attribute("body", body.inner()))
                .node("Add", "y", List.of("looped", "second"))
                .output("y", -1, 2)
                .write(directory));

        assertWhole(graph, "Loop");
        assertThat(graph.cutPoints(BoundaryType.UNCHANGED).get(1).tensors())
                .as("first is read inside the Loop")
                .extracting(tensor -> tensor.name())
                .containsExactly("first", "second");
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 2L), new Random(1))));
    }

    @Test
    void aScanIsOneLayer() throws Exception {
        var body = new TestGraph()
                .input("before", -1, 2)
                .input("step", -1, 2)
                .node("Add", "after", List.of("before", "step"))
                .node("Relu", "kept", List.of("after"))
                .output("after", -1, 2)
                .output("kept", -1, 2);
        NodeProto scan = TestGraph.proto("Scan", "last", List.of("start", "steps")).toBuilder()
                .addOutput("all")
                .addAttribute(TestGraph.attribute("num_scan_inputs", 1))
                .addAttribute(TestGraph.attribute("body", body.inner()))
                .addAttribute(axes("scan_input_axes"))
                .addAttribute(axes("scan_output_axes"))
                .build();
        ModelGraph graph = ModelGraph.read(new TestGraph()
                .input("x", -1, 3, 2)
                .node("Tanh", "steps", List.of("x"))
                .node("ReduceMax", "start", List.of("steps"), axes("axes"), TestGraph.attribute("keepdims", 0))
                .node(scan)
                .node("Sigmoid", "y", List.of("all"))
                .output("y", -1, 3, 2)
                .output("last", -1, 2)
                .write(directory));

        assertWhole(graph, "Scan");
        Runs.assertSameBitsCutAnywhere(
                graph, directory, Map.of("x", Tensor.random(List.of(2L, 3L, 2L), new Random(1))));
    }

    private static void assertWhole(ModelGraph graph, String operator) {
        assertThat(graph.layers()).extracting(Layer::operator).hasSize(4).containsOnlyOnce(operator);
        LayerCost cost = LayerCost.of(graph, 1).get(2);
        assertThat(graph.layers().get(2).operator()).isEqualTo(operator);
        assertThat(cost.kind()).isEqualTo(LayerKind.CONTROL);
        assertThat(cost.complete()).isFalse();
    }

    private static AttributeProto axes(String name) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addInts(1)
                .build();
    }
}
