package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.ppipe.model.BadInputException;
import io.ppipe.protocol.v2.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.ppipe.protocol.v2.ModelMetadataRequest;
import io.ppipe.protocol.v2.RepositoryModelLoadRequest;
import io.ppipe.protocol.v2.ServerLiveRequest;
import io.ppipe.serve.front.Guards.Management;
import io.ppipe.serve.front.Guards.Tls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GuardsTest {
    private static final String DOUBLE =
            "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2.5, -3]}]}";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void asksForATokenAndForTheRoleThatACallNeeds() throws Exception {
        try (FrontEnd server = start(
                tokens("camera infer open-sesame", "viewer read,manage look"),
                OptionalInt.empty(),
                new Management.Public())) {
            assertThat(get(server.port(), "/v2/health/ready", "").statusCode()).isEqualTo(200);
            HttpResponse<String> without = get(server.port(), "/v2/models/double", "");
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(without.headers().firstValue("ppipe-cause")).contains("unauthenticated");
            assertThat(without.body()).contains("Authorization: Bearer").doesNotContain("Exception");
            assertThat(get(server.port(), "/v2/models/double", "wrong").statusCode())
                    .isEqualTo(401);
            assertThat(get(server.port(), "/v2/models/double", "look").statusCode())
                    .isEqualTo(200);
            assertThat(get(server.port(), "/v2/models/double", "open-sesame").statusCode())
                    .isEqualTo(403);
            assertThat(post(server.port(), "/v2/models/double/infer", DOUBLE, "open-sesame")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post(server.port(), "/v2/models/double/infer", DOUBLE, "look")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(post(server.port(), "/v2/repository/models/double/load", "{}", "open-sesame")
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void asksTheSameOverGrpc() throws Exception {
        try (FrontEnd server = start(tokens("viewer read look"), OptionalInt.empty(), new Management.Public());
                var clients = new FrontEndClients(server.port())) {
            assertThat(clients.grpc()
                            .serverLive(ServerLiveRequest.getDefaultInstance())
                            .getLive())
                    .isTrue();
            var metadata = ModelMetadataRequest.newBuilder().setName("double").build();
            assertThatThrownBy(() -> clients.grpc().modelMetadata(metadata))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(e.getStatus().getDescription())
                                .isEqualTo("A token is needed: Authorization: Bearer TOKEN.");
                    });
            assertThat(withToken(clients.grpc(), "look").modelMetadata(metadata).getName())
                    .isEqualTo("double");
            assertThatThrownBy(() -> withToken(clients.grpc(), "look")
                            .repositoryModelLoad(RepositoryModelLoadRequest.getDefaultInstance()))
                    .hasMessageContaining("PERMISSION_DENIED")
                    .hasMessageContaining("manage");
        }
    }

    private static GRPCInferenceServiceBlockingStub withToken(GRPCInferenceServiceBlockingStub stub, String token) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Test
    void managementComesByItsOwnPortOnly() throws Exception {
        try (FrontEnd server = start(Optional.empty(), OptionalInt.empty(), new Management.OwnPort("127.0.0.1", 0))) {
            int management = server.managementPort().orElseThrow();
            assertThat(management).isNotEqualTo(server.port());
            String load = "/v2/repository/models/double/load";
            HttpResponse<String> refused = post(server.port(), load, "{}", "");
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.headers().firstValue("ppipe-cause")).contains("management_off");
            // this server has no repository: that is what the management port says
            assertThat(post(management, load, "{}", "").headers().firstValue("ppipe-cause"))
                    .isNotEqualTo(Optional.of("management_off"));
            assertThat(get(management, "/v2/models/double", "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void oneClientHasOnlySoManyRequestsUnderWay() throws Exception {
        var service = new DoublingService();
        var settings = new FrontEndSettings(
                "127.0.0.1",
                0,
                1 << 20,
                "test",
                new Guards(Optional.empty(), Optional.empty(), OptionalInt.of(1), new Management.Off()));
        try (FrontEnd server = FrontEnd.start(service, settings)) {
            for (int i = 0; i < 3; i++) { // one after the other is fine
                assertThat(post(server.port(), "/v2/models/double/infer", DOUBLE, "")
                                .statusCode())
                        .isEqualTo(200);
            }
        }
        var limit = new ClientLimit(2);
        assertThat(limit.begin("a")).isTrue();
        assertThat(limit.begin("a")).isTrue();
        assertThat(limit.begin("a")).isFalse();
        assertThat(limit.begin("b")).isTrue();
        limit.end("a");
        assertThat(limit.begin("a")).isTrue();
        limit.end("a");
        limit.end("a");
        limit.end("b");
        assertThat(limit.clients()).isZero();
    }

    @Test
    void speaksTlsAndAsksForCertificates() throws Exception {
        Path ca = Certificates.selfSigned(folder, "ca");
        var tls = new Tls(folder.resolve("ca.pem"), folder.resolve("ca.key"), Optional.of(folder.resolve("ca.pem")));
        var settings = new FrontEndSettings(
                "127.0.0.1",
                0,
                1 << 20,
                "test",
                new Guards(Optional.of(tls), Optional.empty(), OptionalInt.empty(), new Management.Off()));
        try (FrontEnd server = FrontEnd.start(new DoublingService(), settings)) {
            assertThat(Certificates.get(server.port(), "/v2/health/ready", ca, true))
                    .isEqualTo(200);
            assertThatThrownBy(() -> Certificates.get(server.port(), "/v2/health/ready", ca, false))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> get(server.port(), "/v2/health/ready", "")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void saysWhatIsWrongWithCertificates() throws Exception {
        Path file = Files.writeString(folder.resolve("cert.pem"), "not a certificate");
        var settings = new FrontEndSettings(
                "127.0.0.1",
                0,
                1 << 20,
                "test",
                new Guards(
                        Optional.of(new Tls(file, file, Optional.empty())),
                        Optional.empty(),
                        OptionalInt.empty(),
                        new Management.Off()));

        assertThatThrownBy(() -> FrontEnd.start(new DoublingService(), settings))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("cert.pem");
        assertThatThrownBy(() -> new Tls(file, folder.resolve("none.key"), Optional.empty()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("none.key");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "camera infer | expected NAME ROLES SHA256, found 2 words",
                "camera fly aa | is no role; they are infer, manage and read",
                "camera infer aa | 64 hexadecimal digits",
                "camera infer zz | 64 hexadecimal digits"
            })
    void saysWhatIsWrongWithTokens(String line, String message) throws Exception {
        Path file = Files.writeString(folder.resolve("tokens"), "# who\n\n" + line + "\n");

        assertThatThrownBy(() -> Tokens.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(file + ":3")
                .hasMessageContaining(message);
    }

    @Test
    void refusesTokensThatNobodyHas() throws Exception {
        Path file = Files.writeString(folder.resolve("tokens"), "# nobody\n");

        assertThatThrownBy(() -> Tokens.read(file)).hasMessageContaining("it has no token");
        assertThatThrownBy(() -> Tokens.read(folder.resolve("none"))).hasMessageContaining("can't be read");
    }

    private Optional<Tokens> tokens(String... lines) throws Exception {
        var text = new StringBuilder();
        for (String line : lines) {
            String[] parts = line.split(" ");
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(parts[2].getBytes(StandardCharsets.UTF_8));
            text.append(
                    "%s %s %s%n".formatted(parts[0], parts[1], HexFormat.of().formatHex(hash)));
        }
        return Optional.of(Tokens.read(Files.writeString(folder.resolve("tokens"), text)));
    }

    private static FrontEnd start(Optional<Tokens> tokens, OptionalInt mostPerClient, Management management) {
        return FrontEnd.start(
                new DoublingService(),
                new FrontEndSettings(
                        "127.0.0.1",
                        0,
                        1 << 20,
                        "test",
                        new Guards(Optional.empty(), tokens, mostPerClient, management)));
    }

    private HttpResponse<String> get(int port, String path, String token) throws Exception {
        return http.send(request(port, path, token).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(int port, String path, String body, String token) throws Exception {
        return http.send(
                request(port, path, token).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(int port, String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }
}
