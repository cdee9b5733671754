package io.ppipe.cli;

import io.ppipe.execute.Device;
import io.ppipe.execute.NvidiaSmi;
import io.ppipe.execute.OnnxRuntime;
import io.ppipe.profile.Machine;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ppipe devices}: what sessions can run on here. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        header = "List what this machine can profile and run stages on: its CPU and its NVIDIA GPUs.",
        description = "The names are those of --device. GPUs need a build with -Pgpu, CUDA 12 and cuDNN 9.")
final class DevicesCommand implements Callable<Integer> {
    private static final double GIB = 1L << 30;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        print(out, NvidiaSmi.ask());
        return Main.OK;
    }

    static void print(PrintWriter out, NvidiaSmi.Found found) {
        var table = new TextTable("device", "name", ">GiB", ">MHz", "details");
        table.row(
                Device.CPU.toString(),
                Machine.name(Device.CPU),
                "-",
                "-",
                "%d cores, %s".formatted(Runtime.getRuntime().availableProcessors(), Machine.conditions(Device.CPU)));
        if (found instanceof NvidiaSmi.Found.Gpus(List<NvidiaSmi.Gpu> gpus)) {
            for (NvidiaSmi.Gpu gpu : gpus) {
                table.row(
                        new Device(Device.Kind.CUDA, gpu.index()).toString(),
                        gpu.name(),
                        "%.1f".formatted(gpu.memoryBytes() / GIB),
                        clock(gpu.maxClockMegahertz()),
                        "driver %s%s, %s".formatted(gpu.driver(), gpu.mig() ? ", split by MIG" : "", gpu.uuid()));
            }
        }
        out.print(table);
        switch (found) {
            case NvidiaSmi.Found.Nothing(String reason) -> out.println("No GPU: " + reason);
            case NvidiaSmi.Found.Gpus(List<NvidiaSmi.Gpu> gpus)
            when gpus.isEmpty() -> out.println("No GPU: the driver lists none.");
            case NvidiaSmi.Found.Gpus _ -> {}
        }
        out.println(
                OnnxRuntime.built(Device.Kind.CUDA)
                        ? "ONNX Runtime %s: cpu, cuda%s"
                                .formatted(
                                        OnnxRuntime.version(),
                                        OnnxRuntime.built(Device.Kind.TENSORRT) ? ", tensorrt" : "")
                        : "ONNX Runtime %s: cpu only. For GPUs build with `mvn -Pgpu -Dquick -DskipTests clean package`."
                                .formatted(OnnxRuntime.version()));
    }

    private static String clock(OptionalInt megahertz) {
        return megahertz.isPresent() ? Integer.toString(megahertz.getAsInt()) : "-";
    }
}
