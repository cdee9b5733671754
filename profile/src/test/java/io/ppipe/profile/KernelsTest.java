package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.zoo.SampleModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the sample CNN's layers. */
class KernelsTest {
    @TempDir
    private Path folder = Path.of(".");

    private ModelGraph graph() throws IOException {
        Path onnx = folder.resolve("sample.onnx");
        SampleModel.write(onnx, 1);
        return ModelGraph.read(onnx);
    }

    @BeforeEach
    void nothingElse() {
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void activationsAreFusedIntoTheConvolutionBeforeThem() throws IOException {
        ModelGraph graph = graph();
        int layers = graph.layers().size();

        List<Kernel> kernels = Kernels.of(graph, List.of(layers)).getFirst();

        long convolutions = graph.layers().stream()
                .filter(layer -> layer.operator().equals("Conv"))
                .count();
        assertThat(kernels.stream().filter(kernel -> kernel.kind().computes()).count())
                .isGreaterThanOrEqualTo(convolutions);
        assertThat(kernels).hasSizeLessThan(layers);
        assertThat(kernels)
                .extracting(kernel -> graph.layers().get(kernel.layer()).operator())
                .doesNotContain("Relu", "Add");
        assertThat(kernels).allMatch(kernel -> kernel.activationBytes() > 0);
    }

    @Test
    void aCutBehindAConvolutionCostsAKernelAndTraffic() throws IOException {
        ModelGraph graph = graph();
        int layers = graph.layers().size();
        assertThat(graph.layers().get(1).kind()).isEqualTo(OperatorKind.ACTIVATION);

        List<Kernel> whole = Kernels.of(graph, List.of(layers)).getFirst();
        List<List<Kernel>> cut = Kernels.of(graph, List.of(1, layers - 1));

        assertThat(cut.get(0).size() + cut.get(1).size()).isEqualTo(whole.size() + 1);
        assertThat(cut.get(1).getFirst().kind()).isEqualTo(KernelKind.MEMORY);
        assertThat(bytes(cut.get(0)) + bytes(cut.get(1))).isGreaterThan(bytes(whole));
    }

    private static long bytes(List<Kernel> kernels) {
        return kernels.stream().mapToLong(Kernel::activationBytes).sum();
    }

    @Test
    void blocksMustHaveAllLayers() throws IOException {
        ModelGraph graph = graph();

        assertThatThrownBy(() -> Kernels.of(graph, List.of(1, 2))).hasMessageContaining("the blocks have 3");
    }
}
