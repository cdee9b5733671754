package io.ppipe.cli;

import io.ppipe.execute.Partition;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.PartitionWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** Stages as ONNX files in a temporary folder, each written once, deleted in the end. For one thread. */
final class StageFolder implements AutoCloseable {
    private final Map<String, Partition> written = new HashMap<>();
    private final Path folder;

    StageFolder() {
        try {
            this.folder = Files.createTempDirectory("ppipe-stages-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the stage that runs the blocks {@code [firstBlock, endBlock)} of a model. */
    Partition of(CutModel model, String name, int firstBlock, int endBlock) {
        return written.computeIfAbsent(
                "%s-%d-%d".formatted(name, firstBlock, endBlock),
                key -> PartitionWriter.write(model, firstBlock, endBlock, name, folder));
    }

    @Override
    public void close() {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
