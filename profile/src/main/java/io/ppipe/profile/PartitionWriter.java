package io.ppipe.profile;

import io.ppipe.execute.Partition;
import io.ppipe.model.BadInputException;
import io.ppipe.model.BoundaryType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes consecutive blocks of a model as an ONNX file of their own. */
public final class PartitionWriter {
    private static final int SHA_PREFIX = 16;

    private PartitionWriter() {}

    /**
     * Writes the blocks {@code [firstBlock, endBlock)}. The partition's inputs are what its layers need from outside, its
     * outputs what later blocks or the client need of it, both in the order in which they are made; a tensor that only
     * passes by is neither. The same arguments give the same bytes.
     *
     * @param model name of the model, kept in the partition; not part of the file's name
     * @param directory where to write; created if missing. The file's name says model, blocks, layers and boundary type; a
     *     file of that name is replaced whole, never seen half-written
     * @throws IllegalArgumentException when the model has no such blocks
     * @throws BadInputException when the file can't be written
     */
    public static Partition write(CutModel cut, int firstBlock, int endBlock, String model, Path directory) {
        if (firstBlock < 0 || firstBlock >= endBlock || endBlock > cut.blocks().size()) {
            throw new IllegalArgumentException("Blocks [%d, %d) of %s must be at least one of its %d."
                    .formatted(firstBlock, endBlock, model, cut.blocks().size()));
        }
        int firstLayer = cut.firstLayer(firstBlock);
        int endLayer = cut.firstLayer(endBlock);
        var stage = new StageGraph(cut.graph(), cut.boundary(), firstLayer, endLayer);
        Path file = directory.resolve("%s-blocks-%d-%d-layers-%d-%d-%s.onnx"
                .formatted(
                        cut.graph().sha256().substring(0, SHA_PREFIX),
                        firstBlock,
                        endBlock,
                        firstLayer,
                        endLayer,
                        cut.boundary() == BoundaryType.FLOAT16 ? "float16" : "unchanged"));
        replace(directory, file, stage);
        return new Partition(model, firstBlock, endBlock, file, stage.inputs(), stage.outputs());
    }

    private static void replace(Path directory, Path file, StageGraph stage) {
        try {
            Files.createDirectories(directory);
            Path unfinished = Files.createTempFile(directory, "stage", ".unfinished");
            try {
                try (OutputStream out = Files.newOutputStream(unfinished)) {
                    stage.write(out);
                }
                move(unfinished, file);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw OnnxFile.cannotWrite(file, e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
