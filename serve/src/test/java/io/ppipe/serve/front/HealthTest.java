package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an orchestrator's probes see. */
@Timeout(60)
class HealthTest {
    private final DoublingService service = new DoublingService();
    private final HttpClient client = HttpClient.newHttpClient();
    private FrontEnd server;

    @BeforeEach
    void start() {
        server = FrontEnd.start(service, new FrontEndSettings("127.0.0.1", 0, 1 << 16, "0"));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void aServerThatAcceptsRequestsIsLiveAndReady() throws Exception {
        assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").body()).isEqualTo("{\"ready\":true}");
    }

    @Test
    void aDrainingServerIsLiveButNotReadyAndSaysWhy() throws Exception {
        service.ready = false;

        assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/v2/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/v2/health/ready").body()).isEqualTo("{\"ready\":false,\"reason\":\"draining\"}");
        assertThat(get("/v2/models/double/ready").body())
                .isEqualTo("{\"name\":\"double\",\"ready\":false,\"reason\":\"draining\"}");
    }

    @Test
    void aBrokenServerIsNotLiveSoThatItIsStartedAnew() throws Exception {
        service.broken = true;

        assertThat(get("/v2/health/live").statusCode()).isEqualTo(503);
        assertThat(get("/v2/health/live").body()).isEqualTo("{\"live\":false}");
        assertThat(get("/v2/health/ready").body()).isEqualTo("{\"ready\":false,\"reason\":\"broken\"}");
    }
}
