package io.ppipe.serve.front;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.netty.handler.ssl.ClientAuth;
import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService;
import io.ppipe.serve.Meters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The Open Inference Protocol v2 over REST and gRPC on one port (HTTP/1.1 and HTTP/2), in front of an
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

    private static final String MANAGEMENT_OFF =
            "This server takes no management calls; start it with --management-port PORT.";

    private static final String MANAGEMENT_ELSEWHERE = "Management calls come by the management port, not by this one.";

    private final List<Server> servers;
    private final List<Integer> ports;
    private final Extensions extensions;
    private final InFlight inFlight;

    /** @param servers the one for everybody, and the one for management if that has its own */
    private FrontEnd(List<Server> servers, Extensions extensions, InFlight inFlight) {
        this.servers = servers;
        this.ports = servers.stream().map(Server::activeLocalPort).toList(); // closed servers have none
        this.extensions = extensions;
        this.inFlight = inFlight;
    }

    /**
     * Listens from now on.
     *
     * @throws BadInputException when the address can't be bound
     */
    public static FrontEnd start(InferenceService service, FrontEndSettings settings) {
        return start(service, Extensions.NONE, settings, new Meters());
    }

    /**
     * Listens from now on.
     *
     * @param meters what {@code /metrics} shows, and what the front end adds to
     * @throws BadInputException when an address can't be bound, or the certificates don't fit together
     */
    public static FrontEnd start(
            InferenceService service, Extensions extensions, FrontEndSettings settings, Meters meters) {
        var inFlight = new InFlight();
        var intake = new Intake(service, extensions, inFlight, new AnswerTimes(service, meters));
        meters.build(settings.version());
        var invalid = new InvalidRequests(meters);
        Guards guards = settings.guards();
        Optional<ClientLimit> limit = guards.mostPerClient().isPresent()
                ? Optional.of(new ClientLimit(guards.mostPerClient().getAsInt()))
                : Optional.empty();
        var servers = new ArrayList<Server>();
        try {
            Optional<String> unmanaged = switch (guards.management()) {
                case Guards.Management.Public _ -> Optional.empty();
                case Guards.Management.Off _ -> Optional.of(MANAGEMENT_OFF);
                case Guards.Management.OwnPort _ -> Optional.of(MANAGEMENT_ELSEWHERE);
            };
            var gate = new Gate(guards.tokens(), limit, unmanaged);
            servers.add(listen(intake, inFlight, settings, meters, invalid, gate, settings.host(), settings.port()));
            if (guards.management() instanceof Guards.Management.OwnPort(String host, int port)) {
                var open = new Gate(guards.tokens(), limit, Optional.empty());
                servers.add(listen(intake, inFlight, settings, meters, invalid, open, host, port));
            }
        } catch (RuntimeException e) {
            servers.forEach(Server::close);
            throw e;
        }
        return new FrontEnd(List.copyOf(servers), extensions, inFlight);
    }

    private static Server listen(
            Intake intake,
            InFlight inFlight,
            FrontEndSettings settings,
            Meters meters,
            InvalidRequests invalid,
            Gate gate,
            String host,
            int port) {
        var errors = new RestErrors(settings.maxRequestBytes());
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new BadInputException(
                    "Can't listen on %s: the host is not known. Maybe 127.0.0.1, or 0.0.0.0 for every interface."
                            .formatted(host));
        }
        ServerBuilder builder = Server.builder()
                .maxRequestLength(0) // inference keeps the limit itself: Body, and the message length of gRPC
                .requestTimeout(BODY_TIMEOUT)
                .gracefulShutdownTimeout(QUIET, QUIET_TIMEOUT)
                .http2InitialConnectionWindowSize(HTTP2_WINDOW_BYTES)
                .http2InitialStreamWindowSize(HTTP2_WINDOW_BYTES)
                .errorHandler(errors);
        settings.guards()
                .tls()
                .ifPresentOrElse(tls -> encrypt(builder.https(address), tls), () -> builder.http(address));
        new RestService(intake, settings, errors).addTo(builder);
        builder.service(grpc(intake, inFlight, settings));
        builder.route().get("/metrics").build(new MetricsService(meters));
        builder.decorator(gate);
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
            throw cannotListen(host, port, Exceptions.peel(e));
        }
        return server;
    }

    private static void encrypt(ServerBuilder builder, Guards.Tls tls) {
        try {
            builder.tls(TlsKeyPair.of(tls.key().toFile(), tls.certificates().toFile()));
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    "%s, %s: they are not a certificate and its private key (PKCS #8, not encrypted) in PEM: %s"
                            .formatted(tls.certificates(), tls.key(), e.getMessage()),
                    e);
        }
        tls.clients()
                .ifPresent(clients -> builder.tlsCustomizer(
                        ssl -> ssl.trustManager(clients.toFile()).clientAuth(ClientAuth.REQUIRE)));
    }

    private static GrpcService grpc(Intake intake, InFlight inFlight, FrontEndSettings settings) {
        return GrpcService.builder()
                .addService(new GrpcInference(intake, inFlight, settings.version()))
                .maxRequestMessageLength(Math.clamp(settings.maxRequestBytes(), 1, Integer.MAX_VALUE))
                .useBlockingTaskExecutor(true)
                .useClientTimeoutHeader(false) // the service keeps deadlines, and says which outcome passing one is
                .exceptionHandler(new GrpcErrors(settings.maxRequestBytes()))
                .build();
    }

    private static RuntimeException cannotListen(String host, int port, Throwable cause) {
        if (cause instanceof IOException) {
            return new BadInputException(
                    "Can't listen on %s:%d: %s. Stop what uses the port, or choose another (0 = any free one)."
                            .formatted(host, port, reason(cause)),
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
        return ports.getFirst();
    }

    /** Returns the port of its own that management has, if it has one. */
    public OptionalInt managementPort() {
        return ports.size() > 1 ? OptionalInt.of(ports.get(1)) : OptionalInt.empty();
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
        servers.forEach(Server::close);
        extensions.sharedMemory().ifPresent(SharedMemory::close);
    }
}
