package io.ppipe.execute;

import io.ppipe.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** NVIDIA GPUs of this machine, as the driver's {@code nvidia-smi} tells them. */
public final class NvidiaSmi {
    private static final long TIMEOUT_SECONDS = 20;
    private static final List<String> FIELDS = List.of(
            "index",
            "uuid",
            "name",
            "memory.total",
            "driver_version",
            "clocks.sm",
            "clocks.max.sm",
            "mig.mode.current");
    private static final long MIB = 1 << 20;

    private NvidiaSmi() {}

    /**
     * One GPU.
     *
     * @param index as nvidia-smi counts; CUDA counts alike where CUDA_DEVICE_ORDER is PCI_BUS_ID
     * @param clockMegahertz of the multiprocessors right now, where the driver tells
     * @param maxClockMegahertz the highest that they may have, where the driver tells
     * @param mig whether it is split by MIG
     */
    public record Gpu(
            int index,
            String uuid,
            String name,
            long memoryBytes,
            String driver,
            OptionalInt clockMegahertz,
            OptionalInt maxClockMegahertz,
            boolean mig) {}

    /** What there is. */
    public sealed interface Found {
        /** The driver works; there may be no GPU. */
        record Gpus(List<Gpu> gpus) implements Found {
            public Gpus {
                gpus = List.copyOf(gpus);
            }
        }

        /** No GPU can be used. */
        record Nothing(String reason) implements Found {}
    }

    /** Asks the driver. */
    public static Found ask() {
        return ask("nvidia-smi");
    }

    /** Asks a program that is called like nvidia-smi. */
    static Found ask(String program) {
        @Nullable Path output = null;
        try {
            output = Files.createTempFile("ppipe-nvidia-smi", ".csv");
            Process process = new ProcessBuilder(
                            program, "--query-gpu=" + String.join(",", FIELDS), "--format=csv,noheader,nounits")
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Found.Nothing("nvidia-smi did not answer within %d s.".formatted(TIMEOUT_SECONDS));
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            return process.exitValue() == 0
                    ? new Found.Gpus(parse(text))
                    : new Found.Nothing("nvidia-smi failed: " + text.strip().replaceAll("\\s+", " "));
        } catch (IOException e) {
            return new Found.Nothing("nvidia-smi was not found: there is no NVIDIA driver, or it is not on the PATH.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found.Nothing("nvidia-smi was interrupted.");
        } finally {
            delete(output);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads what nvidia-smi prints for the fields above, one GPU per line.
     *
     * @throws BadInputException when a line is another
     */
    static List<Gpu> parse(String csv) {
        var gpus = new ArrayList<Gpu>();
        for (String line : csv.lines().filter(l -> !l.isBlank()).toList()) {
            String[] cells = line.split(",", -1);
            Optional<Gpu> gpu = cells.length == FIELDS.size() ? gpu(cells) : Optional.empty();
            gpus.add(gpu.orElseThrow(() -> new BadInputException(
                    "nvidia-smi said '%s' where it was asked for: %s".formatted(line, String.join(", ", FIELDS)))));
        }
        return gpus;
    }

    private static Optional<Gpu> gpu(String[] cells) {
        OptionalInt index = whole(cells[0]);
        OptionalInt memory = whole(cells[3]);
        if (index.isEmpty() || memory.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Gpu(
                index.getAsInt(),
                cells[1].strip(),
                cells[2].strip(),
                memory.getAsInt() * MIB,
                cells[4].strip(),
                whole(cells[5]),
                whole(cells[6]),
                cells[7].strip().equals("Enabled")));
    }

    /** Fields that a GPU doesn't have read {@code [N/A]} or {@code [Not Supported]}. */
    private static OptionalInt whole(String cell) {
        try {
            return OptionalInt.of(Integer.parseInt(cell.strip()));
        } catch (NumberFormatException e) {
            return OptionalInt.empty();
        }
    }
}
