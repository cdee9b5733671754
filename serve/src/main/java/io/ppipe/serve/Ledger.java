package io.ppipe.serve;

import io.ppipe.model.Outcome;
import io.ppipe.model.Summary;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Counts what becomes of requests, batches and vGPU time. Safe for use by any thread. */
public final class Ledger {
    /** By model. */
    private final List<Map<Cause, LongAdder>> endings;

    private final LongAdder batches = new LongAdder();
    private final LongAdder batched = new LongAdder();
    private final LongAdder stages = new LongAdder();
    private final LongAdder overruns = new LongAdder();
    private final AtomicLongArray busyMicros;

    Ledger(int modelCount, int vgpuCount) {
        this.endings = IntStream.range(0, modelCount).mapToObj(i -> newCounts()).toList();
        this.busyMicros = new AtomicLongArray(vgpuCount);
    }

    private static Map<Cause, LongAdder> newCounts() {
        var counts = new EnumMap<Cause, LongAdder>(Cause.class);
        Arrays.stream(Cause.values()).forEach(cause -> counts.put(cause, new LongAdder()));
        return counts;
    }

    void ended(int model, Cause cause) {
        adder(model, cause).increment();
    }

    void dispatched(int batchSize) {
        batches.increment();
        batched.add(batchSize);
    }

    /** @param overrun whether real compute took longer than the emulated GPU class would have */
    void stageRan(int vgpu, long micros, boolean overrun) {
        busyMicros.addAndGet(vgpu, micros);
        stages.increment();
        if (overrun) {
            overruns.increment();
        }
    }

    /** Returns how many requests of a model ended so. */
    public long count(int model, Outcome outcome) {
        long count = 0;
        for (Cause cause : Cause.values()) {
            count += cause.outcome() == outcome ? count(model, cause) : 0;
        }
        return count;
    }

    /** Returns how many requests of a model ended for this cause. */
    public long count(int model, Cause cause) {
        return adder(model, cause).sum();
    }

    private LongAdder adder(int model, Cause cause) {
        LongAdder adder = endings.get(model).get(cause);
        if (adder == null) {
            throw new AssertionError("Cause " + cause + " is not counted.");
        }
        return adder;
    }

    /** Returns what became of a model's requests since the start. */
    public Summary summary(int model, double seconds) {
        return new Summary(
                seconds,
                count(model, Outcome.IN_TIME),
                count(model, Outcome.LATE),
                count(model, Outcome.REJECTED),
                count(model, Outcome.EXPIRED),
                count(model, Outcome.CANCELLED),
                count(model, Outcome.FAILED));
    }

    /** Returns how long each vGPU of the plan has been busy since the start, in microseconds. */
    public long[] busyMicros() {
        var copy = new long[busyMicros.length()];
        Arrays.setAll(copy, busyMicros::get);
        return copy;
    }

    /** Returns how long a vGPU of the plan has been busy since the start, in microseconds. */
    long busyMicros(int vgpu) {
        return busyMicros.get(vgpu);
    }

    /** Returns how many batches were dispatched. */
    public long batches() {
        return batches.sum();
    }

    /** Returns how many requests were in the dispatched batches. */
    public long batched() {
        return batched.sum();
    }

    /** Returns how many stages ran. */
    public long stages() {
        return stages.sum();
    }

    /** Returns in how many stages real compute took longer than the emulated GPU class would have. */
    public long overruns() {
        return overruns.sum();
    }
}
