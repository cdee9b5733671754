package io.ppipe.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.execute.Device;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import io.ppipe.zoo.SampleModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares of a GPU, with the CPU in its place: the same processes, told the same. */
class SharedGpuTest {
    private static final SessionSettings CPU = new SessionSettings(1, Optimisation.NONE, Device.CPU);

    @TempDir
    Path directory;

    private List<Partition> stages() {
        Path onnx = directory.resolve("sample.onnx");
        SampleModel.write(onnx, 1);
        ModelGraph graph = ModelGraph.read(onnx);
        var cut = CutModel.of(
                graph,
                BoundaryType.UNCHANGED,
                List.of(
                        graph.cutPoints(BoundaryType.UNCHANGED).getFirst().afterLayer() + 1,
                        graph.layers().size()
                                - graph.cutPoints(BoundaryType.UNCHANGED)
                                        .getFirst()
                                        .afterLayer()
                                - 1));
        return MeasuredStages.write(cut, "sample", directory, false).partitions();
    }

    @Test
    void everyVgpuRunsEveryStage() {
        try (Passes passes = SharedGpu.start("sample", stages(), CPU, 2, 3, Map.of())) {
            for (int batch = 1; batch <= 2; batch++) {
                long[][] nanos = passes.run(batch);
                assertThat(nanos).hasNumberOfRows(3);
                for (long[] vgpu : nanos) {
                    assertThat(vgpu).hasSize(3);
                    assertThat(vgpu[2]).isPositive();
                }
            }
        }
    }

    @Test
    void saysWhatAProcessCannotDo() {
        var absent = new Partition("sample", 0, 1, directory.resolve("absent.onnx"), List.of(), List.of());

        assertThatThrownBy(() -> SharedGpu.start("sample", List.of(absent), CPU, 1, 2, Map.of())
                        .close())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("absent.onnx: ONNX Runtime");
    }

    @Test
    void saysThatAProcessEnded() {
        // A JVM that gets an option it doesn't know ends at once.
        assertThatThrownBy(() -> SharedGpu.start(
                                "sample", stages(), CPU, 1, 2, Map.of("JDK_JAVA_OPTIONS", "-XX:NoSuchOption=1"))
                        .close())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the process of vGPU 0 of 2 ended with exit code 1");
    }

    @Test
    void sharesAreProcessesOfMps() throws Exception {
        assertThatThrownBy(() -> Mps.environment(3, directory))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("nvidia-cuda-mps-control -d");

        Files.createFile(directory.resolve("control"));
        assertThat(Mps.environment(3, directory))
                .containsEntry("CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", "33")
                .containsEntry("CUDA_MPS_PIPE_DIRECTORY", directory.toString());
    }
}
