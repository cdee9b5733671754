package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.model.Block;
import io.ppipe.model.BoundaryType;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelGraphTest {
    @TempDir
    private Path directory;

    @Test
    void countsEverythingThatCrosses() throws Exception {
        ModelGraph graph = read(twoInputsTwoOutputs());

        assertThat(graph.dynamicBatch()).isTrue();
        assertThat(graph.inputs()).extracting(TensorSpec::name).containsExactly("a", "b");
        assertThat(graph.outputs()).extracting(TensorSpec::name).containsExactly("late", "early");
        assertThat(graph.layers()).extracting(Layer::name).containsExactly("skip", "early", "deep", "sum", "late");
        List<CutPoint> cuts = graph.cutPoints(BoundaryType.UNCHANGED);
        assertThat(cuts).extracting(CutPoint::afterLayer).containsExactly(0, 1, 2, 3);
        assertThat(cuts.get(0).tensors())
                .as("input b is needed later, and passes by")
                .containsExactly(floats("b", 4), floats("skip", 4));
        assertThat(cuts.get(1).tensors())
                .as("output early is carried to the end")
                .containsExactly(floats("b", 4), floats("skip", 4), floats("early", 4));
        assertThat(cuts.get(2).tensors())
                .containsExactly(floats("b", 4), floats("skip", 4), floats("early", 4), floats("deep", 4));
        assertThat(cuts.get(3).tensors()).containsExactly(floats("b", 4), floats("early", 4), floats("sum", 4));
        assertThat(cuts.get(2).bytesPerRequest()).isEqualTo(4 * 4 * 4);
    }

    @Test
    void halvesOnlyWhatIsNeitherInputNorOutput() throws Exception {
        ModelGraph graph = read(twoInputsTwoOutputs());

        CutPoint cut = graph.cutPoints(BoundaryType.FLOAT16).get(2);

        assertThat(cut.tensors())
                .containsExactly(
                        floats("b", 4),
                        new TensorSpec("skip__fp16", ElementType.FP16, List.of(-1L, 4L)),
                        floats("early", 4),
                        new TensorSpec("deep__fp16", ElementType.FP16, List.of(-1L, 4L)));
        assertThat(cut.bytesPerRequest()).isEqualTo(16 + 8 + 16 + 8);
    }

    @Test
    void givesTheSameBitsCutWithManyInputsAndOutputs() throws Exception {
        ModelGraph graph = read(twoInputsTwoOutputs());

        for (long batch : List.of(1L, 3L)) {
            var random = new Random(batch);
            Map<String, Tensor> inputs = Map.of(
                    "a", Tensor.random(List.of(batch, 4L), random), "b", Tensor.random(List.of(batch, 4L), random));
            Runs.assertSameBitsCutAnywhere(graph, directory, inputs);
        }
    }

    @Test
    void rebuildsShapesOfActivationsThatAStageDoesNotHave() throws Exception {
        ModelGraph graph = read(shapeChains());

        assertThat(graph.layers()).extracting(Layer::operator).doesNotContain("Shape", "Size", "Gather", "Concat");
        assertThat(graph.cutPoints(BoundaryType.UNCHANGED))
                .hasSize(graph.layers().size() - 1);
        assertThat(graph.cutPoints(BoundaryType.UNCHANGED).getLast().tensors())
                .as("no shapes cross")
                .hasSize(1);
        for (long batch : List.of(1L, 4L)) {
            Runs.assertSameBitsCutAnywhere(
                    graph, directory, Map.of("x", Tensor.random(List.of(batch, 2L, 3L), new Random(batch))));
        }
    }

    @Test
    void keepsShapesOfActivationsAsConstantsWhereTheBatchIsFixed() throws Exception {
        ModelGraph graph = read(shapeChains(2));

        assertThat(graph.dynamicBatch()).isFalse();
        assertThat(graph.note()).isEmpty();
        assertThat(graph.inputs().getFirst().shape()).containsExactly(2L, 2L, 3L);
        Runs.assertSameBitsCutAnywhere(
                graph, directory, Map.of("x", Tensor.random(List.of(2L, 2L, 3L), new Random(1))));
    }

    @Test
    void countsTheTensorsThatAreAliveAtOnceInEachBlock() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 4)
                .node("Relu", "skip", List.of("x"))
                .node("Relu", "deep", List.of("skip"))
                .node("Relu", "deeper", List.of("deep"))
                .node("Add", "sum", List.of("skip", "deeper"))
                .node("Relu", "last", List.of("sum"))
                .output("last", -1, 4));

        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(2, 1, 1, 1));

        assertThat(cut.blocks())
                .extracting(Block::activationBytes)
                .as("in and out; skip passes by; both summands and the sum; in and out")
                .containsExactly(2 * 16L, 3 * 16L, 3 * 16L, 2 * 16L);
    }

    @Test
    void repeatsConstantsInEveryStage() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 2)
                .numbers("two", 2)
                .weight("w", 2)
                .node("ConstantOfShape", "zeros", List.of("two"))
                .node("Add", "bias", List.of("zeros", "w"))
                .node("Add", "first", List.of("x", "bias"))
                .node("Relu", "middle", List.of("first"))
                .node("Add", "last", List.of("middle", "bias"))
                .output("last", -1, 2));

        assertThat(graph.layers()).extracting(Layer::name).containsExactly("first", "middle", "last");
        assertThat(graph.layers()).extracting(Layer::weightBytes).containsExactly(8L, 0L, 8L);
        CutModel cut = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(2, 1));
        assertThat(cut.blocks()).extracting(io.ppipe.model.Block::weightBytes).containsExactly(8L, 8L);
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 2L), new Random(1))));
    }

    @Test
    void keepsControlFlowWholeWithWhatItTakesFromOutside() throws Exception {
        var then = new TestGraph().node("Add", "sum", List.of("first", "w")).output("sum", -1, 2);
        var otherwise =
                new TestGraph().node("Mul", "product", List.of("x", "first")).output("product", -1, 2);
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 2)
                .weight("w", 2)
                .number("zero", 0)
                .node("Relu", "first", List.of("x"))
                .node("Sigmoid", "second", List.of("first"))
                .node("ReduceSum", "total", List.of("second"), TestGraph.attribute("keepdims", 0))
                .node("Greater", "positive", List.of("total", "total"))
                .node(
                        "If",
                        "choice",
                        List.of("positive"),
                        TestGraph.attribute("then_branch", then.inner()),
                        TestGraph.attribute("else_branch", otherwise.inner()))
                .node("Add", "y", List.of("choice", "second"))
                .output("y", -1, 2));

        assertThat(graph.cutPoints(BoundaryType.UNCHANGED).get(1).tensors())
                .as("x and first are needed inside the If")
                .extracting(TensorSpec::name)
                .containsExactly("x", "first", "second");
        assertThat(graph.cutPoints(BoundaryType.UNCHANGED))
                .as("total and positive have no batch")
                .extracting(CutPoint::afterLayer)
                .containsExactly(0, 1, 4);
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 2L), new Random(1))));
    }

    @Test
    void hasNoCutWhereTheBatchIsFoldedIntoAnotherDimension() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 6)
                .numbers("pairs", -1, 2)
                .numbers("back", -1, 6)
                .node("Reshape", "folded", List.of("x", "pairs"))
                .node("Relu", "middle", List.of("folded"))
                .node("Reshape", "y", List.of("middle", "back"))
                .output("y", -1, 6));

        assertThat(graph.dynamicBatch()).isTrue();
        assertThat(graph.cutPoints(BoundaryType.UNCHANGED)).isEmpty();
        assertThat(graph.note()).contains("no valid cut", "middle", "dimension 0 isn't the batch");
        CutModel whole = CutModel.of(graph, BoundaryType.UNCHANGED, List.of(3));
        assertThat(whole.cuts()).isEmpty();
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 6L), new Random(1))));
    }

    @Test
    void fixesTheBatchWhereAnOutputHasNone() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 2)
                .node("Relu", "r", List.of("x"))
                .node("ReduceSum", "total", List.of("r"), TestGraph.attribute("keepdims", 0))
                .output("total"));

        assertThat(graph.dynamicBatch()).isFalse();
        assertThat(graph.inputs().getFirst().shape()).containsExactly(1L, 2L);
        assertThat(graph.note()).contains("batch is fixed at 1", "total");
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(1L, 2L), new Random(1))));
    }

    @Test
    void fixesTheBatchWhereTheModelWorksForOneRequestOnly() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 2)
                .weight("w", 1, 4)
                .numbers("one", 1, 2)
                .node("Reshape", "r", List.of("x", "one"))
                .node("Relu", "y", List.of("r"))
                .output("y", -1, 2));

        assertThat(graph.dynamicBatch()).isFalse();
        assertThat(graph.note()).contains("batch is fixed at 1");
    }

    @Test
    void putsNodesInOrderAndDropsThoseThatNoOutputNeeds() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 2)
                .node("Relu", "y", List.of("middle"))
                .node("Sigmoid", "middle", List.of("x"))
                .node("Tanh", "useless", List.of("x"))
                .output("y", -1, 2));

        assertThat(graph.layers()).extracting(Layer::name).containsExactly("middle", "y");
    }

    @Test
    void givesEveryLayerANameOfItsOwn() throws Exception {
        var unnamed = TestGraph.proto("Relu", "a", List.of("x")).toBuilder().clearName();
        var named = TestGraph.proto("Tanh", "b", List.of("a")).toBuilder().setName("Relu_0");
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 2)
                .node(unnamed.build())
                .node(named.build())
                .output("b", -1, 2));

        assertThat(graph.layers()).extracting(Layer::name).containsExactly("Relu_0_", "Relu_0");
        assertThat(graph.layers()).extracting(Layer::outputs).containsExactly(List.of("a"), List.of("b"));
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 2L), new Random(1))));
    }

    @Test
    void callsOfTheModelsOwnFunctionsAreLayers() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .function("Twice", TestGraph.proto("Add", "y", List.of("x", "x")))
                .input("x", -1, 2)
                .node("Relu", "r", List.of("x"))
                .node(TestGraph.proto("Twice", "y", List.of("r")).toBuilder()
                        .setDomain("own")
                        .build())
                .output("y", -1, 2));

        assertThat(graph.layers()).extracting(Layer::operator).containsExactly("Relu", "Twice");
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 2L), new Random(1))));
    }

    @Test
    void doesNotRepeatRandomNodes() throws Exception {
        ModelGraph graph = read(new TestGraph()
                .input("x", -1, 2)
                .node("Relu", "r", List.of("x"))
                .node("RandomNormalLike", "noise", List.of("r"), TestGraph.attribute("seed", 1f))
                .node("Shape", "s", List.of("x"))
                .node("ConstantOfShape", "zeros", List.of("s"))
                .node("RandomUniformLike", "more", List.of("zeros"), TestGraph.attribute("seed", 2f))
                .node("Add", "a", List.of("noise", "more"))
                .node("Add", "y", List.of("a", "more"))
                .output("y", -1, 2));

        assertThat(graph.layers()).extracting(Layer::name).containsExactly("r", "noise", "more", "a", "y");
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 2L), new Random(1))));
    }

    /** Skip connection over several layers, an input that is needed late, and an output that is made early. */
    private static TestGraph twoInputsTwoOutputs() {
        return new TestGraph()
                .input("a", -1, 4)
                .input("b", -1, 4)
                .weight("w", 4, 4)
                .node("MatMul", "skip", List.of("a", "w"))
                .node("Relu", "early", List.of("skip"))
                .node("MatMul", "deep", List.of("early", "w"))
                .node("Add", "sum", List.of("deep", "skip"))
                .node("Mul", "late", List.of("sum", "b"))
                .output("late", -1, 4)
                .output("early", -1, 4);
    }

    private static TestGraph shapeChains() {
        return shapeChains(-1);
    }

    /** Reshapes as exporters write them, by shapes of activations made long before. */
    private static TestGraph shapeChains(long batch) {
        return new TestGraph()
                .input("x", batch, 2, 3)
                .number("zero", 0)
                .numbers("axis", 0)
                .numbers("six", 6)
                .numbers("three_two", 3, 2)
                .node("Relu", "first", List.of("x"))
                .node("Shape", "shape", List.of("first"))
                .node("Gather", "batch", List.of("shape", "zero"), TestGraph.attribute("axis", 0))
                .node("Unsqueeze", "batch1", List.of("batch", "axis"))
                .node("Concat", "flat_shape", List.of("batch1", "six"), TestGraph.attribute("axis", 0))
                .node("Sigmoid", "second", List.of("first"))
                .node("Reshape", "flat", List.of("second", "flat_shape"))
                .node("Tanh", "third", List.of("flat"))
                .node("Shape", "batch_only", List.of("second"), TestGraph.attribute("end", 1))
                .node("Concat", "turned_shape", List.of("batch_only", "three_two"), TestGraph.attribute("axis", 0))
                .node("Reshape", "turned", List.of("third", "turned_shape"))
                .node("Relu", "fourth", List.of("turned"))
                .node("Size", "count", List.of("first"))
                .node("Cast", "count_float", List.of("count"), TestGraph.attribute("to", TestGraph.FLOAT))
                .node("Div", "fifth", List.of("fourth", "count_float"))
                .node("Reshape", "y", List.of("fifth", "shape"))
                .output("y", batch, 2, 3);
    }

    private static TensorSpec floats(String name, long size) {
        return new TensorSpec(name, ElementType.FP32, List.of(-1L, size));
    }

    private ModelGraph read(TestGraph graph) throws Exception {
        return ModelGraph.read(graph.write(directory));
    }
}
