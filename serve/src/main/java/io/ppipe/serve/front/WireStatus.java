package io.ppipe.serve.front;

import com.linecorp.armeria.common.HttpStatus;
import io.ppipe.serve.InferenceService.Status;
import java.util.Locale;

/**
 * How a refusal looks on the wire.
 *
 * @param cause the machine-readable cause, e.g. {@code deadline_unreachable}
 */
record WireStatus(HttpStatus http, io.grpc.Status grpc, String cause) {
    /** Name of the HTTP header and the gRPC trailer that carry the cause. */
    static final String CAUSE_HEADER = "ppipe-cause";

    static WireStatus of(Status status) {
        return switch (status) {
            case INVALID -> of(status, HttpStatus.BAD_REQUEST, io.grpc.Status.INVALID_ARGUMENT);
            case UNKNOWN_MODEL -> of(status, HttpStatus.NOT_FOUND, io.grpc.Status.NOT_FOUND);
            case NOT_PLANNED -> of(status, HttpStatus.NOT_FOUND, io.grpc.Status.NOT_FOUND);
            case NOT_ENABLED -> of(status, HttpStatus.NOT_IMPLEMENTED, io.grpc.Status.UNIMPLEMENTED);
            case DEADLINE_UNREACHABLE -> of(status, HttpStatus.SERVICE_UNAVAILABLE, io.grpc.Status.ABORTED);
            case OVERLOADED -> of(status, HttpStatus.TOO_MANY_REQUESTS, io.grpc.Status.RESOURCE_EXHAUSTED);
            case DRAINING -> of(status, HttpStatus.SERVICE_UNAVAILABLE, io.grpc.Status.UNAVAILABLE);
            case EXPIRED -> of(status, HttpStatus.GATEWAY_TIMEOUT, io.grpc.Status.DEADLINE_EXCEEDED);
            case CANCELLED -> of(status, HttpStatus.valueOf(499), io.grpc.Status.CANCELLED);
            case FAILED -> of(status, HttpStatus.INTERNAL_SERVER_ERROR, io.grpc.Status.INTERNAL);
        };
    }

    private static WireStatus of(Status status, HttpStatus http, io.grpc.Status grpc) {
        return new WireStatus(http, grpc, status.name().toLowerCase(Locale.ROOT));
    }
}
