package io.ppipe.serve;

import io.ppipe.execute.Partition;
import io.ppipe.model.TensorSpec;
import io.ppipe.schedule.Batch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A dispatched batch on its way: its requests and its tensors. It is handed from one thread to the next and never used by
 * two at once.
 *
 * <p>Copies of a request's data: socket → the call's buffer, call → batch buffer ({@link #gather}), batch buffer → answer
 * ({@link #answer}), answer → socket. Between stages nothing is copied: a stage reads what the one before wrote.
 */
final class BatchRun {
    private final Batch batch;
    private final Deployment deployment;
    private final PipelinePath path;
    private final List<Item> items;
    private final TensorPool pool;
    private final BatchTimes times;
    private final Map<String, ByteBuffer> tensors = new HashMap<>();
    private boolean released;
    private long readyMicros;
    private long startMicros;
    private long gatherNanos;
    private long stageMicros;

    /**
     * One request of the batch.
     *
     * @param index which item of its call it is
     */
    record Item(PendingCall call, int index) {}

    /** @param deployment what it runs on, held for it; let go when the batch is over */
    BatchRun(Batch batch, Deployment deployment, List<Item> items, TensorPool pool, long dispatchedMicros) {
        this.batch = batch;
        this.deployment = deployment;
        this.path = deployment.path(batch.pipeline());
        this.items = List.copyOf(items);
        this.pool = pool;
        this.times = new BatchTimes(dispatchedMicros, path.stageCount());
    }

    Batch batch() {
        return batch;
    }

    /** Returns when its steps happened. */
    BatchTimes times() {
        return times;
    }

    /** Returns how many requests are still in it; the batch may have been reserved for more, whose clients left since. */
    int size() {
        return items.size();
    }

    /** Says when the inputs of the next stage arrived. */
    void ready(long micros) {
        readyMicros = micros;
    }

    /** Returns when the inputs of the next stage arrived; 0 before the first. */
    long readyMicros() {
        return readyMicros;
    }

    /** Says that a stage ran, with its times on the run's clock. */
    void stageRan(int stage, long start, long end) {
        if (stage == 0) {
            startMicros = start;
        }
        stageMicros += end - start;
    }

    /** Returns how long its items waited from their arrival to the start of the first stage, all together. */
    long queuedMicros() {
        return items.stream()
                .mapToLong(item -> Math.max(0, startMicros - item.call().arrivalMicros()))
                .sum();
    }

    /** Returns how long it took to put the inputs together. */
    long gatherNanos() {
        return gatherNanos;
    }

    /** Returns how long its stages ran, without that. */
    long inferNanos() {
        return Math.max(0, stageMicros * 1000 - gatherNanos);
    }

    /** Returns the version of the model that it runs on. */
    Deployment deployment() {
        return deployment;
    }

    PipelinePath path() {
        return path;
    }

    List<Item> items() {
        return items;
    }

    /** Returns whether nobody waits for an answer any more: all calls have ended or are past their deadline. */
    boolean pointless(long nowMicros) {
        return items.stream()
                .allMatch(item -> item.call().ended() || item.call().deadlineMicros() < nowMicros);
    }

    /** Concatenates the requests' inputs; once, before the first stage. */
    void gather() {
        long before = System.nanoTime();
        for (TensorSpec input : path.inputs()) {
            ByteBuffer buffer = pool.take(path.capacity(input));
            for (Item item : items) {
                item.call().copyInput(input, item.index(), buffer);
            }
            tensors.put(input.name(), buffer.flip());
        }
        gatherNanos = System.nanoTime() - before;
    }

    /** Returns the inputs of a stage, in its partition's order. */
    List<ByteBuffer> inputsOf(Partition partition) {
        var inputs = new ArrayList<ByteBuffer>(partition.inputs().size());
        for (TensorSpec input : partition.inputs()) {
            ByteBuffer buffer = tensors.get(input.name());
            if (buffer == null) {
                throw new AssertionError("No stage before made " + input.name() + ".");
            }
            inputs.add(buffer);
        }
        return inputs;
    }

    /** Returns buffers for the outputs of a stage, in its partition's order. */
    List<ByteBuffer> outputsOf(Partition partition) {
        var outputs = new ArrayList<ByteBuffer>(partition.outputs().size());
        for (TensorSpec output : partition.outputs()) {
            ByteBuffer buffer = pool.take(path.capacity(output));
            tensors.put(output.name(), buffer);
            outputs.add(buffer);
        }
        return outputs;
    }

    /** Gives back the tensors that nobody needs after a stage. */
    void stageDone(int stage) {
        tensors.entrySet().removeIf(entry -> {
            boolean finished = path.finished(entry.getKey(), stage);
            if (finished) {
                pool.giveBack(entry.getValue());
            }
            return finished;
        });
    }

    /** Returns how many bytes travel behind a stage. */
    long bytesBehind(int stage) {
        return path.crossing(stage).stream()
                .mapToLong(tensor -> tensor.bytesPerRequest() * size())
                .sum();
    }

    /** Answers every request, and gives all tensors back. */
    void answer(long nowMicros, Map<String, String> parameters) {
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            PendingCall call = item.call();
            Cause cause =
                    nowMicros <= call.deadlineMicros() ? Cause.NONE : times.lateCause(batch, call.deadlineMicros());
            call.itemDone(item.index(), tensors, i, nowMicros, deployment.version(), cause, parameters);
        }
        release();
    }

    /** Gives all tensors back, and the version that it ran on; the second time nothing. */
    void release() {
        if (!released) {
            released = true;
            tensors.values().forEach(pool::giveBack);
            tensors.clear();
            deployment.letGo();
        }
    }
}
