package io.ppipe.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.execute.NvidiaSmi.Found;
import io.ppipe.execute.NvidiaSmi.Gpu;
import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaSmiTest {
    private static final String TWO = """
        0, GPU-5c1e, NVIDIA L4, 23034, 550.54.15, 2040, 2040, [N/A]
        1, GPU-77aa, NVIDIA A100-SXM4-80GB, 81920, 550.54.15, [Not Supported], 1410, Enabled
        """;
    private static final List<Gpu> GPUS = List.of(
            new Gpu(
                    0,
                    "GPU-5c1e",
                    "NVIDIA L4",
                    23034L << 20,
                    "550.54.15",
                    OptionalInt.of(2040),
                    OptionalInt.of(2040),
                    false),
            new Gpu(
                    1,
                    "GPU-77aa",
                    "NVIDIA A100-SXM4-80GB",
                    81920L << 20,
                    "550.54.15",
                    OptionalInt.empty(),
                    OptionalInt.of(1410),
                    true));

    @TempDir
    Path folder;

    @Test
    void readsWhatTheDriverTells() {
        assertThat(NvidiaSmi.parse(TWO)).isEqualTo(GPUS);
        assertThat(NvidiaSmi.parse("\n")).isEmpty();
    }

    @Test
    void refusesAnotherAnswer() {
        assertThatThrownBy(() -> NvidiaSmi.parse("No devices were found"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("'No devices were found' where it was asked for: index, uuid");
        assertThatThrownBy(() -> NvidiaSmi.parse("x, a, b, 1, c, 1, 1, d")).isInstanceOf(BadInputException.class);
    }

    @Test
    void asksTheProgram() throws IOException {
        assertThat(NvidiaSmi.ask(program("cat <<'END'\n" + TWO + "END\n"))).isEqualTo(new Found.Gpus(GPUS));
        assertThat(NvidiaSmi.ask(program("test \"$2\" = --format=csv,noheader,nounits || echo bad")))
                .isEqualTo(new Found.Gpus(List.of()));
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        assertThat(NvidiaSmi.ask(folder.resolve("absent").toString()))
                .isEqualTo(new Found.Nothing(
                        "nvidia-smi was not found: there is no NVIDIA driver, or it is not on the PATH."));
        assertThat(NvidiaSmi.ask(program("echo could not talk to the driver >&2; exit 9")))
                .isEqualTo(new Found.Nothing("nvidia-smi failed: could not talk to the driver"));
    }

    private String program(String script) throws IOException {
        Path file = Files.createTempFile(
                folder, "smi", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(file, "#!/bin/sh\n" + script).toString();
    }
}
