package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ppipe.model.BadInputException;
import io.ppipe.serve.InferenceService.Reply.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that misbehave, leave or come at the wrong time do to the server: nothing. */
@Timeout(60)
class FrontEndTest {
    private static final int MAX_REQUEST_BYTES = 1 << 20;
    private static final String DOUBLE =
            "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": [1, 2.5, -3]}]}";

    private static final DoublingService SERVICE = new DoublingService();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static FrontEnd server;

    @BeforeAll
    static void start() {
        server = FrontEnd.start(SERVICE, settings(0));
    }

    @BeforeEach
    void forget() {
        SERVICE.taken.clear();
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        server.close();
    }

    @Test
    void refusesADeclaredGigabyteBeforeItComes() throws Exception {
        try (Socket socket = connect()) {
            send(socket, head("Content-Length: 1073741824"));

            assertTooLarge(socket.getInputStream());
        }
        assertHealthy();
    }

    @Test
    void refusesABodyWithoutEnd() throws Exception {
        try (Socket socket = connect()) {
            send(socket, head("Transfer-Encoding: chunked"));
            byte[] chunk = ("8000\r\n" + "1".repeat(0x8000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            Thread sender = Thread.ofVirtual().start(() -> sendUntilRefused(socket, chunk));

            assertTooLarge(socket.getInputStream());
            sender.interrupt();
        }
        assertHealthy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
    void refusesABodyJustOverTheLimit(HttpClient.Version version) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(uri("double"))
                        .version(version)
                        .POST(BodyPublishers.ofString(" ".repeat(MAX_REQUEST_BYTES + 1)))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("\"cause\":\"too_large\"");
        assertHealthy();
    }

    @Test
    void tellsTheServiceWhenTheClientDisconnects() throws Exception {
        DoublingService.Taken taken;
        try (Socket socket = connect()) {
            send(socket, head("never", "Content-Length: " + DOUBLE.length()) + DOUBLE);
            taken = SERVICE.taken.poll(10, TimeUnit.SECONDS);
        }

        assertThat(taken).isNotNull();
        assertThat(taken.reply()).failsWithin(Duration.ofSeconds(10));
        assertThat(taken.reply()).isCancelled();
        assertHealthy();
    }

    @Test
    void saysWhichPortIsInUse() {
        assertThatThrownBy(() -> FrontEnd.start(SERVICE, settings(server.port())))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("127.0.0.1:" + server.port() + ": the port is in use")
                .hasMessageNotContaining("\n");
    }

    @Test
    void saysWhichHostIsUnknown() {
        assertThatThrownBy(() -> FrontEnd.start(SERVICE, new FrontEndSettings("no-such-host.invalid", 0, 1, "0")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void finishesWhatIsInFlightAndRefusesTheRestBeforeItEnds() throws Exception {
        FrontEnd closing = FrontEnd.start(SERVICE, settings(0));
        var base = URI.create("http://127.0.0.1:" + closing.port());
        var request = HttpRequest.newBuilder(base.resolve("/v2/models/never/infer"))
                .POST(BodyPublishers.ofString(DOUBLE))
                .build();
        var response = CLIENT.sendAsync(request, BodyHandlers.ofString());
        DoublingService.Taken taken = SERVICE.taken.poll(10, TimeUnit.SECONDS);
        Thread closer = Thread.ofVirtual().start(closing::close);
        awaitNotReady(base);

        HttpResponse<String> late = CLIENT.send(request, BodyHandlers.ofString());
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.body()).contains("\"cause\":\"draining\"");
        assertThat(response).isNotDone();
        assertThat(taken).isNotNull();
        taken.reply().complete(new Answer(List.of(), Map.of()));

        assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(closer.join(Duration.ofSeconds(10))).isTrue();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), closing.port()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void answersEveryMalformedBodyWithAClientError() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        byte[] right = DOUBLE.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 400; i++) {
            byte[] body = spoilt(right, random);
            HttpResponse<String> response = CLIENT.send(
                    HttpRequest.newBuilder(uri("double"))
                            .POST(BodyPublishers.ofByteArray(body))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(response.statusCode())
                    .as("seed %d, body %s: %s", seed, new String(body, StandardCharsets.ISO_8859_1), response.body())
                    .isIn(200, 400); // some changes leave the request right
            if (response.statusCode() == 400) {
                assertThat(response.body()).contains("\"cause\":\"invalid\"").doesNotContain("Exception", "io.ppipe");
            }
        }
    }

    /** Cuts the body, or puts random bytes or pieces of JSON over parts of it. */
    private static byte[] spoilt(byte[] right, Random random) {
        String[] pieces = {"[", "]", "{", "}", "\"", ",", ":", "-", "null", "1e999", "\\u0000", "99999999999999999999"};
        byte[] body = right.clone();
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(body.length);
            switch (random.nextInt(3)) {
                case 0 -> body[at] = (byte) random.nextInt(256);
                case 1 -> {
                    byte[] piece = pieces[random.nextInt(pieces.length)].getBytes(StandardCharsets.UTF_8);
                    System.arraycopy(piece, 0, body, at, Math.min(piece.length, body.length - at));
                }
                default -> body = java.util.Arrays.copyOf(body, Math.max(1, at));
            }
        }
        return body;
    }

    private static void sendUntilRefused(Socket socket, byte[] chunk) {
        try {
            OutputStream out = socket.getOutputStream();
            while (!Thread.interrupted()) {
                out.write(chunk);
            }
        } catch (IOException closed) {
            // the server has closed the connection, as it should
        }
    }

    private static void assertTooLarge(InputStream in) throws IOException {
        var response = new StringBuilder();
        while (!response.toString().endsWith("\"too_large\"}")) {
            int next = in.read();
            assertThat(next).as("the connection ends after: %s", response).isNotEqualTo(-1);
            response.append((char) next);
        }
        assertThat(response.toString()).startsWith("HTTP/1.1 413");
    }

    private static void assertHealthy() throws Exception {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(uri("double"))
                        .POST(BodyPublishers.ofString(DOUBLE))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
    }

    private static void awaitNotReady(URI base) throws Exception {
        var request = HttpRequest.newBuilder(base.resolve("/v2/health/ready")).build();
        while (CLIENT.send(request, BodyHandlers.discarding()).statusCode() == 200) {
            Thread.onSpinWait();
        }
    }

    private static Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String head(String header) {
        return head("double", header);
    }

    private static String head(String model, String header) {
        return "POST /v2/models/%s/infer HTTP/1.1\r\nHost: localhost\r\n%s\r\n\r\n".formatted(model, header);
    }

    private static URI uri(String model) {
        return URI.create("http://127.0.0.1:" + server.port() + "/v2/models/" + model + "/infer");
    }

    private static FrontEndSettings settings(int port) {
        return new FrontEndSettings("127.0.0.1", port, MAX_REQUEST_BYTES, "0.1.0");
    }
}
