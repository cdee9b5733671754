package io.ppipe.serve.front;

import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import io.ppipe.serve.InferenceService;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceStatistics;
import io.ppipe.serve.InferenceStatistics.OfBatchSize;
import io.ppipe.serve.InferenceStatistics.Total;
import io.ppipe.serve.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A service for tests, answering on a thread of its own. {@code double}: y = 2x. {@code echo_fp32}, ...: y = x of that
 * type. {@code pair}: y = a. {@code refuse_overloaded}, ...: that refusal. {@code never}: no answer until cancelled.
 */
final class DoublingService implements InferenceService {
    /** Every call that came through, and what came of it. */
    record Taken(Call call, CompletableFuture<Reply> reply) {}

    final BlockingQueue<Taken> taken = new LinkedBlockingQueue<>();
    volatile boolean ready = true;
    volatile boolean broken;
    volatile Optional<Long> retryAfterMillis = Optional.empty();
    private final List<ServedModel> models = new ArrayList<>();

    DoublingService() {
        add("double", ElementType.FP32, 3);
        add("big", ElementType.FP32, 4 << 20);
        add("never", ElementType.FP32, 3);
        for (ElementType type : ElementType.values()) {
            add("echo_" + type.name().toLowerCase(Locale.ROOT), type, 4);
        }
        for (Status status : Status.values()) {
            add("refuse_" + status.name().toLowerCase(Locale.ROOT), ElementType.FP32, 3);
        }
        models.add(new ServedModel(
                "pair",
                "test",
                List.of(spec("a", ElementType.FP32, 2), spec("b", ElementType.FP32, 2)),
                List.of(spec("y", ElementType.FP32, 2), spec("z", ElementType.FP32, 2)),
                Map.of()));
    }

    private void add(String name, ElementType type, long size) {
        models.add(new ServedModel(
                name, "test", List.of(spec("x", type, size)), List.of(spec("y", type, size)), Map.of("slo_ms", "20")));
    }

    private static TensorSpec spec(String name, ElementType type, long size) {
        return new TensorSpec(name, type, List.of(-1L, size));
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public Optional<String> notReadyBecause() {
        return broken ? Optional.of("broken") : InferenceService.super.notReadyBecause();
    }

    @Override
    public boolean live() {
        return !broken;
    }

    @Override
    public List<ServedModel> models() {
        return models;
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("emulated", "true");
    }

    @Override
    public List<InferenceStatistics> statistics() {
        var once = new Total(1, 10);
        var batches = new OfBatchSize(2, once, new Total(1, 20), new Total(1, 30));
        return models.stream()
                .map(model -> new InferenceStatistics(
                        model.name(),
                        model.version(),
                        1_700_000_000_000L,
                        2,
                        1,
                        once,
                        Total.NONE,
                        new Total(2, 7),
                        once,
                        once,
                        once,
                        List.of(batches)))
                .toList();
    }

    @Override
    public CompletableFuture<Reply> infer(Call call) {
        var reply = new CompletableFuture<Reply>();
        taken.add(new Taken(call, reply));
        if (!call.model().equals("never")) {
            Thread.ofVirtual().start(() -> reply.complete(reply(call)));
        }
        return reply;
    }

    private Reply reply(Call call) {
        for (Status status : Status.values()) {
            if (call.model().equals("refuse_" + status.name().toLowerCase(Locale.ROOT))) {
                return new Refusal(status, "refused for a test", retryAfterMillis);
            }
        }
        Tensor x = call.inputs().getFirst();
        boolean doubles = x.type() == ElementType.FP32 && !call.model().startsWith("echo");
        ByteBuffer y = doubles ? doubled(x.data()) : x.data();
        List<String> wanted = call.outputs().isEmpty() ? outputs(call.model()) : call.outputs();
        return new Answer(
                wanted.stream()
                        .map(name -> new Tensor(name, x.type(), x.shape(), y))
                        .toList(),
                Map.of("pipeline", "7"));
    }

    private List<String> outputs(String model) {
        return models.stream()
                .filter(served -> served.name().equals(model))
                .flatMap(served -> served.outputs().stream())
                .map(TensorSpec::name)
                .toList();
    }

    private static ByteBuffer doubled(ByteBuffer x) {
        ByteBuffer from = x.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.allocate(x.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        while (from.hasRemaining()) {
            to.putFloat(2 * from.getFloat());
        }
        return to.flip();
    }
}
