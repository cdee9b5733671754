package io.ppipe.execute;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.ppipe.model.BadInputException;
import io.ppipe.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * An ONNX Runtime session for one partition. Safe for use by several threads at once: a run keeps no state in it, the
 * callers own the buffers.
 */
public final class StageSession implements AutoCloseable {
    private final Partition partition;
    private final OrtSession session;

    /** Runs share the session (read); closing takes it away (write) when the last run has ended. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    private boolean closed;

    private StageSession(Partition partition, OrtSession session) {
        this.partition = partition;
        this.session = session;
    }

    /**
     * Loads the partition.
     *
     * @throws io.ppipe.model.BadInputException when ONNX Runtime can't load the file, the file lacks a tensor of the
     *     partition, or a tensor has a type that ONNX Runtime's Java interface can't pass
     */
    public static StageSession open(Partition partition, SessionSettings settings) {
        return open(partition, settings, Optional.empty());
    }

    /** Loads the partition; ONNX Runtime writes its trace to a file whose name begins with {@code trace}. */
    static StageSession open(Partition partition, SessionSettings settings, Optional<Path> trace) {
        partition.inputs().forEach(spec -> BoundTensor.checkType(partition.onnx(), spec));
        partition.outputs().forEach(spec -> BoundTensor.checkType(partition.onnx(), spec));
        try (var options = OnnxRuntime.options(settings)) {
            if (trace.isPresent()) {
                options.enableProfiling(trace.get().toString());
            }
            OrtSession session =
                    OnnxRuntime.environment().createSession(partition.onnx().toString(), options);
            var opened = new StageSession(partition, session);
            try {
                opened.checkNames(session.getInputNames(), partition.inputs(), "input");
                opened.checkNames(session.getOutputNames(), partition.outputs(), "output");
                return opened;
            } catch (BadInputException e) {
                opened.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new BadInputException(
                    "%s: ONNX Runtime %s cannot load it: %s"
                            .formatted(partition.onnx(), OnnxRuntime.version(), OnnxRuntime.reason(e)),
                    e);
        }
    }

    private void checkNames(Set<String> inFile, List<TensorSpec> specs, String kind) {
        for (TensorSpec spec : specs) {
            if (!inFile.contains(spec.name())) {
                throw new BadInputException(
                        "%s: it has no %s %s; it has %s.".formatted(partition.onnx(), kind, spec.name(), inFile));
            }
        }
    }

    /** Returns what it runs. */
    public Partition partition() {
        return partition;
    }

    /**
     * Returns a new buffer that fits {@link #run}: direct, in native byte order, filled with zeros.
     *
     * @param batchSize requests that it must hold; at least 1
     * @throws IllegalArgumentException when it would be larger than 2 GiB, the most that a buffer can hold
     */
    public static ByteBuffer buffer(TensorSpec spec, int batchSize) {
        long sizeBytes = BoundTensor.sizeBytes(spec, batchSize);
        if (sizeBytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("Tensor %s: a batch of %d takes %d bytes, at most %d are possible."
                    .formatted(spec.name(), batchSize, sizeBytes, Integer.MAX_VALUE));
        }
        return ByteBuffer.allocateDirect((int) sizeBytes).order(ByteOrder.nativeOrder());
    }

    /**
     * Runs one batch. Nothing is copied: ONNX Runtime reads and writes the buffers' memory. (Only an output that is one
     * of the inputs, unchanged, is a copy.)
     *
     * @param batchSize requests in the batch; becomes dimension 0 of every tensor whose spec says −1 there; must be 1
     *     where the partition's inputs have a fixed batch
     * @param inputs direct buffers in native byte order, in the order of {@link Partition#inputs}; from position 0,
     *     {@code batchSize × bytesPerRequest} bytes each are read
     * @param outputs direct buffers in native byte order, in the order of {@link Partition#outputs}; filled from
     *     position 0 likewise; positions and limits are left alone
     * @throws ExecutionException when the run fails, or an output has another shape than its spec says
     * @throws IllegalArgumentException when a buffer is missing, too small, not direct, in the wrong byte order, or an
     *     output buffer is read-only
     * @throws IllegalStateException when the session is closed
     */
    public void run(int batchSize, List<ByteBuffer> inputs, List<ByteBuffer> outputs) throws ExecutionException {
        checkBatch(batchSize);
        checkCount("input", inputs, partition.inputs());
        checkCount("output", outputs, partition.outputs());
        use.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The session for " + partition.onnx() + " is closed.");
            }
            runOpen(batchSize, inputs, outputs);
        } finally {
            use.readLock().unlock();
        }
    }

    private void runOpen(int batchSize, List<ByteBuffer> inputs, List<ByteBuffer> outputs) throws ExecutionException {
        var in = new LinkedHashMap<String, OnnxTensor>();
        var out = new LinkedHashMap<String, OnnxTensor>();
        try {
            for (int i = 0; i < inputs.size(); i++) {
                TensorSpec spec = partition.inputs().get(i);
                in.put(spec.name(), BoundTensor.read(spec, batchSize, inputs.get(i)));
            }
            for (int i = 0; i < outputs.size(); i++) {
                TensorSpec spec = partition.outputs().get(i);
                out.put(spec.name(), BoundTensor.written(spec, batchSize, outputs.get(i)));
                if (in.containsKey(spec.name())) { // ONNX Runtime leaves such an output unwritten
                    copyInput(spec, batchSize, inputs, outputs.get(i));
                }
            }
            // Pinned outputs stay ours: closing the result would leave them open anyway, so there is nothing to keep.
            session.run(in, out).close();
        } catch (OrtException e) {
            throw new ExecutionException(
                    "Model %s, blocks %d to %d, batch of %d: %s"
                            .formatted(
                                    partition.model(),
                                    partition.firstBlock(),
                                    partition.endBlock() - 1,
                                    batchSize,
                                    OnnxRuntime.reason(e)),
                    e);
        } finally {
            in.values().forEach(OnnxTensor::close);
            out.values().forEach(OnnxTensor::close);
        }
    }

    private void copyInput(TensorSpec output, int batchSize, List<ByteBuffer> inputs, ByteBuffer to) {
        for (int i = 0; i < inputs.size(); i++) {
            if (partition.inputs().get(i).name().equals(output.name())) {
                to.duplicate().clear().put(0, inputs.get(i).duplicate().clear(), 0, (int)
                        BoundTensor.sizeBytes(output, batchSize));
            }
        }
    }

    private void checkBatch(int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("Batch size (%d) must be at least 1.".formatted(batchSize));
        }
        if (batchSize > 1 && partition.inputs().stream().noneMatch(TensorSpec::batched)) {
            throw new IllegalArgumentException("Batch size (%d) must be 1: the inputs of %s have a fixed shape."
                    .formatted(batchSize, partition.onnx()));
        }
    }

    private void checkCount(String kind, List<ByteBuffer> buffers, List<TensorSpec> specs) {
        if (buffers.size() != specs.size()) {
            throw new IllegalArgumentException(
                    "%s takes %d %s buffers, not %d.".formatted(partition.onnx(), specs.size(), kind, buffers.size()));
        }
    }

    /** Ends the trace that it was opened with; returns its file. */
    Path endTrace() {
        try {
            return Path.of(session.endProfiling());
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime could not end its trace: " + OnnxRuntime.reason(e), e);
        }
    }

    /** Waits for the runs under way, then frees the session. Closing twice does nothing. */
    @Override
    public void close() {
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw new AssertionError("ONNX Runtime could not free a session: " + OnnxRuntime.reason(e), e);
        } finally {
            use.writeLock().unlock();
        }
    }
}
