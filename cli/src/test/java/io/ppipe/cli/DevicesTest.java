package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ppipe.execute.NvidiaSmi;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private static String printed(NvidiaSmi.Found found) {
        var out = new StringWriter();
        var writer = new PrintWriter(out);
        DevicesCommand.print(writer, found);
        writer.flush();
        return out.toString();
    }

    @Test
    void listsCpuAndGpus() {
        var gpu = new NvidiaSmi.Gpu(
                0, "GPU-1", "NVIDIA L4", 24L << 30, "550.54", OptionalInt.of(300), OptionalInt.of(2040), false);

        assertThat(printed(new NvidiaSmi.Found.Gpus(List.of(gpu))))
                .containsPattern("cpu .* cores, ")
                .containsPattern("cuda:0 +NVIDIA L4 +24\\.0 +2040 +driver 550\\.54, GPU-1")
                .doesNotContain("No GPU");
    }

    @Test
    void saysWhyThereIsNoGpu() {
        assertThat(printed(new NvidiaSmi.Found.Nothing("nvidia-smi was not found.")))
                .contains("No GPU: nvidia-smi");
        assertThat(printed(new NvidiaSmi.Found.Gpus(List.of()))).contains("No GPU: the driver lists none.");
    }
}
