package io.ppipe.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.model.BadInputException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda:0", "cuda:3", "tensorrt:0"})
    void readsWhatItWrites(String text) {
        assertThat(Device.parse(text)).hasToString(text);
    }

    @Test
    void takesTheFirstGpuWhereNoneIsNamed() {
        assertThat(Device.parse("cuda")).isEqualTo(new Device(Device.Kind.CUDA, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cpu:0", "cuda:", "cuda:-1", "cuda:x", "CUDA:0", "cuda:0 "})
    void refusesOtherNames(String text) {
        assertThatThrownBy(() -> Device.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be cpu, cuda:N or tensorrt:N");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CPU")
    void saysHowToBuildForGpus(Device.Kind kind) {
        assumeFalse(OnnxRuntime.built(kind), "This build has the ONNX Runtime for GPUs.");
        var settings = new SessionSettings(1, Optimisation.NONE, new Device(kind, 0));

        assertThatThrownBy(() -> OnnxRuntime.options(settings).close())
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("was built with the ONNX Runtime for CPUs")
                .hasMessageContaining("mvn -Pgpu");
    }

    @Test
    void refusesTwoRuntimesOnOneClassPath(@TempDir Path folder) throws Exception {
        Path copy = folder.resolve("ai/onnxruntime/OrtEnvironment.class");
        Files.createDirectories(copy.getParent());
        Files.write(copy, new byte[] {1});

        OnnxRuntime.requireOneRuntime(DeviceTest.class.getClassLoader());
        try (var both = new URLClassLoader(new URL[] {folder.toUri().toURL()}, DeviceTest.class.getClassLoader())) {
            assertThatThrownBy(() -> OnnxRuntime.requireOneRuntime(both))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("2 ONNX Runtimes");
        }
    }
}
