package io.ppipe.serve.front;

import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The Open Inference Protocol v2 over REST and gRPC on one port (HTTP/1.1 and HTTP/2 without TLS), in front of an
 * {@link InferenceService}. Owns its threads until closed.
 */
public final class FrontEnd implements AutoCloseable {
    /** A body that takes longer to arrive is given up, so that slow senders can't hold connections for ever. */
    private static final Duration BODY_TIMEOUT = Duration.ofMinutes(1);

    /** What is in flight when the server closes gets this long; the service's deadlines are far below it. */
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration DRAIN_QUIET = Duration.ofMillis(50);

    /** Room for a whole tensor of a few MiB in flight; the protocol's default of 64 KiB costs a round trip for each. */
    private static final int HTTP2_WINDOW_BYTES = 8 << 20;

    private final Server server;

    private FrontEnd(Server server) {
        this.server = server;
    }

    /**
     * Listens from now on.
     *
     * @throws BadInputException when the address can't be bound
     */
    public static FrontEnd start(InferenceService service, FrontEndSettings settings) {
        var intake = new Intake(service);
        var errors = new RestErrors(settings.maxRequestBytes());
        var address = new InetSocketAddress(settings.host(), settings.port());
        if (address.isUnresolved()) {
            throw new BadInputException(
                    "Can't listen on %s: the host is not known. Maybe 127.0.0.1, or 0.0.0.0 for every interface."
                            .formatted(settings.host()));
        }
        ServerBuilder builder = Server.builder()
                .http(address)
                .maxRequestLength(settings.maxRequestBytes())
                .requestTimeout(BODY_TIMEOUT)
                .gracefulShutdownTimeout(DRAIN_QUIET, DRAIN_TIMEOUT)
                .http2InitialConnectionWindowSize(HTTP2_WINDOW_BYTES)
                .http2InitialStreamWindowSize(HTTP2_WINDOW_BYTES)
                .errorHandler(errors);
        new RestService(intake, settings, errors).addTo(builder);
        builder.service(grpc(intake, settings));
        Server server = builder.build();
        try {
            server.start().join();
        } catch (CompletionException e) {
            server.close();
            throw cannotListen(settings, Exceptions.peel(e));
        }
        return new FrontEnd(server);
    }

    private static GrpcService grpc(Intake intake, FrontEndSettings settings) {
        return GrpcService.builder()
                .addService(new GrpcInference(intake, settings.version()))
                .maxRequestMessageLength(Math.clamp(settings.maxRequestBytes(), 1, Integer.MAX_VALUE))
                .useBlockingTaskExecutor(true)
                .useClientTimeoutHeader(false) // the service keeps deadlines, and says which outcome passing one is
                .exceptionHandler(new GrpcErrors(settings.maxRequestBytes()))
                .build();
    }

    private static RuntimeException cannotListen(FrontEndSettings settings, Throwable cause) {
        if (cause instanceof IOException) {
            return new BadInputException(
                    "Can't listen on %s:%d: %s. Stop what uses the port, or choose another (0 = any free one)."
                            .formatted(settings.host(), settings.port(), reason(cause)),
                    cause);
        }
        return new IllegalStateException("the front end does not start", cause);
    }

    private static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("Address already in use") ? "the port is in use" : message;
    }

    /** Returns the port that it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Accepts no more connections, finishes what is in flight (for at most 30 s), then ends. */
    @Override
    public void close() {
        server.closeAsync()
                .orTimeout(DRAIN_TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS)
                .exceptionally(late -> null)
                .join();
    }
}
