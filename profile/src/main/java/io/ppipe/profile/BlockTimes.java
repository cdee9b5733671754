package io.ppipe.profile;

import io.ppipe.execute.ExecutionException;
import io.ppipe.execute.Partition;
import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.StageSession;
import io.ppipe.model.BadInputException;
import io.ppipe.model.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How long each block takes on this machine's CPU, run as the server runs it.
 *
 * <p>A pass takes one batch through all blocks, one after the other. The runs of a block are so spread over the whole
 * measurement, and a busy moment of the machine cannot spoil all of them; each finds the caches as a stage does that shares its
 * machine with others.
 */
final class BlockTimes implements AutoCloseable {
    private final String model;
    private final List<StageSession> blocks = new ArrayList<>();

    private BlockTimes(String model) {
        this.model = model;
    }

    /** Loads the blocks of a model. */
    static BlockTimes open(String model, List<Partition> blocks, SessionSettings session) {
        var times = new BlockTimes(model);
        try {
            blocks.forEach(block -> times.blocks.add(StageSession.open(block, session)));
            return times;
        } catch (RuntimeException e) {
            times.close();
            throw e;
        }
    }

    /**
     * Returns median microseconds as {@code [block][batch size]}, each at least 1.
     *
     * @throws BadInputException when the model can't be run at one of the batch sizes
     */
    List<List<Long>> measure(List<Integer> batchSizes, ProfileSettings settings, long limitNanos, Progress progress) {
        List<List<Long>> micros = new ArrayList<>();
        blocks.forEach(block -> micros.add(new ArrayList<>()));
        for (int batchSize : batchSizes) {
            long[] column = measure(batchSize, settings, limitNanos / batchSizes.size(), progress);
            for (int block = 0; block < column.length; block++) {
                micros.get(block).add(column[block]);
            }
        }
        return micros;
    }

    private long[] measure(int batchSize, ProfileSettings settings, long limitNanos, Progress progress) {
        String what = "measure %s, batch of %d".formatted(model, batchSize);
        var tensors = new ProbeTensors(batchSize);
        long passNanos = 0;
        for (int i = 0; i < settings.warmUps(); i++) {
            passNanos = Arrays.stream(pass(batchSize, tensors)).sum();
        }
        int runs = settings.runsWithin(limitNanos, passNanos);
        var nanos = new long[runs][];
        for (int i = 0; i < runs; i++) {
            nanos[i] = pass(batchSize, tensors);
            progress.report(what, i + 1, runs);
        }
        var micros = new long[blocks.size()];
        for (int block = 0; block < micros.length; block++) {
            int column = block;
            micros[block] =
                    Math.max(1, Math.ceilDiv(median(Arrays.stream(nanos).mapToLong(pass -> pass[column])), 1_000));
        }
        return micros;
    }

    /** Runs one batch through all blocks; returns nanoseconds by block. */
    private long[] pass(int batchSize, ProbeTensors tensors) {
        var nanos = new long[blocks.size()];
        for (int i = 0; i < nanos.length; i++) {
            StageSession block = blocks.get(i);
            var inputs = tensors.of(block.partition().inputs());
            var outputs = tensors.of(block.partition().outputs());
            long startNanos = System.nanoTime();
            try {
                block.run(batchSize, inputs, outputs);
            } catch (ExecutionException e) {
                throw new BadInputException(
                        "%s: it cannot be run at batch size %d: %s. Maybe export it with a fixed batch of 1."
                                .formatted(model, batchSize, e.getMessage()),
                        e);
            }
            nanos[i] = System.nanoTime() - startNanos;
        }
        return nanos;
    }

    private static long median(LongStream values) {
        long[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Override
    public void close() {
        blocks.forEach(StageSession::close);
    }
}
