package io.ppipe.execute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A session that takes down how long each node's kernel runs, by ONNX Runtime's own profiler. For one thread. */
public final class KernelTrace implements AutoCloseable {
    /**
     * One event of the trace, which stands on one line. Not read as JSON, because it need not be JSON: ONNX Runtime
     * (1.29.0) writes node names as they are, quotes and backslashes included.
     */
    private static final Pattern KERNEL = Pattern.compile(
            "\\{\"cat\" : \"Node\",.*?\"dur\" :(\\d+),.*?\"name\" :\"(.*)_kernel_time\",\"args\" : \\{.*");

    private final TemporaryFolder folder;
    private final StageSession session;

    private KernelTrace(TemporaryFolder folder, StageSession session) {
        this.folder = folder;
        this.session = session;
    }

    /**
     * Loads a partition, as {@link StageSession#open} does. The nodes keep their names when {@code settings} ask for no
     * optimisation.
     */
    public static KernelTrace open(Partition partition, SessionSettings settings) {
        var folder = TemporaryFolder.create("trace");
        try {
            Path trace = folder.path().resolve("trace");
            return new KernelTrace(folder, StageSession.open(partition, settings, Optional.of(trace)));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** Runs one batch, as {@link StageSession#run} does, and takes down its kernels' times. */
    public void run(int batchSize, List<ByteBuffer> inputs, List<ByteBuffer> outputs) throws ExecutionException {
        session.run(batchSize, inputs, outputs);
    }

    /**
     * Ends the trace and returns the kernels' times in whole microseconds: by node name, in the order of the runs. To be
     * called once, after the last run.
     */
    public Map<String, List<Long>> end() {
        var micros = new LinkedHashMap<String, List<Long>>();
        try (Stream<String> lines = Files.lines(session.endTrace())) {
            lines.map(KERNEL::matcher)
                    .filter(Matcher::matches)
                    .forEach(kernel -> micros.computeIfAbsent(kernel.group(2), name -> new ArrayList<>())
                            .add(Long.valueOf(kernel.group(1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return micros;
    }

    @Override
    public void close() {
        session.close();
        folder.close();
    }
}
