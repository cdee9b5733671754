package io.ppipe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.ppipe.load.AnswerListener;
import io.ppipe.load.LoadGenerator;
import io.ppipe.load.LoadReport;
import io.ppipe.model.Progress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ppipe top} on a live server. */
@Timeout(120)
class TopIT {
    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void planTheSample() throws Exception {
        SampleFolder.make(folder);
    }

    @Test
    void showsWhatTheServerDoesWithinEightyColumns() throws Exception {
        MainTest.Ended table;
        MainTest.Ended json;
        try (var server = new ServerProcess(folder)) {
            String url = "http://127.0.0.1:" + server.port();
            CompletableFuture<LoadReport> load = CompletableFuture.supplyAsync(() ->
                    LoadGenerator.run(SampleFolder.load(port(server), 30, 10), AnswerListener.NONE, Progress.NONE));
            awaitAnswers(url);
            table = SampleFolder.assertOk("top", url, "--once", "--interval", "2");
            json = SampleFolder.assertOk("top", url, "--once", "--json", "--interval", "2");
            assertThat(load.get(60, TimeUnit.SECONDS).summary().arrived()).isPositive();
        }

        assertThat(table.out().lines()).allMatch(line -> line.length() <= 80);
        assertThat(table.out())
                .doesNotContain("\033")
                .contains("ready", "GPUs emulated", "in flight", "direct")
                .containsPattern("sample +[1-9][0-9.]* +[0-9.]+ +[0-9.]+ %? +[1-9][0-9.]* +[1-9][0-9.]* +\\d+")
                .containsPattern("sample +0\\.0 +\\w+ +\\d +[0-9.]+ % +[1-9][0-9.]*")
                .containsPattern("all GPUs +fast +1 +[0-9.]+ %")
                .containsPattern("all GPUs +slow +3 +[0-9.]+ %");
        assertThat(json.out().strip().lines())
                .singleElement()
                .asString()
                .startsWith("{\"seconds\": ")
                .contains("\"model\": \"sample\"", "\"offered_rps\": ", "\"slo_us\": 360000", "\"emulated\": true");
    }

    private static void awaitAnswers(String url) throws InterruptedException {
        try (var metrics = new ServerMetrics(url)) {
            while (metrics.read().sum("ppipe_request_latency_seconds_count", Map.of()) == 0) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    private static int port(ServerProcess server) {
        try {
            return server.port();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "grpc://127.0.0.1:8000, read over HTTP",
        "http://127.0.0.1:1, nothing listens there",
        "http://no-such-host.invalid:8000, host is not known",
        "http://[, is no URL"
    })
    void saysWhatIsWrongWithAUrl(String url, String message) {
        MainTest.Ended ended = MainTest.run("top", url, "--once");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("ppipe: ", message);
    }

    @Test
    void saysWhenItIsAnotherServer() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.start();
        try {
            MainTest.Ended ended =
                    MainTest.run("top", "http://127.0.0.1:" + other.getAddress().getPort(), "--once");

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.err()).contains("is not a ppipe server", "404");
        } finally {
            other.stop(0);
        }
    }
}
