package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.ppipe.model.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that can't be served are refused in one line that names the file, the place and a way out. */
class BadModelTest {
    @TempDir
    private Path directory;

    @Test
    void missingFile() {
        assertThat(refusal(directory.resolve("absent.onnx"))).contains("absent.onnx", "no such file");
    }

    @Test
    void directoryInsteadOfAFile() {
        assertThat(refusal(directory)).contains("can't be read");
    }

    @Test
    void truncatedFile() throws Exception {
        byte[] whole = relu().build().toByteArray();
        Path file = directory.resolve("truncated.onnx");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(refusal(file)).contains("truncated.onnx", "not a whole ONNX model");
        }
    }

    @Test
    void anotherKindOfFile() throws Exception {
        Path file = directory.resolve("notes.txt");
        Files.writeString(file, "format: cluster\nversion: 1\n", StandardCharsets.UTF_8);
        assertThat(refusal(file)).contains("notes.txt", "not a whole ONNX model");
    }

    @Test
    void weightsInAnotherFile() throws Exception {
        TensorProto outside = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TestGraph.FLOAT)
                .addDims(2)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .build();
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 2)
                        .initialiser(outside)
                        .node("Add", "y", List.of("x", "w"))
                        .output("y", -1, 2)))
                .contains("tensor w", "no relative path", "onnx.save");
    }

    @Test
    void shapeThatTheDataDoNotFill() throws Exception {
        TensorProto huge = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TestGraph.FLOAT)
                .addAllDims(List.of(1L << 40, 1L << 40))
                .addFloatData(1)
                .build();
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 2)
                        .initialiser(huge)
                        .node("Add", "y", List.of("x", "w"))
                        .output("y", -1, 2)))
                .contains("tensor w", "its data don't fill");
    }

    @Test
    void valueThatIsMadeTwice() throws Exception {
        assertThat(refusal(relu().node("Tanh", "y", List.of("x")))).contains("value y is made twice");
        assertThat(refusal(relu().node("Tanh", "x", List.of("y")))).contains("value x is made twice");
        assertThat(refusal(relu().input("x", -1, 2))).contains("two of its inputs are called x");
    }

    @Test
    void outputThatNothingMakes() throws Exception {
        assertThat(refusal(relu().output("z", -1, 2))).contains("output z is made by nothing");
        assertThat(refusal(relu().output("y", -1, 2))).contains("output y is there twice");
    }

    @Test
    void inputThatIsTooLargeToBeSent() throws Exception {
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 1L << 31, 4)
                        .node("Relu", "y", List.of("x"))
                        .output("y", -1, 1L << 31, 4)))
                .contains("input x", "2147483647 bytes");
    }

    @Test
    void openDimensionOtherThanTheBatch() throws Exception {
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 3, -1)
                        .node("Relu", "y", List.of("x"))
                        .output("y", -1, 3, -1)))
                .contains("dimension 2 of input x", "make_dynamic_shape_fixed");
    }

    @Test
    void textInput() throws Exception {
        assertThat(refusal(new TestGraph()
                        .typedInput("x", TensorProto.DataType.STRING_VALUE, -1, 2)
                        .node("Identity", "y", List.of("x"))
                        .typedOutput("y", TensorProto.DataType.STRING_VALUE, -1, 2)))
                .contains("input x", "type");
    }

    @Test
    void sequenceOutput() throws Exception {
        var element = TestGraph.value("y", TestGraph.FLOAT, -1, 2).getType();
        ValueInfoProto sequence = ValueInfoProto.newBuilder()
                .setName("y")
                .setType(TypeProto.newBuilder()
                        .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(element)))
                .build();
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 2)
                        .node("SequenceConstruct", "y", List.of("x"))
                        .output(sequence)))
                .contains("output y", "no tensor");
    }

    @Test
    void outputWhoseShapeDependsOnTheData() throws Exception {
        assertThat(refusal(new TestGraph()
                        .input("x", 1, 4)
                        .node("NonZero", "where", List.of("x"))
                        .typedOutput("where", TestGraph.INT64, 2, -1)))
                .contains("output where", "isn't known before running");
    }

    @Test
    void unknownOperator() throws Exception {
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 2)
                        .node("Frobnicate", "y", List.of("x"))
                        .output("y", -1, 2)))
                .contains("ONNX Runtime", "Frobnicate");
    }

    @Test
    void valueThatNothingMakes() throws Exception {
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 2)
                        .node("Add", "y", List.of("x", "ghost"))
                        .output("y", -1, 2)))
                .contains("node y (Add)", "ghost");
    }

    @Test
    void nodesInACircle() throws Exception {
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 2)
                        .node("Add", "y", List.of("x", "z"))
                        .node("Relu", "z", List.of("y"))
                        .output("y", -1, 2)))
                .contains("circle");
    }

    @Test
    void inputThatIsAnOutputAsWell() throws Exception {
        assertThat(refusal(relu().output("x", -1, 2))).contains("output x is an input");
    }

    @Test
    void nothingToCompute() throws Exception {
        assertThat(refusal(new TestGraph()
                        .input("x", -1, 2)
                        .node("Shape", "y", List.of("x"))
                        .typedOutput("y", TestGraph.INT64, 2)))
                .contains("nothing to compute");
    }

    private static TestGraph relu() {
        return new TestGraph().input("x", -1, 2).node("Relu", "y", List.of("x")).output("y", -1, 2);
    }

    private String refusal(TestGraph graph) throws Exception {
        return refusal(graph.write(directory));
    }

    private static String refusal(Path file) {
        Throwable refused = catchThrowable(() -> ModelGraph.read(file));
        assertThat(refused).isInstanceOf(BadInputException.class);
        String message = String.valueOf(refused.getMessage());
        assertThat(message).contains(file.toString()).doesNotContain("\n");
        return message;
    }
}
