package io.ppipe.simulate;

import io.ppipe.model.Plan;
import io.ppipe.model.Scenario;
import io.ppipe.schedule.Batch;
import io.ppipe.schedule.Event;
import io.ppipe.schedule.Reservation;
import io.ppipe.schedule.Scheduler;
import io.ppipe.schedule.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs and links of a cluster. A stage starts when its slot has come, its input is there and its vGPU is free; it takes
 * the time that was reserved for it, which is the profile's, times what {@link Noise} says. Transfers likewise; a link
 * carries one at a time in each direction.
 *
 * <p>After a change of plans the old plan's batches end on the old vGPUs. That these share GPUs with the new ones is the
 * scheduler's business; with exact times its slots don't overlap.
 */
final class World {
    private final Scenario scenario;
    private final Agenda agenda = new Agenda();
    private final Noise noise;
    private final Observer observer;
    private final TreeMap<Long, Flight> flights = new TreeMap<>();
    private final boolean tracked;
    private final List<Epoch> epochs = new ArrayList<>();
    private final long[] uplinkFreeMicros;
    private final long[] downlinkFreeMicros;
    private Epoch current;

    /** What has been done with the vGPUs of one plan. */
    static final class Epoch {
        final Plan plan;
        final long startMicros;
        final long[] freeMicros;
        final long[] busyMicros;

        Epoch(Plan plan, long startMicros) {
            this.plan = plan;
            this.startMicros = startMicros;
            this.freeMicros = new long[plan.vgpus().size()];
            this.busyMicros = new long[plan.vgpus().size()];
        }
    }

    /** @param tracked whether a batch may be aborted */
    World(Scenario scenario, Plan plan, Noise noise, Observer observer, boolean tracked) {
        this.scenario = scenario;
        this.noise = noise;
        this.observer = observer;
        this.tracked = tracked;
        this.current = new Epoch(plan, 0);
        epochs.add(current);
        uplinkFreeMicros = new long[scenario.cluster().serverCount()];
        downlinkFreeMicros = new long[uplinkFreeMicros.length];
    }

    /** Begins a dispatched batch. */
    void begin(Batch batch, long now) {
        var flight = new Flight(batch, now, epochs.size() - 1);
        if (tracked) {
            flights.put(batch.id(), flight);
        }
        agenda.add(flight, Math.max(now, batch.stages().getFirst().startMicros()));
    }

    /** Stops a batch. */
    void abort(Batch batch, long now) {
        Flight flight = flights.remove(batch.id());
        if (flight == null) {
            throw new AssertionError("Batch %d is aborted and was not under way.".formatted(batch.id()));
        }
        flight.aborted = true;
        if (flight.step == Flight.Step.END_STAGE) {
            epochs.get(flight.epoch).busyMicros[vgpu(flight)] -= flight.atMicros - now;
            epochs.get(flight.epoch).freeMicros[vgpu(flight)] = now;
        } else if (flight.step == Flight.Step.END_TRANSFER) {
            Transfer transfer = batch.transfers().get(flight.position);
            if (transfer.endMicros() > transfer.startMicros()) {
                uplinkFreeMicros[transfer.fromServer()] = now;
                downlinkFreeMicros[transfer.toServer()] = now;
            }
        }
    }

    /** From now on batches are dispatched to another plan's vGPUs. */
    void change(Plan plan, long now) {
        current = new Epoch(plan, now);
        epochs.add(current);
    }

    /** Returns the time of the next step, or {@link Scheduler#NEVER}. */
    long nextMicros() {
        while (!agenda.isEmpty() && agenda.first().aborted) {
            agenda.remove();
        }
        return agenda.isEmpty() ? Scheduler.NEVER : agenda.first().atMicros;
    }

    /** Returns the flight that steps next. */
    Flight next() {
        return agenda.first();
    }

    /** Takes the next step; returns what the scheduler must hear of it, if anything. */
    @Nullable
    Event step() {
        Flight flight = agenda.remove();
        long now = flight.atMicros;
        switch (flight.step) {
            case START_STAGE -> startStage(flight, now);
            case START_TRANSFER -> startTransfer(flight, now);
            case END_STAGE -> {
                return endStage(flight, now);
            }
            case END_TRANSFER -> {
                return endTransfer(flight, now);
            }
        }
        return null;
    }

    private int vgpu(Flight flight) {
        return flight.batch.stages().get(flight.position).vgpu();
    }

    private void startStage(Flight flight, long now) {
        Epoch epoch = epochs.get(flight.epoch);
        Reservation reserved = flight.batch.stages().get(flight.position);
        long free = epoch.freeMicros[reserved.vgpu()];
        if (free > now) {
            agenda.add(flight, free);
            return;
        }
        long planned = reserved.endMicros() - reserved.startMicros();
        long duration = noise.stage(flight.batch, flight.position, planned);
        epoch.freeMicros[reserved.vgpu()] = now + duration;
        epoch.busyMicros[reserved.vgpu()] += duration;
        flight.computeMicros += duration;
        flight.computeOverMicros += Math.max(0, duration - planned);
        flight.startMicros = now;
        flight.step = Flight.Step.END_STAGE;
        agenda.add(flight, now + duration);
    }

    private Event endStage(Flight flight, long now) {
        Batch batch = flight.batch;
        int position = flight.position;
        observer.stage(batch, position, flight.startMicros, now);
        long start = flight.startMicros;
        if (position < batch.transfers().size()) {
            flight.step = Flight.Step.START_TRANSFER;
            agenda.add(flight, Math.max(now, batch.transfers().get(position).startMicros()));
        } else if (tracked) {
            flights.remove(batch.id());
        }
        return new Event.StageFinished(batch.id(), position, start, now);
    }

    private void startTransfer(Flight flight, long now) {
        Transfer reserved = flight.batch.transfers().get(flight.position);
        long planned = reserved.endMicros() - reserved.startMicros();
        long duration = planned;
        if (planned > 0) {
            long free = Math.max(uplinkFreeMicros[reserved.fromServer()], downlinkFreeMicros[reserved.toServer()]);
            if (free > now) {
                agenda.add(flight, free);
                return;
            }
            duration = noise.transfer(reserved, planned);
            uplinkFreeMicros[reserved.fromServer()] = now + duration;
            downlinkFreeMicros[reserved.toServer()] = now + duration;
        }
        flight.transferMicros += duration;
        flight.transferOverMicros += Math.max(0, duration - planned);
        flight.startMicros = now;
        flight.step = Flight.Step.END_TRANSFER;
        agenda.add(flight, now + duration);
    }

    private Event endTransfer(Flight flight, long now) {
        Batch batch = flight.batch;
        int position = flight.position;
        observer.transfer(batch, position, flight.startMicros, now);
        if (position + 1 < batch.stages().size()) {
            flight.position++;
            flight.step = Flight.Step.START_STAGE;
            agenda.add(flight, Math.max(now, batch.stages().get(flight.position).startMicros()));
        } else if (tracked) {
            flights.remove(batch.id());
        }
        return new Event.TransferFinished(batch.id(), position, flight.startMicros, now);
    }

    /** Returns the vGPUs of a server under the current plan. */
    int[] vgpusOf(int server) {
        Plan plan = current.plan;
        return java.util.stream.IntStream.range(0, plan.vgpus().size())
                .filter(i -> scenario.cluster()
                                .serverOf(
                                        scenario.cluster()
                                                .classIndex(plan.vgpus().get(i).gpuClass()),
                                        plan.vgpus().get(i).gpu())
                        == server)
                .toArray();
    }

    /** Returns what each plan's vGPUs have done. */
    List<Epoch> epochs() {
        return epochs;
    }
}
