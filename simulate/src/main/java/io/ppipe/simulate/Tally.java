package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import io.ppipe.model.Summary;
import io.ppipe.model.Utilisation;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts what becomes of every request, and sees to it that each ends exactly once. */
final class Tally {
    private final Counts[] models;
    private final TreeSet<Long> aborted = new TreeSet<>();
    /** What requests have behind them whose stages run in batches of their own, by request. */
    private final TreeMap<Long, Earlier> earlier = new TreeMap<>();

    private long open;

    /** The stages of a request before the one that it is in. */
    private record Earlier(long dispatchedMicros, long computeMicros, long transferMicros) {
        static final Earlier NONE = new Earlier(Long.MAX_VALUE, 0, 0);

        Earlier and(Flight flight) {
            return new Earlier(
                    Math.min(dispatchedMicros, flight.dispatchedMicros),
                    computeMicros + flight.computeMicros,
                    transferMicros + flight.transferMicros);
        }
    }

    /** One model's. */
    private static final class Counts {
        long inTime;
        long late;
        long rejected;
        long expired;
        long failed;
        final EnumMap<MissCause, Long> misses = new EnumMap<>(MissCause.class);
        long[] batchSizes = new long[8];
        final Histogram total = new Histogram();
        final Histogram batchWait = new Histogram();
        final Histogram queue = new Histogram();
        final Histogram transfer = new Histogram();
        final Histogram compute = new Histogram();
        final Windows windows;

        Counts(Windows windows) {
            this.windows = windows;
        }

        void miss(Request request, MissCause cause) {
            misses.merge(cause, 1L, Long::sum);
            windows.missed(request.arrivalMicros());
        }
    }

    /** @param windowMicros of each model: length of the windows by which misses are counted */
    Tally(long[] windowMicros) {
        this.models = new Counts[windowMicros.length];
        Arrays.setAll(models, i -> new Counts(new Windows(windowMicros[i])));
    }

    void arrived(Request request) {
        models[request.model()].windows.arrived(request.arrivalMicros());
        open++;
    }

    void rejected(Request request, Decision.Cause cause) {
        Counts counts = models[request.model()];
        open--;
        earlier.remove(request.id());
        if (!aborted.isEmpty() && aborted.remove(request.id())) {
            counts.failed++;
            counts.miss(request, MissCause.LOST);
            return;
        }
        counts.rejected++;
        counts.miss(
                request,
                switch (cause) {
                    case DEADLINE_UNREACHABLE -> MissCause.DEADLINE_UNREACHABLE;
                    case QUEUE_FULL -> MissCause.QUEUE_FULL;
                    case NOT_PLANNED -> MissCause.NOT_PLANNED;
                });
    }

    void expired(Request request) {
        Counts counts = models[request.model()];
        open--;
        earlier.remove(request.id());
        counts.expired++;
        counts.miss(request, MissCause.EXPIRED);
    }

    void aborted(Batch batch) {
        for (Request request : batch.requests()) {
            aborted.add(request.id());
            earlier.remove(request.id()); // it begins again
        }
    }

    /** A batch has passed its last stage and the transfer behind it, and its pipeline goes on. */
    void passed(Flight flight) {
        for (Request request : flight.batch.requests()) {
            earlier.merge(request.id(), Earlier.NONE.and(flight), (before, _) -> before.and(flight));
        }
    }

    void dispatched(Batch batch) {
        Counts counts = models[batch.model()];
        int size = batch.size();
        if (size > counts.batchSizes.length) {
            counts.batchSizes = Arrays.copyOf(counts.batchSizes, 2 * size);
        }
        counts.batchSizes[size - 1]++;
    }

    /** A batch has passed its pipeline's last stage. */
    void answered(Flight flight, long now) {
        Batch batch = flight.batch;
        Counts counts = models[batch.model()];
        List<Request> requests = batch.requests();
        for (int i = 0; i < requests.size(); i++) {
            Request request = requests.get(i);
            long total = now - request.arrivalMicros();
            long dispatched = flight.dispatchedMicros;
            long transfer = flight.transferMicros;
            long compute = flight.computeMicros;
            Earlier before = earlier.isEmpty() ? null : earlier.remove(request.id());
            if (before != null) {
                dispatched = before.dispatchedMicros();
                transfer += before.transferMicros();
                compute += before.computeMicros();
            }
            long batchWait = Math.max(0, dispatched - request.arrivalMicros());
            counts.total.add(total);
            counts.batchWait.add(batchWait);
            counts.transfer.add(transfer);
            counts.compute.add(compute);
            counts.queue.add(Math.max(0, total - batchWait - transfer - compute));
            if (now <= request.deadlineMicros()) {
                counts.inTime++;
            } else {
                counts.late++;
                counts.miss(request, lateCause(flight, request, now));
            }
            if (!aborted.isEmpty()) {
                aborted.remove(request.id());
            }
            open--;
        }
    }

    private static MissCause lateCause(Flight flight, Request request, long now) {
        long reservedEnd = flight.batch.endMicros();
        long queueOver = now - reservedEnd - flight.computeOverMicros - flight.transferOverMicros;
        boolean inTimeAsReserved = reservedEnd <= request.deadlineMicros();
        if (!inTimeAsReserved || queueOver > Math.max(flight.computeOverMicros, flight.transferOverMicros)) {
            return MissCause.LATE_QUEUE;
        }
        return flight.computeOverMicros >= flight.transferOverMicros ? MissCause.LATE_COMPUTE : MissCause.LATE_TRANSFER;
    }

    Windows windows(int model) {
        return models[model].windows;
    }

    SimulationReport report(Plan plan, List<Utilisation> utilisation, double seconds, long events) {
        if (open != 0) {
            throw new AssertionError("%d requests have no outcome.".formatted(open));
        }
        var reports = new ArrayList<SimulationReport.ModelReport>();
        for (int i = 0; i < models.length; i++) {
            Counts counts = models[i];
            reports.add(new SimulationReport.ModelReport(
                    plan.models().get(i).model(),
                    new Summary(seconds, counts.inTime, counts.late, counts.rejected, counts.expired, 0, counts.failed),
                    sizes(counts.batchSizes),
                    new SimulationReport.Phases(
                            counts.total.percentiles(),
                            counts.batchWait.percentiles(),
                            counts.queue.percentiles(),
                            counts.transfer.percentiles(),
                            counts.compute.percentiles()),
                    new EnumMap<>(counts.misses)));
        }
        return new SimulationReport(reports, utilisation, events);
    }

    private static List<Long> sizes(long[] counts) {
        int last = counts.length;
        while (last > 0 && counts[last - 1] == 0) {
            last--;
        }
        return Arrays.stream(counts, 0, last).boxed().toList();
    }
}
