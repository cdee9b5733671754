package io.ppipe.serve;

import io.ppipe.model.TensorSpec;
import io.ppipe.serve.InferenceService.Call;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.Status;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A call under way. A call may hold several items (a batch made by the client); each is a request for the scheduler, and
 * the call is answered when all are. Whoever ends it first decides its one outcome.
 */
final class PendingCall {
    private final Call call;
    private final int model;
    private final int items;
    private final long arrivalMicros;
    private final long deadlineMicros;
    private final List<TensorSpec> outputSpecs;
    private final List<ByteBuffer> outputs = new ArrayList<>();
    private final AtomicInteger missing;
    private volatile long answeredMicros;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private volatile String version = "";
    private final End onEnd;

    /** Told how a call ended, once, before its client is. */
    interface End {
        void ended(PendingCall call, Cause cause);
    }

    /**
     * @param items requests in the call
     * @param outputSpecs the outputs to answer with
     * @param onEnd told the end, once
     */
    PendingCall(
            Call call,
            int model,
            int items,
            long arrivalMicros,
            long deadlineMicros,
            List<TensorSpec> outputSpecs,
            End onEnd) {
        this.call = call;
        this.model = model;
        this.items = items;
        this.arrivalMicros = arrivalMicros;
        this.deadlineMicros = deadlineMicros;
        this.outputSpecs = outputSpecs;
        this.missing = new AtomicInteger(items);
        this.onEnd = onEnd;
    }

    /** Returns the client's id; "" when it gave none. */
    String id() {
        return call.id();
    }

    int model() {
        return model;
    }

    int items() {
        return items;
    }

    long arrivalMicros() {
        return arrivalMicros;
    }

    long deadlineMicros() {
        return deadlineMicros;
    }

    /** Returns the version of the model that ran it last; "" before it ran. */
    String version() {
        return version;
    }

    /** Returns when its last stage ended; 0 when it was not answered. */
    long answeredMicros() {
        return answeredMicros;
    }

    boolean ended() {
        return ended.get();
    }

    CompletableFuture<Reply> reply() {
        return reply;
    }

    /** Copies one item of an input into a batch's buffer at the buffer's position. */
    void copyInput(TensorSpec spec, int item, ByteBuffer into) {
        for (Tensor tensor : call.inputs()) {
            if (tensor.name().equals(spec.name())) {
                int bytes = Math.toIntExact(spec.bytesPerRequest());
                into.put(into.position(), tensor.data(), tensor.data().position() + item * bytes, bytes);
                into.position(into.position() + bytes);
                return;
            }
        }
        throw new AssertionError("Input " + spec.name() + " is missing though it was checked.");
    }

    /**
     * Takes the outputs of one item; answers the call if it was the last one.
     *
     * @param from the batch's buffers, one for each of the call's outputs
     * @param position the item's place in the batch
     * @param ran the version of the model that it ran on
     * @param cause why it is late, or {@link Cause#NONE}; the last item's is the call's
     */
    synchronized void itemDone(
            int item,
            Map<String, ByteBuffer> from,
            int position,
            long nowMicros,
            String ran,
            Cause cause,
            Map<String, String> parameters) {
        if (ended.get()) {
            return;
        }
        if (outputs.isEmpty()) { // not before: what waits for its turn needs no memory for its answer
            for (TensorSpec spec : outputSpecs) {
                outputs.add(ByteBuffer.allocate(Math.toIntExact(spec.bytesPerRequest() * items))
                        .order(ByteOrder.LITTLE_ENDIAN));
            }
        }
        for (int i = 0; i < outputSpecs.size(); i++) {
            TensorSpec spec = outputSpecs.get(i);
            ByteBuffer source = from.get(spec.name());
            if (source == null) {
                throw new AssertionError("Output " + spec.name() + " was not made.");
            }
            int bytes = Math.toIntExact(spec.bytesPerRequest());
            outputs.get(i).put(item * bytes, source, position * bytes, bytes);
        }
        version = ran;
        if (missing.decrementAndGet() == 0 && ended.compareAndSet(false, true)) {
            answeredMicros = nowMicros;
            onEnd.ended(this, cause);
            reply.complete(new Reply.Answer(ran, tensors(), parameters));
        }
    }

    private List<Tensor> tensors() {
        var tensors = new ArrayList<Tensor>(outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            TensorSpec spec = outputSpecs.get(i);
            var shape = new ArrayList<>(spec.shape());
            if (spec.batched()) {
                shape.set(0, (long) items);
            }
            tensors.add(new Tensor(spec.name(), spec.type(), shape, outputs.get(i)));
        }
        return tensors;
    }

    /** Ends the call without tensors; returns false if it had ended already. */
    boolean refuse(Status status, String message, Optional<Long> retryAfterMillis) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        onEnd.ended(this, Cause.of(status));
        reply.complete(new Reply.Refusal(status, message, retryAfterMillis));
        return true;
    }
}
