package io.ppipe.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this machine computes with, in words. */
final class Device {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Device() {}

    /** Returns the CPU's name, or the name of its architecture where the system doesn't say more. */
    static String cpu() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseGet(Device::architecture);
        } catch (IOException e) {
            return architecture();
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch", "unknown CPU");
    }
}
