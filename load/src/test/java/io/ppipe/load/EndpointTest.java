package io.ppipe.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Server;
import com.sun.net.httpserver.HttpServer;
import io.ppipe.load.FakeServer.Act;
import io.ppipe.model.BadInputException;
import io.ppipe.model.ElementType;
import io.ppipe.model.TensorSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @Test
    void readsInputsAndSloFromMetadata() {
        try (var server = new FakeServer(n -> new Act.Ignore());
                var rest = new RestEndpoint(server.rest(), "doubler");
                var grpc = new GrpcEndpoint(server.grpc(), "doubler")) {
            Endpoint.Metadata metadata = rest.metadata();

            var inputOfOneRequest = new TensorSpec("x", ElementType.FP32, List.of(1L, 4L));
            assertThat(metadata.inputs()).containsExactly(inputOfOneRequest);
            assertThat(metadata.sloMicros()).hasValue(100_000);
            assertThat(grpc.metadata().inputs()).containsExactly(inputOfOneRequest);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void namesAnUnknownModel(String scheme) {
        try (var server = new FakeServer(n -> new Act.Ignore())) {
            assertThatThrownBy(() -> metadata(scheme, server.rest().getPort(), "trebler"))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("model trebler is not served there")
                    .hasMessageContaining(scheme + "://127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void saysThatNothingListens(String scheme) throws IOException {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        assertThatThrownBy(() -> metadata(scheme, port, "doubler"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("connection refused")
                .hasMessageContaining("%s://127.0.0.1:%d".formatted(scheme, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void saysThatAnHttpServerIsNoInferenceServer(String scheme) {
        var server = Server.builder()
                .http(0)
                .service("prefix:/", (context, request) -> HttpResponse.of(HttpStatus.NOT_FOUND))
                .build();
        server.start().join();
        try {
            assertThatThrownBy(() -> metadata(scheme, server.activeLocalPort(), "doubler"))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("not an Open Inference Protocol v2 server");
        } finally {
            CompletableFuture<?> ignored = server.closeAsync();
        }
    }

    @Test
    void answer200WithoutMetadataIsNoInferenceServer() {
        var server = Server.builder()
                .http(0)
                .service("prefix:/", (context, request) -> HttpResponse.of("<html>hello</html>"))
                .build();
        server.start().join();
        try {
            assertThatThrownBy(() -> metadata("http", server.activeLocalPort(), "doubler"))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("Open Inference Protocol v2");
        } finally {
            CompletableFuture<?> ignored = server.closeAsync();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void silenceBeyondTheLimitIsNoAnswer(String scheme) {
        try (var server = new FakeServer(n -> new Act.Ignore());
                Endpoint endpoint = endpoint(scheme, server.rest().getPort(), "doubler")) {
            List<Payload> payloads = Payloads.random(endpoint.metadata().inputs(), 1, 5);
            var reply = new CompletableFuture<Reply>();

            endpoint.requests(payloads, OptionalLong.empty(), Duration.ofMillis(100))
                    .send(0, (nowNanos, ended) -> reply.complete(ended));

            assertThat(reply.join()).isEqualTo(new Reply.Failed("no_answer", ""));
        }
    }

    @Test
    void speaksHttp1WithServersThatKnowNothingElse() throws IOException {
        var old = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var protocols = new ConcurrentLinkedQueue<String>();
        old.createContext("/v2/models/doubler", exchange -> {
            protocols.add(exchange.getProtocol());
            byte[] answer = FakeServer.METADATA.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            old.setExecutor(threads);
            old.start();

            assertThat(metadata("http", old.getAddress().getPort(), "doubler").sloMicros())
                    .hasValue(100_000);
            assertThat(protocols).containsOnly("HTTP/1.1");
            old.stop(0);
        }
    }

    private static Endpoint.Metadata metadata(String scheme, int port, String model) {
        try (Endpoint endpoint = endpoint(scheme, port, model)) {
            return endpoint.metadata();
        }
    }

    private static Endpoint endpoint(String scheme, int port, String model) {
        return Endpoint.of(new LoadSettings(
                URI.create("%s://127.0.0.1:%d".formatted(scheme, port)),
                model,
                Arrivals.FIXED,
                1,
                1,
                1,
                OptionalLong.empty(),
                false,
                1));
    }
}
