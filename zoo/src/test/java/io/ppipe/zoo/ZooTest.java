package io.ppipe.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.ppipe.model.BadInputException;
import io.ppipe.zoo.ZooModel.Variant;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ZooTest {
    @TempDir
    private Path directory = Path.of(".");

    static List<ZooModel> models() {
        return Zoo.models();
    }

    @Test
    void hasTheEighteenModelsByName() {
        assertThat(Zoo.models())
                .extracting(ZooModel::name)
                .hasSize(18)
                .isSorted()
                .doesNotHaveDuplicates();
        for (ZooModel model : Zoo.models()) {
            assertThat(Zoo.named(model.name())).isSameAs(model);
        }
    }

    @Test
    void saysWhichModelsThereAre() {
        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> Zoo.named("resnet"))
                .withMessageContainingAll("'resnet'", "convnext_large", "wide_resnet101_2");
    }

    @ParameterizedTest
    @CsvSource({"convnext_larg, convnext_large", "RepVGG_B3, repvgg-b3", "repvgg, repvgg-b3", "Wide, wide_resnet101_2"})
    void offersTheModelThatWasMeant(String typed, String meant) {
        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> Zoo.named(typed))
                .withMessageContaining("Maybe '%s'?", meant);
    }

    @ParameterizedTest
    @MethodSource("models")
    void smallVariantsAreSmall(ZooModel model) {
        ZooModel.Size full = model.size(Variant.FULL);
        ZooModel.Size small = model.size(Variant.SMALL);

        assertThat(small.layers()).isBetween(15, 500);
        assertThat(small.parameters()).isLessThan(3_000_000);
        assertThat(full.parameters()).isGreaterThan(10 * small.parameters());
    }

    @ParameterizedTest
    @MethodSource("models")
    void layersHaveNamesOfTheirOwn(ZooModel model) throws Exception {
        Path file = directory.resolve("model.onnx");
        model.write(file, Variant.FULL, Weights.EVEN, 1);

        ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));

        assertThat(proto.getGraph().getNodeList().stream()
                        .map(node -> node.getName())
                        .toList())
                .doesNotHaveDuplicates();
        assertThat(Files.size(file)).isLessThan(3_000_000);
    }

    /** Published by the authors of the architectures, for ImageNet's 1000 classes; batch normalisation folded here. */
    @Test
    void hasAboutAsManyParametersAsTheAuthorsSay() {
        assertThat(millions("convnext_large")).isBetween(197.0, 198.5);
        assertThat(millions("efficientnet-b8")).isBetween(86.0, 88.0);
        assertThat(millions("wide_resnet101_2")).isBetween(126.0, 127.5);
        assertThat(millions("googlenet-v3")).isBetween(23.0, 24.0);
        assertThat(millions("repvgg-b3")).isBetween(110.0, 112.0);
        // 94.9 as trained: there, three levels share convolutions, but not the normalisation that is folded into them
        // here.
        assertThat(millions("rtmdet_x")).isBetween(94.9 + 7.2, 94.9 + 7.5);
    }

    private static double millions(String name) {
        return Zoo.named(name).size(Variant.FULL).parameters() / 1e6;
    }

    @Test
    void weightsStandInTheFileAndKeepTheirVariance() throws Exception {
        Path file = directory.resolve("model.onnx");
        Zoo.named("repvgg-b3").write(file, Variant.SMALL, Weights.SEEDED, 3);

        TensorProto weight = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals("/stage3/stage3.1/rbr_reparam/Conv.weight"))
                .findFirst()
                .orElseThrow();

        assertThat(weight.getDimsList()).containsExactly(24L, 24L, 3L, 3L);
        FloatBuffer values = weight.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        double squares = 0;
        for (int i = 0; i < values.limit(); i++) {
            squares += values.get(i) * values.get(i);
        }
        assertThat(values.limit()).isEqualTo(24 * 24 * 9);
        assertThat(squares / values.limit()).isBetween(0.9 * 2 / (24 * 9), 1.1 * 2 / (24 * 9));
    }

    @Test
    void refusesLayersThatDoNotFitTogether() {
        var net = new Network("test");
        Value x = net.input("x", 6, 8, 8);
        Value y = net.convolution(x, Conv.of(4, 3));

        assertThatIllegalArgumentException().isThrownBy(() -> net.add(x, y)).withMessageContaining("don't fit");
        assertThatIllegalArgumentException().isThrownBy(() -> net.reshape(x, 5, 8));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> net.convolution(x, Conv.of(4, 3).groups(4)));
        assertThatIllegalArgumentException().isThrownBy(() -> net.matMul(x, net.reshape(y, 4, 4, 16)));
    }
}
