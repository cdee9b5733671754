package io.ppipe.cli;

import io.ppipe.format.Evaluation;
import io.ppipe.model.Progress;
import io.ppipe.plan.StopSignal;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Computes the cells that are missing, several at a time. What is finished is taken note of on the caller's thread. */
final class EvaluationPool {
    private static final long LOOK_MILLIS = 100;

    private final int threads;

    EvaluationPool(int threads) {
        this.threads = threads;
    }

    /** Runs until all are finished, or somebody asks to stop: cells under way are then given up, finished ones are kept. */
    void run(List<EvaluatedCell> cells, EvaluationProgress progress, Progress console, StopSignal stop)
            throws InterruptedException {
        List<EvaluatedCell> missing =
                cells.stream().filter(cell -> !progress.has(cell.cell())).toList();
        progress.write();
        if (missing.isEmpty()) {
            return;
        }
        // Daemons: a cell that is given up must not keep the process.
        ExecutorService pool = Executors.newFixedThreadPool(
                Math.min(threads, missing.size()),
                Thread.ofPlatform().daemon().name("ppipe-evaluate-", 0).factory());
        try {
            var finished = new ExecutorCompletionService<Evaluation.Row>(pool);
            missing.forEach(cell -> finished.submit(cell::row));
            int done = 0;
            console.report("evaluating", done, missing.size());
            while (done < missing.size() && !stop.requested()) {
                Future<Evaluation.Row> next = finished.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    progress.add(row(next));
                    done++;
                    console.report("evaluating", done, missing.size());
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static Evaluation.Row row(Future<Evaluation.Row> finished) throws InterruptedException {
        try {
            return finished.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new AssertionError(e);
            }
        }
    }
}
