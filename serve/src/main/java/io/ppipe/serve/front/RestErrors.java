package io.ppipe.serve.front;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import io.ppipe.serve.InferenceService.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Turns everything that is not an answer into one JSON form: {@code {"error": "...", "cause": "..."}}. */
final class RestErrors implements ServerErrorHandler {
    private static final Logger LOG = System.getLogger(RestErrors.class.getName());

    private final long maxRequestBytes;

    RestErrors(long maxRequestBytes) {
        this.maxRequestBytes = maxRequestBytes;
    }

    HttpResponse tooLarge() {
        return error(
                        HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                        "The body is larger than the %d bytes that this server takes.".formatted(maxRequestBytes),
                        "too_large",
                        Optional.empty())
                .toHttpResponse();
    }

    /** Returns the answer to a request that may not come through. */
    static HttpResponse of(HttpStatus status, String message, String cause) {
        boolean later = status.equals(HttpStatus.TOO_MANY_REQUESTS);
        return error(status, message, cause, later ? Optional.of(0L) : Optional.empty())
                .toHttpResponse();
    }

    static HttpResponse refusal(Refusal refusal) {
        WireStatus status = WireStatus.of(refusal.status());
        Optional<Long> retryAfterMillis = refusal.status() == Status.OVERLOADED
                ? refusal.retryAfterMillis().or(() -> Optional.of(0L))
                : refusal.retryAfterMillis();
        return error(status.http(), refusal.message(), status.cause(), retryAfterMillis)
                .toHttpResponse();
    }

    /** Returns the answer to a request that failed so. */
    HttpResponse failed(Throwable failure) {
        return switch (Exceptions.peel(failure)) {
            case BadInputException wrong -> refusal(Intake.invalid(String.valueOf(wrong.getMessage())));
            case NotEnabledException without -> refusal(without.refusal());
            case ContentTooLargeException _ -> tooLarge();
            case CancellationException _ ->
                refusal(new Refusal(Status.CANCELLED, "The client left.", Optional.empty()));
            case Throwable other -> HttpResponse.ofFailure(other); // rendered and logged below
        };
    }

    @Override
    public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable failure) {
        Throwable cause = Exceptions.peel(failure);
        if (cause instanceof ContentTooLargeException) {
            return tooLarge();
        }
        if (cause instanceof ShuttingDownException) {
            return refusal(new Refusal(Status.DRAINING, "The server has shut down.", Optional.empty()));
        }
        return null; // the default picks the status, renderStatus writes it
    }

    @Override
    public AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext ctx,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable failure) {
        if (status.code() == 413) {
            return error(
                    status,
                    "The body is larger than the %d bytes that this server takes.".formatted(maxRequestBytes),
                    "too_large",
                    Optional.empty());
        }
        boolean clientLeft = ctx != null && ctx.isCancelled();
        if (status.isServerError() && failure != null && !clientLeft) {
            LOG.log(Level.WARNING, "a request failed", failure);
        }
        String message = description == null
                ? status.reasonPhrase()
                : description.lines().findFirst().orElse("");
        String cause = status.reasonPhrase().toLowerCase(Locale.ROOT).replace(' ', '_');
        return error(status, message, cause, Optional.empty());
    }

    private static AggregatedHttpResponse error(
            HttpStatus status, String message, String cause, Optional<Long> retryAfterMillis) {
        var headers =
                ResponseHeaders.builder(status).contentType(MediaType.JSON).add(WireStatus.CAUSE_HEADER, cause);
        retryAfterMillis.ifPresent(millis -> headers.addLong(HttpHeaderNames.RETRY_AFTER, wholeSeconds(millis)));
        byte[] body = Json.object(json -> {
            json.writeStringProperty("error", message);
            json.writeStringProperty("cause", cause);
        });
        return AggregatedHttpResponse.of(headers.build(), HttpData.wrap(body));
    }

    /** The header counts whole seconds; never 0, which would ask for the next attempt at once. */
    private static long wholeSeconds(long millis) {
        return Math.max(1, Math.ceilDiv(millis, 1000L));
    }
}
