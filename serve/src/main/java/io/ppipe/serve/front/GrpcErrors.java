package io.ppipe.serve.front;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.common.util.Exceptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService.Reply.Refusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** gRPC statuses of everything that is not an answer, with the cause in the trailer {@code ppipe-cause}. */
final class GrpcErrors implements GrpcExceptionHandlerFunction {
    private static final Logger LOG = System.getLogger(GrpcErrors.class.getName());
    private static final Metadata.Key<String> CAUSE =
            Metadata.Key.of(WireStatus.CAUSE_HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private final long maxRequestBytes;

    GrpcErrors(long maxRequestBytes) {
        this.maxRequestBytes = maxRequestBytes;
    }

    static StatusRuntimeException refusal(Refusal refusal) {
        WireStatus status = WireStatus.of(refusal.status());
        var trailers = new Metadata();
        trailers.put(CAUSE, status.cause());
        return status.grpc().withDescription(refusal.message()).asRuntimeException(trailers);
    }

    static StatusRuntimeException failure(Throwable failure) {
        return refusal(asRefusal(failure));
    }

    /** Returns what to tell the client about a failure; one of our own is logged and shown without its insides. */
    static Refusal asRefusal(Throwable failure) {
        if (Exceptions.peel(failure) instanceof BadInputException wrong) {
            return Intake.invalid(String.valueOf(wrong.getMessage()));
        }
        if (Exceptions.peel(failure) instanceof NotEnabledException without) {
            return without.refusal();
        }
        LOG.log(Level.WARNING, "a request failed", failure);
        return new Refusal(
                io.ppipe.serve.InferenceService.Status.FAILED,
                "Internal error; the server's log says more.",
                Optional.empty());
    }

    @Override
    public @Nullable Status apply(RequestContext ctx, Status status, Throwable failure, Metadata trailers) {
        if (Exceptions.peel(failure) instanceof ContentTooLargeException
                || (status.getCode() == Status.Code.RESOURCE_EXHAUSTED && !trailers.containsKey(CAUSE))) {
            trailers.put(CAUSE, "too_large");
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "The message is larger than the %d bytes that this server takes.".formatted(maxRequestBytes));
        }
        if (Exceptions.peel(failure) instanceof StatusRuntimeException refused
                && refused.getCause() instanceof InvalidProtocolBufferException) {
            trailers.put(CAUSE, "invalid");
            return Status.INVALID_ARGUMENT.withDescription("The message is not one of the protocol's.");
        }
        return null; // as it is
    }
}
