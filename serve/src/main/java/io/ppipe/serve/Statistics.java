package io.ppipe.serve;

import io.ppipe.serve.InferenceStatistics.OfBatchSize;
import io.ppipe.serve.InferenceStatistics.Total;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Counts calls and batches for the protocol's statistics, by model and version. Safe for use by any thread. */
final class Statistics {
    private final ConcurrentMap<Key, Counts> counts = new ConcurrentHashMap<>();

    private record Key(String model, String version) {}

    /** Counts a call that has ended. */
    void ended(String model, String version, boolean answered, int items, long micros) {
        of(model, version).ended(answered, items, micros * 1000);
    }

    /** Counts a batch that has run through all its stages and is not answered yet. */
    void executed(String model, String version, BatchRun run) {
        of(model, version).executed(run);
    }

    /** Adds what it took to answer such a batch. */
    void answered(String model, String version, int batchSize, long nanos) {
        of(model, version).answered(batchSize, nanos);
    }

    private Counts of(String model, String version) {
        return counts.computeIfAbsent(new Key(model, version), key -> new Counts());
    }

    /** Returns what has been counted of a version. */
    InferenceStatistics read(String model, String version) {
        return of(model, version).read(model, version);
    }

    private static final class Counts {
        private long lastMillis;
        private long inferences;
        private Total success = Total.NONE;
        private Total fail = Total.NONE;
        private Total queue = Total.NONE;
        private Total input = Total.NONE;
        private Total infer = Total.NONE;
        private Total output = Total.NONE;
        private final SortedMap<Integer, OfBatchSize> batches = new TreeMap<>();

        synchronized void ended(boolean answered, int items, long nanos) {
            lastMillis = System.currentTimeMillis();
            if (answered) {
                inferences += items;
                success = success.plus(1, nanos);
            } else {
                fail = fail.plus(1, nanos);
            }
        }

        synchronized void executed(BatchRun run) {
            int size = run.size();
            queue = queue.plus(size, run.queuedMicros() * 1000);
            input = input.plus(size, size * run.gatherNanos());
            infer = infer.plus(size, size * run.inferNanos());
            batches.merge(
                    size,
                    new OfBatchSize(size, new Total(1, run.gatherNanos()), new Total(1, run.inferNanos()), Total.NONE),
                    Counts::sum);
        }

        synchronized void answered(int size, long nanos) {
            output = output.plus(size, size * nanos);
            batches.merge(size, new OfBatchSize(size, Total.NONE, Total.NONE, new Total(1, nanos)), Counts::sum);
        }

        private static OfBatchSize sum(OfBatchSize a, OfBatchSize b) {
            return new OfBatchSize(
                    a.size(),
                    a.computeInput()
                            .plus(b.computeInput().count(), b.computeInput().nanos()),
                    a.computeInfer()
                            .plus(b.computeInfer().count(), b.computeInfer().nanos()),
                    a.computeOutput()
                            .plus(b.computeOutput().count(), b.computeOutput().nanos()));
        }

        synchronized InferenceStatistics read(String model, String version) {
            long executions = batches.values().stream()
                    .mapToLong(batch -> batch.computeInfer().count())
                    .sum();
            return new InferenceStatistics(
                    model,
                    version,
                    lastMillis,
                    inferences,
                    executions,
                    success,
                    fail,
                    queue,
                    input,
                    infer,
                    output,
                    new ArrayList<>(batches.values()));
        }
    }
}
