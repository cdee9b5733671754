package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import io.ppipe.schedule.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.TreeMap;

/** Counts what becomes of every request, and sees to it that each ends exactly once. */
final class Tally {
    private final double seconds;
    private final Counts[] models;
    private final TreeMap<Long, Batch> running = new TreeMap<>();
    private long open;

    private static final class Counts {
        long inTime;
        long late;
        long batches;
        long batched;
        final EnumMap<Decision.Cause, Long> rejections = new EnumMap<>(Decision.Cause.class);
        long[] latencies = new long[1024];
        int answered;

        void answered(long latencyMicros) {
            if (answered == latencies.length) {
                latencies = Arrays.copyOf(latencies, 2 * answered);
            }
            latencies[answered++] = latencyMicros;
        }

        long percentile(double fraction) {
            return answered == 0 ? 0 : latencies[(int) Math.ceil(fraction * answered) - 1];
        }
    }

    Tally(int modelCount, double seconds) {
        this.seconds = seconds;
        this.models = new Counts[modelCount];
        for (int i = 0; i < modelCount; i++) {
            models[i] = new Counts();
        }
    }

    void arrived() {
        open++;
    }

    void rejected(Request request, Decision.Cause cause) {
        models[request.model()].rejections.merge(cause, 1L, Long::sum);
        open--;
    }

    void dispatched(Batch batch) {
        running.put(batch.id(), batch);
        models[batch.model()].batches++;
        models[batch.model()].batched += batch.size();
    }

    void on(Event event, long now) {
        if (event instanceof Event.StageFinished(long id, int stage, long start, long end)) {
            Batch batch = running.get(id);
            if (batch == null) {
                throw new AssertionError("Batch %d ended twice.".formatted(id));
            }
            if (stage == batch.stages().size() - 1) {
                running.remove(id);
                Counts counts = models[batch.model()];
                for (Request request : batch.requests()) {
                    if (now <= request.deadlineMicros()) {
                        counts.inTime++;
                    } else {
                        counts.late++;
                    }
                    counts.answered(now - request.arrivalMicros());
                    open--;
                }
            }
        }
    }

    SimulationReport report(Plan plan, List<Utilisation> utilisation) {
        if (open != 0) {
            throw new AssertionError("%d requests have no outcome.".formatted(open));
        }
        var reports = new ArrayList<SimulationReport.ModelReport>();
        for (int i = 0; i < models.length; i++) {
            Counts counts = models[i];
            Arrays.sort(counts.latencies, 0, counts.answered);
            long rejected = counts.rejections.values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            reports.add(new SimulationReport.ModelReport(
                    plan.models().get(i).model(),
                    new Summary(seconds, counts.inTime, counts.late, rejected, 0, 0, 0),
                    counts.batches == 0 ? 0 : (double) counts.batched / counts.batches,
                    counts.percentile(0.5),
                    counts.percentile(0.99),
                    new EnumMap<>(counts.rejections)));
        }
        return new SimulationReport(reports, utilisation);
    }
}
