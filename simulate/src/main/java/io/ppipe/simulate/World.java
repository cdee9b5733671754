package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Scheduler;
import io.ppipe.schedule.Transfer;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs and links of a cluster as a queue of future steps, ordered by time and then by the order in which they came
 * up. A stage starts when its slot has come, its input is there and its vGPU is free; it takes the time that was
 * reserved for it, which is the profile's. Transfers likewise.
 */
final class World {
    private final PriorityQueue<Step> steps =
            new PriorityQueue<>(Comparator.comparingLong(Step::micros).thenComparingLong(Step::sequence));
    private final long[] vgpuFreeMicros;
    private final long[] uplinkFreeMicros;
    private final long[] downlinkFreeMicros;
    private final long[] busyMicros;
    private long sequence;

    /** What happens next. */
    private sealed interface What {
        record StartStage(Batch batch, int stage) implements What {}

        record StartTransfer(Batch batch, int stage) implements What {}

        record EndStage(Batch batch, int stage, long startMicros) implements What {}

        record EndTransfer(Batch batch, int stage, long startMicros) implements What {}
    }

    private record Step(long micros, long sequence, What what) {}

    World(Scenario scenario, Plan plan) {
        vgpuFreeMicros = new long[plan.vgpus().size()];
        busyMicros = new long[plan.vgpus().size()];
        uplinkFreeMicros = new long[scenario.cluster().serverCount()];
        downlinkFreeMicros = new long[scenario.cluster().serverCount()];
    }

    /** Begins a dispatched batch. */
    void begin(Batch batch) {
        push(batch.stages().getFirst().startMicros(), new What.StartStage(batch, 0));
    }

    /** Returns the time of the next step, or {@link Scheduler#NEVER}. */
    long nextMicros() {
        Step next = steps.peek();
        return next == null ? Scheduler.NEVER : next.micros();
    }

    /** Takes the next step; returns what the scheduler must hear of it, if anything. */
    @Nullable
    Event step() {
        Step step = steps.remove();
        long now = step.micros();
        return switch (step.what()) {
            case What.StartStage start -> {
                startStage(start, now);
                yield null;
            }
            case What.StartTransfer start -> {
                startTransfer(start, now);
                yield null;
            }
            case What.EndStage(Batch batch, int stage, long start) -> {
                if (stage < batch.transfers().size()) {
                    push(
                            Math.max(now, batch.transfers().get(stage).startMicros()),
                            new What.StartTransfer(batch, stage));
                }
                yield new Event.StageFinished(batch.id(), stage, start, now);
            }
            case What.EndTransfer(Batch batch, int stage, long start) -> {
                push(Math.max(now, batch.stages().get(stage + 1).startMicros()), new What.StartStage(batch, stage + 1));
                yield new Event.TransferFinished(batch.id(), stage, start, now);
            }
        };
    }

    private void startStage(What.StartStage start, long now) {
        Reservation reserved = start.batch().stages().get(start.stage());
        long free = vgpuFreeMicros[reserved.vgpu()];
        if (free > now) {
            push(free, start);
            return;
        }
        long duration = reserved.endMicros() - reserved.startMicros();
        vgpuFreeMicros[reserved.vgpu()] = now + duration;
        busyMicros[reserved.vgpu()] += duration;
        push(now + duration, new What.EndStage(start.batch(), start.stage(), now));
    }

    private void startTransfer(What.StartTransfer start, long now) {
        Transfer reserved = start.batch().transfers().get(start.stage());
        long duration = reserved.endMicros() - reserved.startMicros();
        if (duration > 0) {
            long free = Math.max(uplinkFreeMicros[reserved.fromServer()], downlinkFreeMicros[reserved.toServer()]);
            if (free > now) {
                push(free, start);
                return;
            }
            uplinkFreeMicros[reserved.fromServer()] = now + duration;
            downlinkFreeMicros[reserved.toServer()] = now + duration;
        }
        push(now + duration, new What.EndTransfer(start.batch(), start.stage(), now));
    }

    private void push(long micros, What what) {
        steps.add(new Step(micros, sequence++, what));
    }

    /** Returns how long each vGPU has been busy. */
    long[] busyMicros() {
        return busyMicros.clone();
    }
}
