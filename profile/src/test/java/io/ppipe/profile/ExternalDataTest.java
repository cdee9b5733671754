package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.model.BadInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights in other files: read from the model's folder, and from nowhere else. */
class ExternalDataTest {
    private static final int COUNT = 16;

    @TempDir
    private Path directory;

    private Path models;

    @BeforeEach
    void writeWeights() throws Exception {
        models = directory.resolve("models");
        Files.createDirectories(models.resolve("weights"));
        byte[] weights = weights(1);
        Files.write(models.resolve("weights/w.bin"), weights);
        Files.write(directory.resolve("secret.bin"), weights);
    }

    @Test
    void givesTheSameBitsCut() throws Exception {
        ModelGraph graph = ModelGraph.read(model("weights/w.bin", 8, COUNT * 4));

        assertThat(graph.layers()).extracting(Layer::weightBytes).containsExactly(64L, 0L, 64L);
        Runs.assertSameBitsCutAnywhere(graph, directory, Map.of("x", Tensor.random(List.of(3L, 4L), new Random(1))));
    }

    @Test
    void otherWeightsAreAnotherModel() throws Exception {
        String before = ModelGraph.read(model("weights/w.bin", 8, COUNT * 4)).sha256();
        Files.write(models.resolve("weights/w.bin"), weights(2));
        String after = ModelGraph.read(model("weights/w.bin", 8, COUNT * 4)).sha256();

        assertThat(after).isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.bin",
                "weights/../../secret.bin",
                "/etc/hostname",
                "C:\\secret.bin",
                "\\\\server\\secret.bin",
                "absent.bin",
                "weights",
                "",
                "a\0b"
            })
    void refusesFilesOutsideTheModelsFolderAndWhatIsNoFile(String location) throws Exception {
        assertThat(refusal(model(location, 0, COUNT * 4))).contains("tensor w", "the model's folder");
    }

    @Test
    void refusesLinksThatLeadOut() throws Exception {
        Files.createSymbolicLink(models.resolve("link.bin"), directory.resolve("secret.bin"));
        Files.createSymbolicLink(models.resolve("folder"), directory);
        Files.createSymbolicLink(models.resolve("inside.bin"), models.resolve("weights/w.bin"));

        assertThat(refusal(model("link.bin", 0, COUNT * 4))).contains("a link that leads out");
        assertThat(refusal(model("folder/secret.bin", 0, COUNT * 4))).contains("a link that leads out");
        assertThat(ModelGraph.read(model("inside.bin", 0, COUNT * 4)).layers()).hasSize(3);
    }

    @Test
    void refusesDataThatAreNotThere() throws Exception {
        assertThat(refusal(model("weights/w.bin", 16, COUNT * 4))).contains("from byte 16", "which has 72");
        assertThat(refusal(model("weights/w.bin", -8, COUNT * 4))).contains("from byte -8");
        assertThat(refusal(model("weights/w.bin", 0, 8))).contains("needs 64 bytes");
        assertThat(refusal(model("weights/w.bin", Long.MAX_VALUE, Long.MAX_VALUE)))
                .contains("which has 72");
        assertThat(refusal(model("weights/w.bin", "many", "64"))).contains("no number");
    }

    private Path model(String location, long offset, long length) throws Exception {
        return model(location, Long.toString(offset), Long.toString(length));
    }

    private Path model(String location, String offset, String length) throws Exception {
        TensorProto weight = TensorProto.newBuilder()
                .setName("w")
                .setDataType(TestGraph.FLOAT)
                .addAllDims(List.of(4L, 4L))
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addAllExternalData(
                        Stream.of(entry("location", location), entry("offset", offset), entry("length", length))
                                .toList())
                .build();
        return new TestGraph()
                .input("x", -1, 4)
                .initialiser(weight)
                .node("MatMul", "a", List.of("x", "w"))
                .node("Relu", "b", List.of("a"))
                .node("MatMul", "y", List.of("b", "w"))
                .output("y", -1, 4)
                .write(models);
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    /** Eight bytes that belong to nobody, then the weights. */
    private static byte[] weights(long seed) {
        var random = new Random(seed);
        var bytes = ByteBuffer.allocate(8 + COUNT * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(seed);
        for (int i = 0; i < COUNT; i++) {
            bytes.putFloat(random.nextFloat());
        }
        return bytes.array();
    }

    private static String refusal(Path file) {
        Throwable refused = catchThrowable(() -> ModelGraph.read(file));
        assertThat(refused).isInstanceOf(BadInputException.class);
        String message = String.valueOf(refused.getMessage());
        assertThat(message).contains(file.toString()).doesNotContain("\n");
        return message;
    }
}
