package io.ppipe.serve.front;

import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService;
import io.ppipe.serve.Meters;
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

    /** Then the last refusals get out: the server ends after this long without one, or after the second time at most. */
    private static final Duration QUIET = Duration.ofMillis(20);

    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(1);

    /** Room for a whole tensor of a few MiB in flight; the protocol's default of 64 KiB costs a round trip for each. */
    private static final int HTTP2_WINDOW_BYTES = 8 << 20;

    private final Server server;
    private final int port;
    private final InFlight inFlight;

    private FrontEnd(Server server, InFlight inFlight) {
        this.server = server;
        this.port = server.activeLocalPort();
        this.inFlight = inFlight;
    }

    /**
     * Listens from now on.
     *
     * @throws BadInputException when the address can't be bound
     */
    public static FrontEnd start(InferenceService service, FrontEndSettings settings) {
        return start(service, settings, new Meters());
    }

    /**
     * Listens from now on.
     *
     * @param meters what {@code /metrics} shows, and what the front end adds to
     * @throws BadInputException when the address can't be bound
     */
    public static FrontEnd start(InferenceService service, FrontEndSettings settings, Meters meters) {
        var inFlight = new InFlight();
        meters.build(settings.version());
        var invalid = new InvalidRequests(meters);
        var intake = new Intake(service, inFlight, new AnswerTimes(service, meters));
        var errors = new RestErrors(settings.maxRequestBytes());
        var address = new InetSocketAddress(settings.host(), settings.port());
        if (address.isUnresolved()) {
            throw new BadInputException(
                    "Can't listen on %s: the host is not known. Maybe 127.0.0.1, or 0.0.0.0 for every interface."
                            .formatted(settings.host()));
        }
        ServerBuilder builder = Server.builder()
                .http(address)
                .maxRequestLength(0) // inference keeps the limit itself: Body, and the message length of gRPC
                .requestTimeout(BODY_TIMEOUT)
                .gracefulShutdownTimeout(QUIET, QUIET_TIMEOUT)
                .http2InitialConnectionWindowSize(HTTP2_WINDOW_BYTES)
                .http2InitialStreamWindowSize(HTTP2_WINDOW_BYTES)
                .errorHandler(errors);
        new RestService(intake, settings, errors).addTo(builder);
        builder.service(grpc(intake, settings));
        builder.route().get("/metrics").build(new MetricsService(meters));
        builder.decorator((delegate, ctx, request) -> {
            if (inFlight.begin()) {
                var _ = ctx.log().whenComplete().thenRun(inFlight::end); // when the last byte is handed to the socket
            }
            var _ = ctx.log().whenComplete().thenAccept(invalid::count);
            return delegate.serve(ctx, request);
        });
        Server server = builder.build();
        try {
            server.start().join();
        } catch (CompletionException e) {
            server.close();
            throw cannotListen(settings, Exceptions.peel(e));
        }
        return new FrontEnd(server, inFlight);
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
        return port;
    }

    /**
     * Refuses inference from now on ({@code draining}), finishes what is in flight (for at most 30 s), then ends. Health
     * and metadata are answered until then.
     */
    @Override
    public void close() {
        inFlight.drain()
                .completeOnTimeout(null, DRAIN_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .join();
        server.close();
    }
}
