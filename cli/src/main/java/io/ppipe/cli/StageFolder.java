package io.ppipe.cli;

import io.ppipe.execute.Partition;
import io.ppipe.execute.TemporaryFolder;
import io.ppipe.profile.CutModel;
import io.ppipe.profile.PartitionWriter;
import java.util.HashMap;
import java.util.Map;

/** Stages as ONNX files in a temporary folder, each written once, deleted in the end. For one thread. */
final class StageFolder implements AutoCloseable {
    private final Map<String, Partition> written = new HashMap<>();
    private final TemporaryFolder folder = TemporaryFolder.create("stages");

    /** Returns the stage that runs the blocks {@code [firstBlock, endBlock)} of a model. */
    Partition of(CutModel model, String name, int firstBlock, int endBlock) {
        return written.computeIfAbsent(
                "%s-%d-%d".formatted(name, firstBlock, endBlock),
                key -> PartitionWriter.write(model, firstBlock, endBlock, name, folder.path()));
    }

    @Override
    public void close() {
        folder.close();
    }
}
