package io.ppipe.serve.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the front end itself counts, and how it shows it. */
@Timeout(60)
class MetricsTest {
    private static final String X =
            "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP32\", \"shape\": [1, 3], \"data\": %s}]}";

    private final HttpClient client = HttpClient.newHttpClient();
    private FrontEnd server;

    @BeforeEach
    void start() {
        server = FrontEnd.start(new DoublingService(), new FrontEndSettings("127.0.0.1", 0, 1 << 16, "1.2.3"));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> scrape(String accept) throws Exception {
        return client.send(to("/metrics").header("Accept", accept).build(), BodyHandlers.ofString());
    }

    private void infer(String model, String body) throws Exception {
        client.send(
                to("/v2/models/" + model + "/infer")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    /** An answer is counted when its last byte is out, which its client may see first. */
    private void awaitValue(String series, double value) throws Exception {
        var line = Pattern.compile(
                "^" + Pattern.quote(series) + " " + value + "$|^" + Pattern.quote(series) + " " + (long) value + "$",
                Pattern.MULTILINE);
        String text = "";
        for (int i = 0; i < 500; i++) {
            text = scrape("text/plain").body();
            if (line.matcher(text).find()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertThat(text).containsPattern(line);
    }

    @Test
    void speaksBothTextFormats() throws Exception {
        HttpResponse<String> text = scrape("text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
        HttpResponse<String> open = scrape("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

        assertThat(text.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(text.body())
                .contains("ppipe_build_info{java=\"" + Runtime.version() + "\",version=\"1.2.3\"} 1")
                .doesNotContain("# EOF");
        assertThat(open.headers().firstValue("content-type").orElseThrow()).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void countsWrongRequestsByWhatWasWrong() throws Exception {
        infer("double", "{");
        infer("double", X.formatted("[1, 2]"));
        infer("nobody", X.formatted("[1, 2, 3]"));
        infer("double", " ".repeat(1 << 17));

        awaitValue("ppipe_invalid_requests_total{cause=\"invalid\"}", 2);
        awaitValue("ppipe_invalid_requests_total{cause=\"too_large\"}", 1);
        awaitValue("ppipe_invalid_requests_total{cause=\"unknown_model\"}", 1);
        assertThat(scrape("").body()).doesNotContain("nobody");
    }

    @Test
    void measuresTheWayOutOfAnswersAlone() throws Exception {
        infer("double", X.formatted("[1, 2, 3]"));
        infer("double", X.formatted("[1, 2]"));
        infer("refuse_overloaded", X.formatted("[1, 2, 3]"));

        awaitValue("ppipe_phase_answer_seconds_count{emulated=\"true\",model=\"double\"}", 1);
        assertThat(scrape("").body())
                .contains("ppipe_phase_answer_seconds_count{emulated=\"true\",model=\"refuse_overloaded\"} 0");
    }
}
