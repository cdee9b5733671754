package io.ppipe.profile;

import io.ppipe.execute.SessionSettings;
import io.ppipe.execute.SessionSettings.Optimisation;
import java.time.Duration;
import java.util.List;

/**
 * How a model is profiled.
 *
 * @param blocks how many blocks to make; at least 1
 * @param batchSizes batch sizes to measure, ascending and distinct, beginning with 1; models with a fixed batch are measured at 1 only
 * @param warmUps runs before the timed ones; at least 1
 * @param runs most timed runs of one block at one batch size; at least {@link #LEAST_RUNS}
 * @param timeLimit time to measure for, per number of threads; a slow model may take longer, because every block runs
 *     {@link #LEAST_RUNS} times at every batch size
 * @param session how blocks are run: as the server runs them. GPU classes that say their own number of threads have it
 * @param precision when to stop before the time is over: once half the 95 % confidence interval of every median is at most
 *     this fraction of it; in (0, 1)
 * @param everyRun whether to measure every run of blocks as one stage, not only the whole model: so that no latency is a
 *     sum, in about N ÷ 3 times as long for N blocks
 */
public record ProfileSettings(
        int blocks,
        List<Integer> batchSizes,
        int warmUps,
        int runs,
        Duration timeLimit,
        SessionSettings session,
        double precision,
        boolean everyRun) {
    /** A median of three survives one run that something interrupted. */
    public static final int LEAST_RUNS = 3;

    /**
     * 10 blocks as in PPipe (USENIX ATC '25), batches up to 8, one thread, the whole model's bits; medians to 2 %, in at
     * most about 6 s for models that take less than 50 ms.
     */
    public static final ProfileSettings STANDARD = new ProfileSettings(
            10,
            List.of(1, 2, 4, 8),
            2,
            1_000,
            Duration.ofSeconds(6),
            new SessionSettings(1, Optimisation.NONE),
            0.02,
            false);

    public ProfileSettings {
        batchSizes = List.copyOf(batchSizes);
        if (blocks < 1) {
            throw new IllegalArgumentException("Number of blocks (%d) must be at least 1.".formatted(blocks));
        }
        for (int i = 0; i < batchSizes.size(); i++) {
            if (batchSizes.get(i) <= (i == 0 ? 0 : batchSizes.get(i - 1))) {
                throw new IllegalArgumentException(
                        "Batch sizes %s must be ascending and distinct.".formatted(batchSizes));
            }
        }
        if (batchSizes.isEmpty() || batchSizes.getFirst() != 1) {
            throw new IllegalArgumentException("Batch sizes %s must begin with 1.".formatted(batchSizes));
        }
        if (warmUps < 1 || runs < LEAST_RUNS) {
            throw new IllegalArgumentException(
                    "Warm-ups (%d) must be at least 1 and runs (%d) at least %d.".formatted(warmUps, runs, LEAST_RUNS));
        }
        if (timeLimit.isNegative()) {
            throw new IllegalArgumentException("Time limit (%s) must not be negative.".formatted(timeLimit));
        }
        if (!(precision > 0 && precision < 1)) {
            throw new IllegalArgumentException("Precision (%s) must be in (0, 1).".formatted(precision));
        }
    }

    /** Returns how many timed runs fit into a part of the time. */
    int runsWithin(long limitNanos, long oneRunNanos) {
        return Math.clamp(limitNanos / Math.max(1, oneRunNanos), LEAST_RUNS, runs);
    }
}
