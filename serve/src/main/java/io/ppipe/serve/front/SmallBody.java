package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Requests whose body is a small JSON object or nothing; they are answered on the executor for blocking work. */
final class SmallBody {
    private static final long MAX_BYTES = 64 << 10;

    private final RestErrors errors;

    SmallBody(RestErrors errors) {
        this.errors = errors;
    }

    HttpResponse answer(ServiceRequestContext ctx, HttpRequest request, Function<JsonFields, HttpResponse> answer) {
        CompletableFuture<HttpResponse> response = Body.of(ctx, request, MAX_BYTES)
                .thenApplyAsync(body -> answer.apply(JsonFields.read(body)), ctx.blockingTaskExecutor())
                .exceptionally(errors::failed);
        return HttpResponse.of(response);
    }
}
