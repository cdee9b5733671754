package io.ppipe.profile;

import io.ppipe.execute.Device;
import io.ppipe.execute.NvidiaSmi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What this machine computes with, in words, as profiles record it. */
public final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path GOVERNOR = Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");

    private Machine() {}

    /** Returns the name of a device: the CPU's, or the GPU's where the driver tells. */
    public static String name(Device device) {
        return device.gpu() ? gpu(device).map(NvidiaSmi.Gpu::name).orElse(device.toString()) : cpu();
    }

    /** Returns what times depend on besides: clocks as they are now, driver, operating system. */
    public static String conditions(Device device) {
        var parts = new ArrayList<String>();
        if (device.gpu()) {
            gpu(device).ifPresent(gpu -> {
                gpu.clockMegahertz().ifPresent(now -> parts.add("SM clock %d MHz".formatted(now)));
                parts.add("driver " + gpu.driver());
            });
        } else {
            parts.addAll(cpuClocks());
        }
        parts.add("%s %s %s"
                .formatted(
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch")));
        return String.join(", ", parts);
    }

    /** Returns the CPU's name, or the name of its architecture where the system doesn't say more. */
    static String cpu() {
        return cpuInfo("model name").stream().findFirst().orElse(System.getProperty("os.arch", "unknown CPU"));
    }

    private static List<String> cpuClocks() {
        var parts = new ArrayList<String>();
        double[] megahertz = cpuInfo("cpu MHz").stream()
                .mapToDouble(Double::parseDouble)
                .sorted()
                .toArray();
        if (megahertz.length > 0) {
            parts.add(String.format(
                    Locale.ROOT, "clocks %.0f to %.0f MHz", megahertz[0], megahertz[megahertz.length - 1]));
        }
        try {
            parts.add("governor " + Files.readString(GOVERNOR).strip());
        } catch (IOException e) {
            // Virtual machines have none.
        }
        return parts;
    }

    private static List<String> cpuInfo(String key) {
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<NvidiaSmi.Gpu> gpu(Device device) {
        return switch (NvidiaSmi.ask()) {
            case NvidiaSmi.Found.Gpus(List<NvidiaSmi.Gpu> gpus) ->
                gpus.stream().filter(gpu -> gpu.index() == device.index()).findFirst();
            case NvidiaSmi.Found.Nothing _ -> Optional.empty();
        };
    }
}
