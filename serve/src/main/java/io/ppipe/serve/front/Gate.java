package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.ppipe.serve.front.Tokens.Holder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * What every request passes before it reaches a service: may it come by this port, who sends it, may they, and haven't they too
 * much under way already? A request that doesn't pass is answered before its body is read.
 */
final class Gate implements DecoratingHttpServiceFunction {
    private final Optional<Tokens> tokens;
    private final Optional<ClientLimit> limit;
    private final Optional<String> unmanaged;

    /** @param unmanaged why no management calls come by this port; empty where they do */
    Gate(Optional<Tokens> tokens, Optional<ClientLimit> limit, Optional<String> unmanaged) {
        this.tokens = tokens;
        this.limit = limit;
        this.unmanaged = unmanaged;
    }

    @Override
    public HttpResponse serve(HttpService service, ServiceRequestContext ctx, HttpRequest request) throws Exception {
        Optional<Access> wanted = Access.of(ctx.path());
        if (wanted.isEmpty()) {
            return service.serve(ctx, request);
        }
        Access access = wanted.get();
        if (access == Access.MANAGE && unmanaged.isPresent()) {
            return refusal(ctx, HttpStatus.FORBIDDEN, Status.PERMISSION_DENIED, "management_off", unmanaged.get());
        }
        String client = ctx.clientAddress().getHostAddress();
        if (tokens.isPresent()) {
            Optional<Holder> holder = tokens.get().holder(request.headers().get(HttpHeaderNames.AUTHORIZATION, ""));
            if (holder.isEmpty()) {
                return refusal(
                        ctx,
                        HttpStatus.UNAUTHORIZED,
                        Status.UNAUTHENTICATED,
                        "unauthenticated",
                        "A token is needed: Authorization: Bearer TOKEN.");
            }
            if (!holder.get().roles().contains(access)) {
                return refusal(
                        ctx,
                        HttpStatus.FORBIDDEN,
                        Status.PERMISSION_DENIED,
                        "not_allowed",
                        "This token doesn't have the role that the call needs (%s)."
                                .formatted(access.name().toLowerCase(Locale.ROOT)));
            }
            client = holder.get().name();
        }
        return access == Access.INFER && limit.isPresent()
                ? limited(service, ctx, request, limit.get(), client)
                : service.serve(ctx, request);
    }

    private static HttpResponse limited(
            HttpService service, ServiceRequestContext ctx, HttpRequest request, ClientLimit limit, String client)
            throws Exception {
        if (!limit.begin(client)) {
            return refusal(
                    ctx,
                    HttpStatus.TOO_MANY_REQUESTS,
                    Status.RESOURCE_EXHAUSTED,
                    "client_limit",
                    "This client has %d requests under way, the most that one may have.".formatted(limit.most()));
        }
        var _ = ctx.log().whenComplete().thenRun(() -> limit.end(client));
        return service.serve(ctx, request);
    }

    private static HttpResponse refusal(
            ServiceRequestContext ctx, HttpStatus http, Status grpc, String cause, String message) {
        if (!ctx.path().startsWith(Access.GRPC)) {
            return RestErrors.of(http, message, cause);
        }
        String escaped = URLEncoder.encode(message, StandardCharsets.UTF_8).replace("+", "%20");
        return HttpResponse.of(ResponseHeaders.builder(HttpStatus.OK)
                .endOfStream(true)
                .contentType(MediaType.parse("application/grpc+proto"))
                .add("grpc-status", String.valueOf(grpc.getCode().value()))
                .add("grpc-message", escaped)
                .add(WireStatus.CAUSE_HEADER, cause)
                .build());
    }
}
