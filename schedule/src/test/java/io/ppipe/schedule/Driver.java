package io.ppipe.schedule;

import io.ppipe.model.Plan;
import io.ppipe.model.Request;
import java.util.ArrayList;
import java.util.List;

/** Tells a scheduler what happens, by hand, and keeps what it decides. */
final class Driver {
    final Scheduler scheduler;
    final List<Decision> decisions = new ArrayList<>();
    private long nextRequest = 1;

    Driver(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    Driver(PolicyName policy, Plan plan) {
        this(policy, plan, SchedulerSettings.DEFAULT);
    }

    Driver(PolicyName policy, Plan plan, SchedulerSettings settings) {
        this(policy.scheduler(TinyPlans.scenario(), plan, settings));
    }

    /** A request with the next id arrives. */
    Request arrives(long atMicros, long deadlineMicros) {
        var request = new Request(nextRequest++, 0, atMicros, deadlineMicros);
        happens(new Event.Arrived(request), atMicros);
        return request;
    }

    void happens(Event event, long atMicros) {
        scheduler.on(event, atMicros, decisions::add);
    }

    void ticks(long atMicros) {
        happens(new Event.Tick(), atMicros);
    }

    /** A stage of a batch ends when it was reserved to. */
    void ends(Batch batch, int stage) {
        endsAt(batch, stage, batch.stages().get(stage).endMicros());
    }

    void endsAt(Batch batch, int stage, long endMicros) {
        happens(
                new Event.StageFinished(
                        batch.id(), stage, batch.stages().get(stage).startMicros(), endMicros),
                endMicros);
    }

    /** The transfer behind a stage ends. */
    void sentAt(Batch batch, int stage, long endMicros) {
        happens(
                new Event.TransferFinished(
                        batch.id(), stage, batch.transfers().get(stage).startMicros(), endMicros),
                endMicros);
    }

    /** Returns the batches that were dispatched. */
    List<Batch> batches() {
        var batches = new ArrayList<Batch>();
        for (Decision decision : decisions) {
            if (decision instanceof Decision.Dispatch(Batch batch)) {
                batches.add(batch);
            }
        }
        return batches;
    }

    Batch lastBatch() {
        return batches().getLast();
    }

    /** Returns the ids of the requests of the batch that was dispatched last. */
    List<Long> lastIds() {
        return lastBatch().requests().stream().map(Request::id).toList();
    }

    List<Request> rejected() {
        var rejected = new ArrayList<Request>();
        for (Decision decision : decisions) {
            if (decision instanceof Decision.Reject(Request request, var _)) {
                rejected.add(request);
            }
        }
        return rejected;
    }

    long nextTick() {
        return scheduler.nextTickMicros();
    }

    long held() {
        return ((Dispatcher) scheduler).reservationCount();
    }
}
