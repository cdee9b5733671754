package io.ppipe.profile;

import io.ppipe.model.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How long each stage takes, run as the server runs it.
 *
 * <p>A pass takes one batch through all stages, one after the other, and the passes of the batch sizes alternate: the next
 * one is of the batch size that has used least of its time. The runs of a stage are so spread over the whole measurement,
 * and a slow moment of the machine (seconds long on shared ones) cannot spoil most of them: six profiles of the
 * sample CNN in a row differ by 3 % at batch 1 instead of 28 % with the batch sizes one after the other (2 shared cores,
 * 2026-11-24). Each run finds the caches as a stage does that shares its machine with others.
 *
 * <p>A batch size is done when the confidence interval of every stage's median is as narrow as asked, after {@link
 * #INTERVAL_RUNS} passes at least; or when its part of the time, or the number of runs, is used up.
 */
final class BlockTimes {
    /** Intervals of fewer runs are narrow by chance. */
    static final int INTERVAL_RUNS = 20;

    /** Passes between two looks at the intervals, which sort every time. */
    private static final int LOOK_EVERY = 10;

    private static final long STEPS = 1_000;

    private final String model;
    private final Passes passes;
    private final ProfileSettings settings;
    private final Progress progress;

    BlockTimes(String model, Passes passes, ProfileSettings settings, Progress progress) {
        this.model = model;
        this.passes = passes;
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * What was measured.
     *
     * @param micros median microseconds as {@code [stage][batch size]}, each at least 1
     * @param quality how good the figures are, in words
     */
    record Measured(List<List<Long>> micros, String quality) {
        Measured {
            micros = List.copyOf(micros);
        }
    }

    /** @throws io.ppipe.model.BadInputException when the model can't be run at one of the batch sizes */
    Measured measure(List<Integer> batchSizes, long limitNanos) {
        List<Column> columns = batchSizes.stream()
                .map(batchSize -> warmUp(batchSize, limitNanos / batchSizes.size()))
                .toList();
        String what = "measure blocks of " + model;
        Optional<Column> next = next(columns);
        while (next.isPresent()) {
            next.get().pass();
            next = next(columns);
            double done = columns.stream().mapToDouble(Column::done).sum() / columns.size();
            progress.report(what, next.isEmpty() ? STEPS : Math.min(STEPS - 1, (long) (STEPS * done)), STEPS);
        }
        int stages = columns.getFirst().samples.size();
        List<List<Long>> micros = IntStream.range(0, stages)
                .mapToObj(stage -> columns.stream()
                        .map(column -> column.medianMicros(stage))
                        .toList())
                .toList();
        return new Measured(micros, quality(columns));
    }

    private static Optional<Column> next(List<Column> columns) {
        return columns.stream().filter(column -> column.done() < 1).min(Comparator.comparingDouble(Column::done));
    }

    private Column warmUp(int batchSize, long limitNanos) {
        int stages = 0;
        for (int i = 0; i < settings.warmUps(); i++) {
            stages = passes.run(batchSize)[0].length;
        }
        return new Column(batchSize, limitNanos, stages);
    }

    private String quality(List<Column> columns) {
        long runs = 0;
        long outliers = 0;
        int wide = 0;
        int all = 0;
        double widest = 0;
        double worst = 0;
        String worstAt = "";
        for (Column column : columns) {
            for (int stage = 0; stage < column.samples.size(); stage++) {
                Samples samples = column.samples.get(stage);
                runs += samples.count();
                outliers += samples.outliers();
                wide += samples.narrow(settings.precision()) ? 0 : 1;
                all++;
                widest = Math.max(widest, samples.halfIntervalNanos() / samples.medianNanos());
                if (samples.worst() > worst) {
                    worst = samples.worst();
                    worstAt = "stage %d at batch size %d".formatted(stage, column.batchSize);
                }
            }
        }
        return String.format(
                Locale.ROOT,
                "%d runs, median within %.1f %% (95 %%) for %d of %d latencies, within %.1f %% for the worst,"
                        + " %.1f %% outliers, the worst %.1f times its median (%s)",
                runs,
                100 * settings.precision(),
                all - wide,
                all,
                100 * widest,
                100.0 * outliers / runs,
                worst,
                worstAt);
    }

    /** The measurements of one batch size. */
    private final class Column {
        private final int batchSize;
        private final long limitNanos;
        private final List<Samples> samples = new ArrayList<>();
        private int count;
        private long spentNanos;
        private boolean narrow;

        Column(int batchSize, long limitNanos, int stages) {
            this.batchSize = batchSize;
            this.limitNanos = limitNanos;
            for (int i = 0; i < stages; i++) {
                samples.add(new Samples());
            }
        }

        void pass() {
            long startNanos = System.nanoTime();
            for (long[] vgpu : passes.run(batchSize)) {
                for (int stage = 0; stage < vgpu.length; stage++) {
                    samples.get(stage).add(vgpu[stage]);
                }
            }
            count++;
            if (count >= INTERVAL_RUNS && count % LOOK_EVERY == 0) {
                narrow = samples.stream().allMatch(stage -> stage.narrow(settings.precision()));
            }
            spentNanos += System.nanoTime() - startNanos;
        }

        /** Returns which part of its time or its runs is used, 1 when it is done. */
        double done() {
            if (narrow || count >= settings.runs()) {
                return 1;
            }
            double ofRuns = (double) count / settings.runs();
            double ofTime = limitNanos == 0 ? 1 : (double) spentNanos / limitNanos;
            return count < ProfileSettings.LEAST_RUNS ? ofRuns : Math.clamp(ofTime, ofRuns, 1);
        }

        long medianMicros(int stage) {
            return Math.max(1, Math.ceilDiv(samples.get(stage).medianNanos(), 1_000));
        }
    }
}
