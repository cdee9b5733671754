package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService.Reply;
import io.ppipe.serve.InferenceService.Reply.Answer;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Inference over REST. The event loop only collects the body; tensors are read and written on Armeria's executor for
 * blocking work, so that neither a large body nor the service's own threads are held up by it.
 */
final class RestInference implements HttpService {
    private final Intake intake;
    private final RestErrors errors;
    private final long maxRequestBytes;

    RestInference(Intake intake, RestErrors errors, long maxRequestBytes) {
        this.intake = intake;
        this.errors = errors;
        this.maxRequestBytes = maxRequestBytes;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
        var clientLeft = new CompletableFuture<@Nullable Void>();
        CompletableFuture<HttpResponse> answer = Body.of(ctx, request, maxRequestBytes)
                .thenComposeAsync(body -> infer(ctx, body, clientLeft), ctx.blockingTaskExecutor())
                .exceptionally(errors::failed);
        HttpResponse response = HttpResponse.of(answer);
        var _ = response.whenComplete().exceptionally(aborted -> {
            clientLeft.complete(null);
            return null;
        });
        return response;
    }

    private CompletableFuture<HttpResponse> infer(
            ServiceRequestContext ctx, byte[] body, CompletableFuture<@Nullable Void> clientLeft) {
        ctx.clearRequestTimeout(); // it bounds the time to send a body; from here the service keeps the deadline
        InferRequest request = read(ctx, body);
        CompletableFuture<Reply> reply = intake.infer(request.call(), version(ctx), request::asBytes);
        var _ = clientLeft.thenRun(() -> reply.cancel(true));
        return reply.thenApplyAsync(
                done -> switch (done) {
                    case Answer given -> InferAnswerWriter.write(request, given, intake.extensions());
                    case Refusal refusal -> RestErrors.refusal(refusal);
                },
                ctx.blockingTaskExecutor());
    }

    private InferRequest read(ServiceRequestContext ctx, byte[] body) {
        String header = ctx.request().headers().get(InferAnswerWriter.JSON_LENGTH_HEADER);
        int jsonBytes = header == null ? body.length : jsonBytes(header, body.length);
        String model = ctx.pathParam("model");
        if (model == null) {
            throw new AssertionError("the route has no model");
        }
        return InferRequestReader.read(model, body, jsonBytes, intake.extensions());
    }

    private static int jsonBytes(String header, int bodyBytes) {
        try {
            int bytes = Integer.parseInt(header.strip());
            if (bytes >= 0 && bytes <= bodyBytes) {
                return bytes;
            }
        } catch (NumberFormatException notANumber) {
            // the same message
        }
        throw new BadInputException(
                "Header Inference-Header-Content-Length is %s; it must be between 0 and the body's %d bytes."
                        .formatted(RequestCheck.quoted(header), bodyBytes));
    }

    private static String version(ServiceRequestContext ctx) {
        String version = ctx.pathParam("version");
        return version == null ? "" : version;
    }
}
