package io.ppipe.serve.front;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.ppipe.serve.InferenceService;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.ServedModel;
import io.ppipe.serve.Meters;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The last phase of a request: from its answer by the service until the last byte is handed to the socket. Streams are left
 * out: their last byte belongs to another answer.
 */
final class AnswerTimes {
    private final Map<String, Timer> byModel = new HashMap<>();

    AnswerTimes(InferenceService service, Meters meters) {
        String emulated = service.facts().getOrDefault("emulated", "false");
        for (ServedModel model : service.models()) {
            byModel.put(
                    model.name(),
                    meters.timer(
                            "ppipe.phase.answer",
                            "From the end of the last stage until the answer is in the socket.",
                            Tags.of("emulated", emulated, "model", model.name())));
        }
    }

    /** Measures what comes after this reply; on the thread that took the request in. */
    void watch(String model, CompletableFuture<Reply> reply) {
        ServiceRequestContext ctx = ServiceRequestContext.currentOrNull();
        Timer timer = byModel.get(model);
        if (ctx != null && timer != null && !ctx.path().endsWith("/ModelStreamInfer")) {
            var _ = reply.thenAccept(done -> {
                if (done instanceof Reply.Answer) {
                    long since = System.nanoTime();
                    var _ = ctx.log()
                            .whenComplete()
                            .thenRun(() -> timer.record(System.nanoTime() - since, TimeUnit.NANOSECONDS));
                }
            });
        }
    }
}
