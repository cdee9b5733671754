package io.ppipe.execute;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * An ONNX Runtime session for one partition. Safe for use by several threads at once: a run keeps no state in it, the
 * callers own the buffers.
 */
public final class StageSession implements AutoCloseable {
    private final Partition partition;

    private StageSession(Partition partition) {
        this.partition = partition;
    }

    /**
     * Loads the partition.
     *
     * @throws io.ppipe.model.BadInputException when ONNX Runtime can't load the file
     */
    public static StageSession open(Partition partition, SessionSettings settings) {
        return new StageSession(partition);
    }

    /** Returns what it runs. */
    public Partition partition() {
        return partition;
    }

    /**
     * Runs one batch. Nothing is copied: ONNX Runtime reads and writes the buffers' memory.
     *
     * @param batchSize requests in the batch; becomes dimension 0 of every tensor whose spec says −1 there
     * @param inputs direct buffers in native byte order, in the order of {@link Partition#inputs}; from position 0,
     *     {@code batchSize × bytesPerRequest} bytes each are read
     * @param outputs direct buffers in native byte order, in the order of {@link Partition#outputs}; filled from
     *     position 0 likewise; positions and limits are left alone
     * @throws ExecutionException when the run fails, or an output has another shape than its spec says
     */
    public void run(int batchSize, List<ByteBuffer> inputs, List<ByteBuffer> outputs) throws ExecutionException {}

    @Override
    public void close() {}
}
