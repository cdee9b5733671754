package io.ppipe.profile;

import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import io.ppipe.execute.TemporaryFolder;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ModelProfile;
import io.ppipe.model.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/*
 * How far the sum of a model's blocks is from the whole model, and why.
 *
 * One pass runs every block and then the whole model, twice: with the optimisations that serve, and with none. Passes follow
 * each other, so that a slow moment of the machine meets both sides of a comparison; the error is the median over passes of
 * (sum − whole) ÷ whole.
 *
 * Without optimisations nothing is fused, so what the sum then exceeds the whole by is what a session costs for each of its
 * runs: calls, and boundary tensors that leave the cache. What the error has beyond that is what cuts keep from being fused
 * or from staying in a blocked memory layout.
 */

/** Measures the sum of a model's blocks against the whole model. */
public final class BlockSums {
    private static final int LEAST_PASSES = 5;

    private BlockSums() {}

    /**
     * Sum and whole at one batch size.
     *
     * @param passes how many pairs there are
     * @param sumMicros median time of all blocks, one after the other
     * @param wholeMicros median time of the whole model
     * @param error median of (sum − whole) ÷ whole
     * @param perRun the part of the error that is there without optimisations too: what runs of sessions cost
     */
    public record Comparison(
            int batchSize, int passes, double sumMicros, double wholeMicros, double error, double perRun) {
        /** Returns the part of the error that cuts cost by what is not fused across them. */
        public double lostFusions() {
            return error - perRun;
        }
    }

    /**
     * Measures a model that was cut as its profile says.
     *
     * @param batchSizes ascending
     * @param session the optimisations that serve, the device and the threads
     * @param clock what runs are timed by
     * @param limit time for each batch size
     * @throws BadInputException when the profile is of another file, or the model can't be run
     */
    public static List<Comparison> measure(
            ModelProfile profile,
            Path onnx,
            List<Integer> batchSizes,
            SessionSettings session,
            Clock clock,
            Duration limit,
            Progress progress) {
        CutModel cut = CutModel.of(ModelGraph.read(onnx), profile);
        try (var folder = TemporaryFolder.create("verify")) {
            var stages = MeasuredStages.write(cut, profile.model(), folder.path(), false);
            int most = batchSizes.getLast();
            var plain = new SessionSettings(session.threads(), Optimisation.NONE, session.device());
            try (Passes served = LocalPasses.open(profile.model(), stages.partitions(), session, most, clock);
                    Passes unfused = LocalPasses.open(profile.model(), stages.partitions(), plain, most, clock)) {
                var found = new ArrayList<Comparison>();
                for (int batchSize : batchSizes) {
                    found.add(compare(
                            "compare %s, batch %d".formatted(profile.model(), batchSize),
                            served,
                            unfused,
                            batchSize,
                            limit.toNanos(),
                            progress));
                }
                return found;
            }
        }
    }

    private static Comparison compare(
            String what, Passes served, Passes unfused, int batchSize, long limitNanos, Progress progress) {
        served.run(batchSize);
        unfused.run(batchSize);
        var withFusions = new ArrayList<long[]>();
        var without = new ArrayList<long[]>();
        long startNanos = System.nanoTime();
        long spentNanos = 0;
        while (withFusions.size() < LEAST_PASSES || spentNanos < limitNanos) {
            withFusions.add(served.run(batchSize)[0]);
            without.add(unfused.run(batchSize)[0]);
            spentNanos = System.nanoTime() - startNanos;
            progress.report(what, Math.min(spentNanos, limitNanos) / 1_000_000, Math.max(1, limitNanos / 1_000_000));
        }
        double whole = median(withFusions.stream().mapToDouble(BlockSums::whole));
        return new Comparison(
                batchSize,
                withFusions.size(),
                median(withFusions.stream().mapToDouble(BlockSums::sum)) / 1e3,
                whole / 1e3,
                median(withFusions.stream().mapToDouble(pass -> (sum(pass) - whole(pass)) / whole(pass))),
                median(without.stream().mapToDouble(pass -> sum(pass) - whole(pass))) / whole);
    }

    /** All stages but the last, which is the whole model; the only stage of a model of one block is both. */
    private static double sum(long[] pass) {
        return pass.length == 1
                ? pass[0]
                : Arrays.stream(pass, 0, pass.length - 1).sum();
    }

    private static double whole(long[] pass) {
        return pass[pass.length - 1];
    }

    static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
