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
import java.util.stream.IntStream;

/**
 * How long each block takes on this machine's CPU, run as the server runs it.
 *
 * <p>A pass takes one batch through all blocks, one after the other, and the passes of the batch sizes alternate. The runs
 * of a block are so spread over the whole measurement, and a slow moment of the machine (seconds long on shared ones)
 * cannot spoil most of them: six profiles of the sample CNN in a row differ by 3 % at batch 1 instead of 28 % with the
 * batch sizes one after the other (2 shared cores, 2026-11-24). Each run finds the caches as a stage does that shares its machine with others.
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
        var tensors = new ProbeTensors(batchSizes.getLast());
        List<Column> columns = batchSizes.stream()
                .map(batchSize -> warmUp(batchSize, tensors, settings, limitNanos / batchSizes.size()))
                .toList();
        long total = columns.stream().mapToInt(Column::runs).sum();
        int rounds = columns.stream().mapToInt(Column::runs).max().orElseThrow();
        long done = 0;
        for (int round = 0; round < rounds; round++) {
            for (Column column : columns) {
                if (column.isDue(round, rounds)) {
                    column.passes().add(pass(column.batchSize(), tensors));
                    progress.report("measure blocks of " + model, ++done, total);
                }
            }
        }
        return IntStream.range(0, blocks.size())
                .mapToObj(block -> columns.stream()
                        .map(column -> column.medianMicros(block))
                        .toList())
                .toList();
    }

    private Column warmUp(int batchSize, ProbeTensors tensors, ProfileSettings settings, long limitNanos) {
        long passNanos = 0;
        for (int i = 0; i < settings.warmUps(); i++) {
            passNanos = Arrays.stream(pass(batchSize, tensors)).sum();
        }
        return new Column(batchSize, settings.runsWithin(limitNanos, passNanos), new ArrayList<>());
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
                        "%s: it cannot be run at batch size %d (maybe export it with a fixed batch of 1): %s"
                                .formatted(model, batchSize, e.getMessage()),
                        e);
            }
            nanos[i] = System.nanoTime() - startNanos;
        }
        return nanos;
    }

    /**
     * The measurements of one batch size.
     *
     * @param runs how many timed passes there shall be
     * @param passes nanoseconds by block, for every timed pass so far
     */
    private record Column(int batchSize, int runs, List<long[]> passes) {
        /** Spreads the passes evenly over the rounds; runs ≤ rounds. */
        boolean isDue(int round, int rounds) {
            return (long) passes.size() * rounds <= (long) round * runs;
        }

        long medianMicros(int block) {
            long[] nanos =
                    passes.stream().mapToLong(pass -> pass[block]).sorted().toArray();
            return Math.max(1, Math.ceilDiv(nanos[nanos.length / 2], 1_000));
        }
    }

    @Override
    public void close() {
        blocks.forEach(StageSession::close);
    }
}
